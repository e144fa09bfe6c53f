//! The local copies that an agent's searches go over: those of its site, and those of other sources.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::config::SearchVerify;
use crate::confluence::failure::TryAgain;
use crate::domain::limits::PLACE_AGE;
use crate::domain::place::{Copied, Place};
use crate::index::{Document, Found, Index, IndexError, Query, ShardName, Sight, Spaces, Within};
use crate::policy::profile::Scope;
use crate::policy::scope as policy;
use crate::sync::{CopiedSpace, Kind, Phase, RunRecord, Sync};
use crate::tools::ToolError;

/// How long syncs are apart that agents ask for.
const LEAST_APART: SignedDuration = SignedDuration::from_mins(1);

/// The copies of one connection's site, kept current by its syncs, and beside them those of the other sources.
pub struct Library {
    index: Index,
    shard: ShardName,
    sync: Arc<Sync>,
    verify: SearchVerify,
    clock: Arc<dyn Clock>,
    /// The copied spaces, and when they were read.
    spaces: Mutex<Option<(Duration, Arc<[CopiedSpace]>)>>,
}

impl Library {
    /// The copies in this shard, kept current by that.
    pub fn new(index: Index, shard: ShardName, sync: Arc<Sync>, verify: SearchVerify, clock: Arc<dyn Clock>) -> Self {
        Self { index, shard, sync, verify, clock, spaces: Mutex::default() }
    }

    /// What keeps the copies of the site current.
    pub fn sync(&self) -> &Arc<Sync> {
        &self.sync
    }

    /// Asks for a sync in an agent's name, unless one is under way or ended less than a minute ago: agents ask as often
    /// as they please, and syncs cost. One that did not get through to the site cost nothing.
    pub(super) fn ask_for_sync(&self, kind: Kind) {
        let status = self.sync.status();
        // A clock that was set back must not put it off.
        let just_now = |ended: Timestamp| self.clock.now().duration_since(ended).abs() < LEAST_APART;
        let costs = |last: &RunRecord| last.down_since.is_none() && just_now(last.ended);
        if status.phase == Phase::Idle && !status.last.as_ref().is_some_and(costs) {
            self.sync.ask(kind);
        }
    }

    /// Whether hits are looked up at the site before they are told.
    pub(super) fn verifies(&self) -> bool {
        self.verify == SearchVerify::Live
    }

    /// Searches as far as a scope lets its agent see.
    pub(super) async fn search(&self, query: Query, scope: &Scope) -> Result<Found, ToolError> {
        let mut shards = vec![(self.shard.clone(), self.sight(scope).await?)];
        for shard in self.index.shards().map_err(|error| told(&error))? {
            if shard.source().is_some_and(|name| scope.admits_source(name)) {
                shards.push((shard, Sight::default()));
            }
        }
        let (index, query) = (self.index.clone(), Query { shards, ..query });
        let searched = tokio::task::spawn_blocking(move || index.search(&query)).await;
        searched.map_err(|_| ToolError::fault())?.map_err(|error| told(&error))
    }

    /// The copy of a page or post of the site, if the scope lets its agent see it.
    pub(in crate::tools) async fn copy(&self, id: &str, scope: &Scope) -> Result<Option<Document>, ToolError> {
        let sight = self.sight(scope).await?;
        let (index, shard, id) = (self.index.clone(), self.shard.clone(), id.to_owned());
        let copy = tokio::task::spawn_blocking(move || index.copy(&shard, &id, &sight)).await;
        copy.map_err(|_| ToolError::fault())?.map_err(|error| told(&error))
    }

    /// Where a found document is, as its copy says.
    pub(in crate::tools) fn place(&self, shard: &ShardName, document: &Document) -> Place {
        if let Some(name) = shard.source() {
            return Place::Source(name.to_owned());
        }
        match (document.space.id.parse(), document.space.key.parse()) {
            (Ok(space), Ok(key)) if *shard == self.shard => {
                let line = document.ancestors.iter().chain([holder(document)]);
                let line = line.filter_map(|id| id.parse().ok()).collect();
                Place::Copied(Copied { space, key, line, restricted: document.restricted })
            }
            _ => Place::Unknown,
        }
    }

