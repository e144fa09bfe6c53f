//! Where things are: spaces by key and id, and the space of a page, remembered for a minute.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::clock::Clock;
use crate::domain::ids::{ContentId, SpaceId, SpaceKey};
use crate::domain::limits::{NAME_AGE, PLACE_AGE, PLACE_JUST_READ};
use crate::domain::place::{NodeKind, Place, SpaceName};
use crate::policy::gate::BuiltIn;
use crate::policy::ports::{Freshness, LocateError, Locator};

use super::Request;
use super::api::{self, MOST_PER_LIST};
use super::client::Client;
use super::failure::Failure;
use super::memory::Memory;
use super::model::{List, Page, Space, TreeNode};
use crate::domain::access::Read;

/// Looks places up, as a built-in principal that can only read.
pub struct Places {
    client: Client,
    by_key: Memory<SpaceKey, Space>,
    by_id: Memory<SpaceId, Space>,
    contents: Memory<ContentId, SpaceId>,
    titles: Memory<ContentId, Option<Titled>>,
}

/// A page's title, and the space that says who may see it.
#[derive(Clone, Debug)]
pub struct Titled {
    /// As Confluence has it.
    pub title: String,
    /// Where the page is.
    pub space: SpaceId,
}

impl Places {
    /// Places as `client` sees them.
    pub fn new(client: Client, clock: &Arc<dyn Clock>) -> Self {
        Self {
            client,
            by_key: Memory::new(clock, PLACE_AGE),
            by_id: Memory::new(clock, PLACE_AGE),
            contents: Memory::new(clock, PLACE_AGE),
            titles: Memory::new(clock, NAME_AGE),
        }
    }

    /// The space of that key or id, or `None` where the connected account sees none.
    pub async fn space(&self, name: &SpaceName) -> Result<Option<Space>, Failure> {
        match name {
            SpaceName::Key(key) => self.space_by_key(key).await,
            SpaceName::Id(id) => self.space_by_id(id).await,
        }
    }

    async fn space_by_key(&self, key: &SpaceKey) -> Result<Option<Space>, Failure> {
        match self.by_key.recall(key) {
            Some(space) => Ok(Some(space)),
            None => self.space_by_key_now(key).await,
        }
    }

    async fn space_by_key_now(&self, key: &SpaceKey) -> Result<Option<Space>, Failure> {
        let found: List<Space> = self.read(api::spaces::space_by_key(key)).await?;
        // Keys are compared as Confluence does, without regard to case.
        let space = found.results.into_iter().find(|space| space.key.as_str().eq_ignore_ascii_case(key.as_str()));
        match &space {
            Some(space) => {
                self.remember(space);
                self.by_key.keep(key.clone(), space.clone());
            }
            None => self.by_key.forget(key),
        }
        Ok(space)
    }

    async fn space_by_id(&self, id: &SpaceId) -> Result<Option<Space>, Failure> {
        match self.by_id.recall(id) {
            Some(space) => Ok(Some(space)),
            None => self.space_by_id_now(id).await,
        }
    }

