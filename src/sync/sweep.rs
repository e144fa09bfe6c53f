//! Removes what is gone: what no complete listing has, confirmed by another request, never much of a space at once.

mod audit;
mod files;
mod settle;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::confluence::api::MOST_PER_LIST;
use crate::confluence::api::documents::{self, Bodies};
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::{List, Page};
use crate::domain::ids::{ContentId, SpaceId};
use crate::store::{Batch, StoreError};

use super::intake::{Asked, Taken};
use super::plan::facts::{PageRow, SiteRow, SpaceRow};
use super::plan::guard::may_remove;
use super::plan::legs::{Leg, Subject};
use super::reader::ends_the_run;
use super::run::course::Course;
use super::shelf::{PAGES, SITE, SPACES, TOGETHER, of_page};
use super::sink::Change;
use super::status::Stop;

/// What complete listings went over, and what they saw.
#[derive(Default)]
struct Covered {
    pages: BTreeSet<SpaceId>,
    posts: BTreeSet<SpaceId>,
    seen: HashSet<u64>,
}

impl Covered {
    fn misses(&self, id: &ContentId, row: &PageRow) -> bool {
        let spaces = match row.kind {
            DocumentKind::Page => &self.pages,
            DocumentKind::BlogPost => &self.posts,
        };
        spaces.contains(&row.space) && !self.seen.contains(&id.as_str().parse().unwrap_or_default())
    }
}

/// Documents that may be gone, by space.
type Missing = BTreeMap<SpaceId, Vec<(ContentId, DocumentKind)>>;

