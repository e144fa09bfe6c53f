//! What a thing stands under, and whether somebody is kept from reading any of it.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{Places, Spot};
use crate::confluence::api::{self, MOST_PER_LIST, Paging};
use crate::confluence::failure::Failure;
use crate::confluence::model::{Ancestor, HitDetails, List, Page, Restrictions};
use crate::domain::ids::{ContentId, SpaceId};
use crate::domain::limits::PLACE_JUST_READ;
use crate::domain::place::{Located, Parent, Place, SpaceName, Under};
use crate::policy::ports::Freshness;

use super::Memory;

/// How many look-ups run at the same time.
const AT_ONCE: usize = 6;

impl Places {
    /// The space of something in a tree, or `None` where the connected account sees nothing there.
    pub async fn space_holding(&self, itself: &Parent) -> Result<Option<SpaceId>, Failure> {
        Ok(self.spot(itself, Freshness::Cached).await?.map(|spot| spot.space))
    }

    /// What something stands under, topmost first, and itself; `None` where nobody can say.
    pub async fn line_down_to(&self, itself: &Parent) -> Result<Option<Vec<ContentId>>, Failure> {
        self.line(&itself.itself(), Freshness::Cached).await
    }

    /// Keeps what an answer said anyway: what something stands under, topmost first, and itself.
    pub fn remember_line(&self, itself: &Parent, line: Vec<ContentId>) {
        self.lines.keep(itself.clone(), line);
    }

    /// What is at a place and everything it stands under; `None` where nobody can say.
    pub(super) async fn line(&self, place: &Place, freshness: Freshness) -> Result<Option<Vec<ContentId>>, Failure> {
        let (itself, under) = match place {
            Place::Space(_) | Place::SpaceKey(_) => return Ok(Some(Vec::new())),
            Place::Content(id) => (Parent::Page(id.clone()), Under::Unsaid),
            Place::Node(kind, id) => (Parent::Node(*kind, id.clone()), Under::Unsaid),
            Place::Located(Located { itself: Some(itself), under, .. }) => (itself.clone(), under.clone()),
            Place::Located(_) | Place::Copied(_) | Place::Source(_) | Place::Unknown | Place::Nowhere => {
                return Ok(None);
            }
        };
        let under = match under {
            Under::Unsaid => match self.spot(&itself, freshness).await? {
                Some(spot) if self.is_there(place, &spot).await? => spot.under,
                _ => return Ok(None),
            },
            told => told,
        };
        let above = match under {
            Under::Parent(parent) => self.above(&parent, freshness).await?,
            Under::Nothing => Some(Vec::new()),
            Under::Unsaid => None,
        };
        Ok(above.map(|mut line| {
            line.push(itself.id().clone());
            line
        }))
    }

    /// Whether a thing is in the space that its place says.
    async fn is_there(&self, place: &Place, spot: &Spot) -> Result<bool, Failure> {
        Ok(match place {
            Place::Located(Located { space: SpaceName::Id(id), .. }) => *id == spot.space,
            Place::Located(Located { space: SpaceName::Key(key), .. }) => {
                self.space_by_key(key).await?.is_some_and(|space| space.id == spot.space)
            }
            _ => true,
        })
    }

