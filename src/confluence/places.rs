//! Where things are: spaces by key and id, and what a page stands under, remembered for a minute.

mod lineage;

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::clock::Clock;
use crate::domain::ids::{ContentId, SpaceId, SpaceKey};
use crate::domain::limits::{NAME_AGE, PLACE_AGE};
use crate::domain::place::{Located, Parent, Place, SpaceName, Under};
use crate::policy::gate::BuiltIn;
use crate::policy::ports::{Freshness, LocateError, Locator};

use super::Request;
use super::api::{self, MOST_PER_LIST};
use super::client::Client;
use super::failure::Failure;
use super::memory::Memory;
use super::model::{List, Page, Space, TreeNode};
use super::reply::Reply;
use crate::domain::access::Read;
use lineage::recalled;

/// Looks places up, as a built-in principal that can only read.
pub struct Places {
    client: Client,
    by_key: Memory<SpaceKey, Space>,
    by_id: Memory<SpaceId, Space>,
    spots: Memory<ContentId, Spot>,
    /// What a parent stands under, topmost first, and itself.
    lines: Memory<Parent, Vec<ContentId>>,
    /// Whether a thing itself is kept from some readers.
    restricted: Memory<ContentId, bool>,
    titles: Memory<ContentId, Option<Titled>>,
}

/// Where something stands.
#[derive(Clone, Debug)]
struct Spot {
    space: SpaceId,
    under: Under,
}

/// A page's title, and the place that says who may see it.
#[derive(Clone, Debug)]
pub struct Titled {
    /// As Confluence has it.
    pub title: String,
    /// Where the page is.
    pub place: Place,
}

impl Places {
    /// Places as `client` sees them.
    pub fn new(client: Client, clock: &Arc<dyn Clock>) -> Self {
        Self {
            client,
            by_key: Memory::new(clock, PLACE_AGE),
            by_id: Memory::new(clock, PLACE_AGE),
            spots: Memory::new(clock, PLACE_AGE),
            lines: Memory::new(clock, PLACE_AGE),
            restricted: Memory::new(clock, PLACE_AGE),
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

    /// Keeps what an answer said anyway: where this page or post stands.
    pub fn remember_page(&self, page: &Page) {
        self.spots.keep(page.id.clone(), Spot { space: page.space_id.clone(), under: page.parent().into() });
    }

    /// Keeps what an answer said anyway: where this node stands.
    pub fn remember_node(&self, node: &TreeNode) {
        self.spots.keep(node.id.clone(), Spot { space: node.space_id.clone(), under: node.parent().into() });
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
            let place = page.place();
            self.titles.keep(page.id, Some(Titled { title: page.title, place }));
        }
    }

    /// Where a page, post or node stands, or `None` where the connected account sees nothing there.
    async fn spot(&self, itself: &Parent, freshness: Freshness) -> Result<Option<Spot>, Failure> {
        let id = itself.id();
        if let Some(known) = recalled(&self.spots, id, freshness) {
            return Ok(Some(known));
        }
        let there = match itself {
            Parent::Node(kind, _) => there(self.read::<TreeNode>(api::tree::get_node(*kind, id)).await)?
                .map(|node| self.remember_node(&node)),
            // An id does not say whether it is a page's or a blog post's; most are pages'.
            Parent::Page(_) => {
                let page = match there(self.read::<Page>(api::pages::get_page_head(id)).await)? {
                    None => there(self.read::<Page>(api::blogs::get_blog_post_head(id)).await)?,
                    page => page,
                };
                page.map(|page| self.remember_page(&page))
            }
        };
        // What was remembered a moment ago is what was answered.
        Ok(there.and_then(|()| self.spots.recall(id)))
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, request: Request<Read>) -> Result<T, Failure> {
        self.ask(request).await?.json()
    }

    async fn ask(&self, request: Request<Read>) -> Result<Reply, Failure> {
        self.client.send(&BuiltIn::NameLookUp.permit(), request).await
    }
}

/// What an answer says is there, or that nothing is.
fn there<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(thing) => Ok(Some(thing)),
        Err(Failure::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
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
            let (itself, name) = match place {
                // What an answer has just said need not be asked again.
                Place::Space(id) | Place::Located(Located { space: SpaceName::Id(id), .. }) => {
                    return Ok(Some(id.clone()));
                }
                Place::Copied(copied) => return Ok(Some(copied.space.clone())),
                Place::SpaceKey(key) => (None, Some((key, freshness))),
                Place::Located(Located { space: SpaceName::Key(key), .. }) => (None, Some((key, Freshness::Cached))),
                Place::Content(id) => (Some(Parent::Page(id.clone())), None),
                Place::Node(kind, id) => (Some(Parent::Node(*kind, id.clone())), None),
                Place::Source(_) | Place::Unknown | Place::Nowhere => (None, None),
            };
            if let Some(itself) = itself {
                let spot = self.spot(&itself, freshness).await.map_err(|failure| told(&failure))?;
                return Ok(spot.map(|spot| spot.space));
            }
            let Some((key, freshness)) = name else { return Ok(None) };
            let space = match freshness {
                Freshness::Cached => self.space_by_key(key).await,
                Freshness::Recent | Freshness::Live => self.space_by_key_now(key).await,
            };
            Ok(space.map_err(|failure| told(&failure))?.map(|space| space.id))
        })
    }

    fn line_of<'a>(
        &'a self,
        place: &'a Place,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Option<Vec<ContentId>>, LocateError>> {
        Box::pin(async move { self.line(place, freshness).await.map_err(|failure| told(&failure)) })
    }

    fn are_open<'a>(
        &'a self,
        contents: &'a [ContentId],
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<bool, LocateError>> {
        Box::pin(async move { self.open(contents, freshness).await.map_err(|failure| told(&failure)) })
    }

    fn look_ahead<'a>(&'a self, places: &'a [Place], restrictions: bool) -> BoxFuture<'a, ()> {
        Box::pin(self.learn_lines(places, restrictions))
    }

    fn key_of<'a>(&'a self, space: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        Box::pin(async move {
            let space = self.space_by_id(space).await;
            Ok(space.map_err(|failure| told(&failure))?.map(|space| space.key))
        })
    }
}
