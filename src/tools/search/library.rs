//! The local copies that an agent's searches go over: those of its site, and those of other sources.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::config::SearchVerify;
use crate::confluence::failure::TryAgain;
use crate::domain::ids::{SpaceId, SpaceKey};
use crate::domain::limits::PLACE_AGE;
use crate::domain::place::Place;
use crate::index::{Document, Found, Index, IndexError, Query, ShardName, Sight, Spaces};
use crate::policy::profile::Scope;
use crate::policy::scope::admits_space;
use crate::sync::{Kind, Phase, Sync};
use crate::tools::ToolError;

/// How long syncs are apart that agents ask for.
const LEAST_APART: SignedDuration = SignedDuration::from_mins(1);
/// How the shards of other sources begin.
const SOURCE: &str = "source-";

/// The copies of one connection's site, kept current by its syncs, and beside them those of the other sources.
pub struct Library {
    index: Index,
    shard: ShardName,
    sync: Arc<Sync>,
    verify: SearchVerify,
    clock: Arc<dyn Clock>,
    /// The copied spaces, and when they were read.
    spaces: Mutex<Option<(Duration, Arc<[Space]>)>>,
}

/// A copied space.
struct Space {
    id: SpaceId,
    key: SpaceKey,
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
    /// as they please, and syncs cost.
    pub(super) fn ask_for_sync(&self, kind: Kind) {
        let status = self.sync.status();
        let just_now = |ended: Timestamp| self.clock.now().duration_since(ended) < LEAST_APART;
        if status.phase == Phase::Idle && !status.last.is_some_and(|last| just_now(last.ended)) {
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
            if shard.as_str().strip_prefix(SOURCE).is_some_and(|name| scope.admits_source(name)) {
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
        if let Some(name) = shard.as_str().strip_prefix(SOURCE) {
            return Place::Source(name.to_owned());
        }
        match (document.space.id.parse(), document.space.key.parse()) {
            (Ok(id), Ok(key)) if *shard == self.shard => Place::Copied(id, key),
            _ => Place::Unknown,
        }
    }

    /// Where a document of the site is, as its copy says.
    pub(in crate::tools) fn place_of(&self, document: &Document) -> Place {
        self.place(&self.shard, document)
    }

    /// What a scope shows of the site's copies. Which spaces have which keys is what the copies say.
    async fn sight(&self, scope: &Scope) -> Result<Sight, ToolError> {
        if scope.is_everything() {
            return Ok(Sight::default());
        }
        let spaces = self.spaces().await?;
        let seen = spaces.iter().filter(|space| admits_space(scope, &space.id, Some(&space.key)));
        let spaces = Spaces::Only(seen.map(|space| space.id.to_string()).collect());
        Ok(Sight { spaces, ..Sight::default() })
    }

    async fn spaces(&self) -> Result<Arc<[Space]>, ToolError> {
        let mut known = self.spaces.lock().await;
        let now = self.clock.steady();
        if let Some((_, spaces)) = known.as_ref().filter(|(read, _)| now.saturating_sub(*read) < PLACE_AGE) {
            return Ok(Arc::clone(spaces));
        }
        let spaces = self.sync.spaces().await.map_err(ToolError::from)?;
        let spaces: Arc<[Space]> = spaces.into_iter().map(|(id, key)| Space { id, key }).collect();
        *known = Some((now, Arc::clone(&spaces)));
        Ok(spaces)
    }
}

fn told(error: &IndexError) -> ToolError {
    tracing::error!(%error, "the local index cannot be searched");
    ToolError {
        code: "index_unavailable".into(),
        message: "the local copies cannot be searched at the moment".to_owned(),
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