    /// Where a document of the site is, as its copy says.
    pub(in crate::tools) fn place_of(&self, document: &Document) -> Place {
        self.place(&self.shard, document)
    }

    /// As of when a page's copy is known to be what the page is.
    pub(in crate::tools) async fn as_of(&self, page: &Document) -> Result<Timestamp, ToolError> {
        let spaces = self.spaces().await?;
        let space = spaces.iter().find(|space| space.id.as_str() == page.space.id);
        Ok(page.copied.max(space.and_then(|space| space.current).unwrap_or(page.copied)))
    }

    /// What a scope shows of the site's copies. Which spaces have which keys is what the copies say.
    async fn sight(&self, scope: &Scope) -> Result<Sight, ToolError> {
        if scope.is_everything() {
            return Ok(Sight::default());
        }
        let spaces = self.spaces().await?;
        let ids = |holds: &dyn Fn(policy::Space<'_>) -> bool| -> Vec<String> {
            let holds = |space: &&CopiedSpace| holds(policy::Space { id: &space.id, key: Some(&space.key) });
            spaces.iter().filter(holds).map(|space| space.id.to_string()).collect()
        };
        let within = scope.allow.iter().map(|allowed| Within {
            spaces: ids(&|space| space.is_one_of(allowed)),
            pages: allowed.pages.iter().map(ToString::to_string).collect(),
        });
        Ok(Sight {
            // A space that is not known yet cannot be told from one that is denied.
            spaces: Spaces::Only(ids(&|space| !space.is_denied(scope))),
            within: within.collect(),
            visible_to_all_only: scope.visible_to_all_only,
        })
    }

    async fn spaces(&self) -> Result<Arc<[CopiedSpace]>, ToolError> {
        let mut known = self.spaces.lock().await;
        let now = self.clock.steady();
        if let Some((_, spaces)) = known.as_ref().filter(|(read, _)| now.saturating_sub(*read) < PLACE_AGE) {
            return Ok(Arc::clone(spaces));
        }
        let spaces = self.sync.spaces().await.map_err(ToolError::from)?;
        let spaces: Arc<[CopiedSpace]> = spaces.into();
        *known = Some((now, Arc::clone(&spaces)));
        Ok(spaces)
    }
}

/// The id of the page or post that has to be visible for a document to be.
pub(in crate::tools) fn holder(document: &Document) -> &String {
    document.file.as_ref().map_or(&document.id, |file| &file.page_id)
}

/// Wherever that page or post is when somebody looks.
pub(super) fn place_now(document: &Document) -> Place {
    holder(document).parse().map_or(Place::Unknown, Place::Content)
}

/// The titles above a document of those pages that a scope shows too. Whoever may see a page need not know what it
/// stands under.
pub(super) fn seen_above<'a>(document: &'a Document, copied: &Copied, scope: &Scope) -> &'a [String] {
    let shown = |depth: &usize| {
        let line = copied.line.get(..=*depth).unwrap_or_default().to_vec();
        policy::shows(scope, &Copied { line, ..copied.clone() })
    };
    // Of pages whose titles nobody could read, it is not known which titles are whose.
    if document.ancestors.len() != document.breadcrumb.len() {
        return &[];
    }
    let hidden = (0..document.breadcrumb.len()).find(shown).unwrap_or(document.breadcrumb.len());
    document.breadcrumb.get(hidden..).unwrap_or_default()
}

fn told(error: &IndexError) -> ToolError {
    tracing::error!(%error, "the local index cannot be searched");
    let message = match error {
        IndexError::Damaged { .. } => "the local copies are damaged; the next sync makes them anew",
        IndexError::Full | IndexError::System(_) => "the local copies cannot be searched at the moment",
    };
    ToolError {
        code: "index_unavailable".into(),
        message: message.to_owned(),
        hint: "search the site itself with search_text or search_cql; an administrator finds more with `sluice status`"
            .to_owned(),
        try_again: TryAgain::No,
    }
}

/// No copies are kept.
pub(in crate::tools) fn missing() -> ToolError {
    ToolError {
        code: "no_local_index".into(),
        message: "no copies of this site are kept".to_owned(),
        hint: "search the site itself with search_text or search_cql".to_owned(),
        try_again: TryAgain::No,
    }
}