    /// A thing and everything it stands under; `None` where nobody can say, or there is more than one answer holds.
    async fn above(&self, lowest: &Parent, freshness: Freshness) -> Result<Option<Vec<ContentId>>, Failure> {
        if let Some(known) = recalled(&self.lines, lowest, freshness) {
            return Ok(Some(known));
        }
        let reply = match self.ask(api::tree::ancestors(lowest)).await {
            Ok(reply) => reply,
            Err(Failure::NotFound(_)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        if reply.next_cursor().is_some() {
            return Ok(None);
        }
        let mut line: Vec<ContentId> =
            reply.json::<List<Ancestor>>()?.results.into_iter().map(|ancestor| ancestor.id).collect();
        line.push(lowest.id().clone());
        self.lines.keep(lowest.clone(), line.clone());
        Ok(Some(line))
    }

    /// Whether everybody who sees their space may read all of these. A thing that nobody can say it of counts as kept
    /// from some.
    pub(super) async fn open(&self, contents: &[ContentId], freshness: Freshness) -> Result<bool, Failure> {
        let known = |id: &ContentId| recalled(&self.restricted, id, freshness);
        if contents.iter().any(|id| known(id) == Some(true)) {
            return Ok(false);
        }
        let unknown: Vec<ContentId> = contents.iter().filter(|id| known(id).is_none()).cloned().collect();
        let looks = unknown.into_iter().map(|id| async move { self.is_restricted(&id).await });
        let restricted: Vec<bool> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
        Ok(!restricted.contains(&true))
    }

    async fn is_restricted(&self, id: &ContentId) -> Result<bool, Failure> {
        let restricted = match self.read::<Restrictions>(api::around::restrictions(id)).await {
            Ok(restrictions) => restrictions.restricts_reading().unwrap_or(true),
            Err(Failure::NotFound(_)) => true,
            Err(failure) => return Err(failure),
        };
        self.restricted.keep(id.clone(), restricted);
        Ok(restricted)
    }

    /// Looks up together what is about to be asked about these places: where they stand, what that stands under, and,
    /// where wanted, who may read it. What cannot be learned so is looked up when it is needed.
    pub(super) async fn learn_lines(&self, places: &[Place], restrictions: bool) {
        self.learn_spots(places).await;
        let mut lowest = BTreeSet::new();
        for place in places {
            lowest.extend(self.told_parent(place));
        }
        let looks = lowest.into_iter().map(|parent| async move { self.above(&parent, Freshness::Cached).await });
        let above: Vec<_> = stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
        if restrictions {
            let above = above.into_iter().filter_map(|line| line.ok().flatten()).flatten();
            let all: BTreeSet<ContentId> = above.chain(places.iter().filter_map(content).cloned()).collect();
            self.learn_restrictions(all).await;
        }
    }

    /// Where pages stand whose answers did not say, in one request.
    async fn learn_spots(&self, places: &[Place]) {
        let is_untold = |place: &&Place| match place {
            Place::Content(_) => true,
            Place::Located(Located { itself: Some(Parent::Page(_)), under, .. }) => *under == Under::Unsaid,
            _ => false,
        };
        let ids: BTreeSet<&ContentId> = places.iter().filter(is_untold).filter_map(content).collect();
        let unknown = |id: &&&ContentId| self.spots.recall(id).is_none();
        let ids: Vec<ContentId> =
            ids.iter().filter(unknown).take(usize::from(MOST_PER_LIST)).copied().cloned().collect();
        // One is looked up as quickly by itself.
        if ids.len() < 2 {
            return;
        }
        match self.read::<List<Page>>(api::pages::pages_by_id(&ids)).await {
            Ok(found) => found.results.iter().for_each(|page| self.remember_page(page)),
            Err(failure) => tracing::debug!(code = failure.code(), "pages could not be looked up together"),
        }
    }

    /// What a place's thing stands directly under, as far as that is known.
    fn told_parent(&self, place: &Place) -> Option<Parent> {
        let under = match place {
            Place::Located(Located { under, .. }) if *under != Under::Unsaid => under.clone(),
            _ => self.spots.recall(content(place)?)?.under,
        };
        match under {
            Under::Parent(parent) => Some(parent),
            Under::Unsaid | Under::Nothing => None,
        }
    }

    /// Restrictions in one search: what it finds, it shows as they are now. What it does not find is asked for singly.
    async fn learn_restrictions(&self, ids: BTreeSet<ContentId>) {
        let unknown: Vec<ContentId> = ids.into_iter().filter(|id| self.restricted.recall(id).is_none()).collect();
        for ids in unknown.chunks(usize::from(MOST_PER_LIST)).filter(|ids| ids.len() > 1) {
            let paging = Paging { limit: Some(MOST_PER_LIST), cursor: None };
            match self.read::<List<HitDetails>>(api::documents::restrictions(ids, &paging)).await {
                Ok(found) => found.results.iter().for_each(|hit| self.keep_restriction(hit)),
                Err(failure) => tracing::debug!(code = failure.code(), "restrictions could not be searched for"),
            }
        }
    }

    fn keep_restriction(&self, hit: &HitDetails) {
        let restricted = hit.restrictions.as_ref().and_then(Restrictions::restricts_reading);
        if let (Ok(id), Some(restricted)) = (hit.id.parse(), restricted) {
            self.restricted.keep(id, restricted);
        }
    }
}

/// The content at a place.
fn content(place: &Place) -> Option<&ContentId> {
    match place {
        Place::Content(id) | Place::Node(_, id) => Some(id),
        Place::Located(Located { itself, .. }) => itself.as_ref().map(Parent::id),
        _ => None,
    }
}

/// What is remembered and young enough.
pub(super) fn recalled<K: Eq + std::hash::Hash, V: Clone>(
    memory: &Memory<K, V>,
    key: &K,
    freshness: Freshness,
) -> Option<V> {
    match freshness {
        Freshness::Cached => memory.recall(key),
        Freshness::Recent => memory.recall_within(PLACE_JUST_READ, key),
        Freshness::Live => None,
    }
}