impl Course<'_> {
    /// Notes with a batch that copies have to be gone through.
    pub(super) async fn note_loose(&self, batch: Batch) -> Result<Batch, StoreError> {
        let site: SiteRow = self.shelf.get(SITE, "").await?.unwrap_or_default();
        if site.loose {
            return Ok(batch);
        }
        Ok(self.shelf.put(batch, SITE, "", &SiteRow { loose: true, ..site }))
    }

    /// Removes pages and posts that the complete listings of this run lack, and counts those that stay.
    pub(super) async fn remove_gone(&self, legs: &[Leg], spaces: &mut BTreeMap<SpaceId, SpaceRow>) -> Result<(), Stop> {
        let covered = self.covered(legs).await?;
        let (missing, counts) = self.missing(&covered).await?;
        let gone = self.confirmed(missing).await?;
        for (id, row) in spaces.iter_mut() {
            let count = counts.get(id).copied().unwrap_or_default();
            row.documents = count;
            let gone = gone.get(id).map(Vec::as_slice).unwrap_or_default();
            let number = gone.len() as u64;
            if may_remove(number, count, row.held, self.kind) {
                self.remove_pages(gone.iter().map(|(id, _)| id)).await?;
                row.documents -= number.min(count);
                if covered.pages.contains(id) {
                    row.held = None;
                }
            } else {
                let key = &row.key;
                let held = format!(
                    "{number} of {count} documents of the space `{key}` seem gone; they stay until the next sweep, or a full sync, finds the same"
                );
                self.reader.trouble(None, held);
                row.held = Some(number);
            }
            self.shelf.commit(self.shelf.put(Batch::new(), SPACES, id.as_str(), row)).await?;
        }
        Ok(())
    }

    async fn covered(&self, legs: &[Leg]) -> Result<Covered, Stop> {
        let mut covered = Covered::default();
        for leg in legs.iter().filter(|leg| leg.is_complete()) {
            match leg.subject {
                Subject::Pages => covered.pages.extend(leg.spaces.iter().cloned()),
                Subject::Posts => covered.posts.extend(leg.spaces.iter().cloned()),
                Subject::Files => continue,
            }
            covered.seen.extend(self.shelf.seen(leg).await?);
        }
        Ok(covered)
    }

    /// What is remembered and was not listed, and how many documents each space has.
    async fn missing(&self, covered: &Covered) -> Result<(Missing, BTreeMap<SpaceId, u64>), Stop> {
        let (mut missing, mut counts) = (Missing::new(), BTreeMap::new());
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<PageRow>(PAGES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok((missing, counts)) };
            after = Some(last.clone());
            for (name, row) in rows {
                let (Some(id), Some(row)) = (id_of(&name), row) else { continue };
                *counts.entry(row.space.clone()).or_default() += 1;
                if covered.misses(&id, &row) {
                    missing.entry(row.space).or_default().push((id, row.kind));
                }
            }
        }
    }

    /// Asks for each of them once more. What is there after all was moved while it was listed, or its listing was wrong:
    /// it is taken in. What cannot be asked for stays.
    async fn confirmed(&self, missing: Missing) -> Result<Missing, Stop> {
        let mut gone = Missing::new();
        for (space, some) in missing {
            for kind in [DocumentKind::Page, DocumentKind::BlogPost] {
                let ids: Vec<ContentId> = some.iter().filter(|(_, of)| *of == kind).map(|(id, _)| id.clone()).collect();
                for ids in ids.chunks(usize::from(MOST_PER_LIST)) {
                    let found =
                        match self.read::<List<Page>>(&documents::documents_by_id(kind, ids, Bodies::Without)).await {
                            Ok((found, _)) => found.results,
                            Err(stop) if ends_the_run(&stop) => return Err(stop),
                            Err(stop) => {
                                self.reader.trouble(None, format!("what seems gone could not be looked up: {stop}"));
                                continue;
                            }
                        };
                    let there: HashSet<ContentId> = found.iter().map(|page| page.id.clone()).collect();
                    let absent = ids.iter().filter(|id| !there.contains(*id)).map(|id| (id.clone(), kind));
                    gone.entry(space.clone()).or_default().extend(absent);
                    let taken = self.take(kind, found, Bodies::Without, Asked::All).await?;
                    self.put(taken).await?;
                }
            }
        }
        Ok(gone)
    }

    /// Puts away what was taken in outside of a listing.
    pub(super) async fn put(&self, taken: Taken) -> Result<(), Stop> {
        let batch = if taken.loose { self.note_loose(taken.batch).await? } else { taken.batch };
        self.counter.put(taken.changes, batch).await
    }

    /// Removes pages or posts; what stood under them is told.
    async fn remove_pages<'i>(&self, ids: impl Iterator<Item = &'i ContentId>) -> Result<(), Stop> {
        let ids: Vec<&ContentId> = ids.collect();
        for some in ids.chunks(TOGETHER) {
            let mut batch = self.note_loose(Batch::new()).await?;
            for id in some {
                self.tree.forget(id);
                batch = self.shelf.remove(batch, PAGES, &of_page(id));
            }
            let changes = some.iter().map(|id| Change::Remove(id.to_string())).collect();
            self.counter.put(changes, batch).await?;
        }
        Ok(())
    }

    /// Removes everything of these spaces.
    pub(super) async fn drop_spaces(&self, dropped: &BTreeSet<SpaceId>) -> Result<(), Stop> {
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<PageRow>(PAGES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            let of_dropped = |row: &Option<PageRow>| row.as_ref().is_some_and(|row| dropped.contains(&row.space));
            let ids: Vec<ContentId> =
                rows.iter().filter(|(_, row)| of_dropped(row)).filter_map(|(name, _)| id_of(name)).collect();
            self.remove_pages(ids.iter()).await?;
        }
        self.remove_orphans().await?;
        let batch = dropped.iter().fold(Batch::new(), |batch, id| self.shelf.remove(batch, SPACES, id.as_str()));
        Ok(self.shelf.commit(batch).await?)
    }
}

/// The id behind a row's name.
fn id_of(name: &str) -> Option<ContentId> {
    name.trim_start_matches('0').parse().ok()
}