    async fn space_by_id_now(&self, id: &SpaceId) -> Result<Option<Space>, Failure> {
        match self.read::<Space>(api::spaces::get_space(id)).await {
            Ok(space) => {
                self.remember(&space);
                Ok(Some(space))
            }
            Err(Failure::NotFound(_)) => {
                self.by_id.forget(id);
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Looks up in one request what is not remembered of these spaces, so that a list does not ask for each. What
    /// cannot be learned so is looked up when it is needed.
    pub async fn learn(&self, ids: impl IntoIterator<Item = &SpaceId>) {
        let ids: BTreeSet<&SpaceId> = ids.into_iter().filter(|id| self.by_id.recall(id).is_none()).collect();
        let ids: Vec<SpaceId> = ids.into_iter().take(usize::from(MOST_PER_LIST)).cloned().collect();
        if ids.is_empty() {
            return;
        }
        match self.read::<List<Space>>(api::spaces::spaces_by_id(&ids)).await {
            Ok(found) => found.results.iter().for_each(|space| self.remember(space)),
            Err(failure) => tracing::debug!(code = failure.code(), "spaces could not be looked up"),
        }
    }

    /// Keeps what an answer said of a space anyway.
    pub fn remember(&self, space: &Space) {
        self.by_key.keep(space.key.clone(), space.clone());
        self.by_id.keep(space.id.clone(), space.clone());
    }

    /// Keeps what an answer said anyway: this content is in that space.
    pub fn remember_content(&self, content: &ContentId, space: &SpaceId) {
        self.contents.keep(content.clone(), space.clone());
    }

    /// Forgets a space that has just been changed.
    pub fn forget_space(&self, key: &SpaceKey) {
        if let Some(space) = self.by_key.recall(key) {
            self.by_id.forget(&space.id);
        }
        self.by_key.forget(key);
    }

    /// The titles of current pages, looked up in one request where they are not remembered: 250 at most. Titles are a
    /// courtesy: where they cannot be looked up, the answer goes without.
    pub async fn titles(&self, ids: &BTreeSet<ContentId>) -> Vec<(ContentId, Titled)> {
        let ids = || ids.iter().take(usize::from(MOST_PER_LIST));
        let unknown: Vec<ContentId> = ids().filter(|id| self.titles.recall(id).is_none()).cloned().collect();
        if !unknown.is_empty() {
            match self.read::<List<Page>>(api::pages::pages_by_id(&unknown)).await {
                Ok(found) => self.keep_titles(unknown, found.results),
                Err(failure) => tracing::debug!(code = failure.code(), "titles could not be looked up"),
            }
        }
        ids().filter_map(|id| Some((id.clone(), self.titles.recall(id)??))).collect()
    }

    /// What is missing from the answer is remembered too, so as not to be asked for again.
    fn keep_titles(&self, asked: Vec<ContentId>, found: Vec<Page>) {
        for id in asked {
            self.titles.keep(id, None);
        }
        for page in found {
            self.titles.keep(page.id, Some(Titled { title: page.title, space: page.space_id }));
        }
    }

    async fn space_of_content(&self, id: &ContentId, freshness: Freshness) -> Result<Option<SpaceId>, Failure> {
        let remembered = match freshness {
            Freshness::Cached => self.contents.recall(id),
            Freshness::Recent => self.contents.recall_within(PLACE_JUST_READ, id),
            Freshness::Live => None,
        };
        if remembered.is_some() {
            return Ok(remembered);
        }
        // An id does not say whether it is a page's or a blog post's; most are pages'.
        for request in [api::pages::get_page_head(id), api::blogs::get_blog_post_head(id)] {
            match self.read::<Page>(request).await {
                Ok(page) => {
                    self.contents.keep(id.clone(), page.space_id.clone());
                    return Ok(Some(page.space_id));
                }
                Err(Failure::NotFound(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(None)
    }

    async fn space_of_node(
        &self,
        kind: NodeKind,
        id: &ContentId,
        freshness: Freshness,
    ) -> Result<Option<SpaceId>, Failure> {
        let remembered = match freshness {
            Freshness::Cached => self.contents.recall(id),
            Freshness::Recent => self.contents.recall_within(PLACE_JUST_READ, id),
            Freshness::Live => None,
        };
        if remembered.is_some() {
            return Ok(remembered);
        }
        match self.read::<TreeNode>(api::tree::get_node(kind, id)).await {
            Ok(node) => {
                self.contents.keep(id.clone(), node.space_id.clone());
                Ok(Some(node.space_id))
            }
            Err(Failure::NotFound(_)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, request: Request<Read>) -> Result<T, Failure> {
        self.client.send(&BuiltIn::NameLookUp.permit(), request).await?.json()
    }
}

/// One line for the gate; the details are in the log.
fn told(failure: &Failure) -> LocateError {
    LocateError(failure.to_string())
}

impl Locator for Places {
    fn space_of<'a>(
        &'a self,
        place: &'a Place,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>> {
        Box::pin(async move {
            match place {
                Place::Space(id) | Place::Copied(id, _) => Ok(Some(id.clone())),
                Place::SpaceKey(key) => {
                    let space = match freshness {
                        Freshness::Cached => self.space_by_key(key).await,
                        Freshness::Recent | Freshness::Live => self.space_by_key_now(key).await,
                    };
                    Ok(space.map_err(|failure| told(&failure))?.map(|space| space.id))
                }
                Place::Content(id) => self.space_of_content(id, freshness).await.map_err(|failure| told(&failure)),
                Place::Node(kind, id) => {
                    self.space_of_node(*kind, id, freshness).await.map_err(|failure| told(&failure))
                }
                Place::Source(_) | Place::Unknown | Place::Nowhere => Ok(None),
            }
        })
    }

    fn key_of<'a>(&'a self, space: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        Box::pin(async move {
            let space = self.space_by_id(space).await;
            Ok(space.map_err(|failure| told(&failure))?.map(|space| space.key))
        })
    }
}
