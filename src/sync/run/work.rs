//! One run from its beginning to its end, from wherever an earlier one was cut off.

use std::collections::BTreeMap;

use futures_util::stream::{StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};

use crate::confluence::api::documents::{self, Bodies};
use crate::confluence::api::{MOST_SPACES_NAMED, Paging};
use crate::confluence::model::{Attachment, Found, List, Page};
use crate::domain::ids::{SpaceId, SpaceKey};
use crate::store::Batch;
use crate::sync::plan::facts::{PageRow, SiteRow, SpaceRow};
use crate::sync::plan::legs::{Cut, End, Leg, Purpose, Subject, concluded, legs};
use crate::sync::reader::ends_the_run;
use crate::sync::shelf::{PAGES, RUN, SITE, SPACES, Unfinished};
use crate::sync::status::{Phase, Stop};

use super::Sync;
use super::course::Course;

/// How far before the latest known change a listing of changes goes.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How long accounts may go without a look.
const PEOPLE_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A part of a run, and which listings belong to it, as far as no earlier one has them.
type Stage = (Phase, fn(&Leg) -> bool);

/// Whether a run saw everything it went for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// It did.
    Yes,
    /// The next one tries again.
    No,
}

impl Sync {
    pub(super) async fn work(&self, course: &mut Course<'_>) -> Result<Whole, Stop> {
        self.compare_with_copies(course).await?;
        if course.shelf.get::<SiteRow>(SITE, "").await?.is_none_or(|site| site.synced.is_none()) {
            course.counter.show_early();
        }
        let mut spaces = course.learn_spaces(&self.settings.choice).await?;
        let legs = match self.cut_off(course).await? {
            Some(legs) => legs,
            None => self.planned(course, &mut spaces).await?,
        };
        self.expect(course, &legs, &spaces).await?;
        let (mut done, mut left) = (Vec::new(), legs);
        // What one listing may do to a page, another must not do at the same time.
        let stages: [Stage; 3] = [
            (Phase::Pages, |leg| leg.subject != Subject::Files && !leg.is_whole()),
            (Phase::Pages, |leg| leg.subject != Subject::Files),
            (Phase::Files, |_| true),
        ];
        for (phase, belongs) in stages {
            self.phase(phase);
            let (now, later): (Vec<Leg>, Vec<Leg>) = left.into_iter().partition(belongs);
            left = later;
            done.extend(course.walk_all(now).await?);
        }
        self.conclude(course, &done, &mut spaces).await?;
        self.phase(Phase::Settling);
        if course.shelf.get::<SiteRow>(SITE, "").await?.is_some_and(|site| site.loose) {
            course.settle().await?;
        }
        self.phase(Phase::People);
        self.look_at_people(course).await?;
        self.phase(Phase::Publishing);
        course.with_copies(|copies| copies.publish()).await?;
        let whole = if done.iter().all(|leg| leg.end == Some(End::Complete)) { Whole::Yes } else { Whole::No };
        self.finish(course, whole).await?;
        Ok(whole)
    }

    fn phase(&self, phase: Phase) {
        self.reader.status.send_modify(|status| status.phase = phase);
    }

    /// Where copies have vanished, what was known of them is of no use.
    async fn compare_with_copies(&self, course: &Course<'_>) -> Result<(), Stop> {
        let is_empty = course.with_copies(|copies| Ok(copies.ids(None, 1)?.is_empty())).await?;
        if is_empty && !course.shelf.next::<PageRow>(PAGES, None).await?.is_empty() {
            course.reader.trouble(None, "the local index is empty; everything is copied anew");
            course.shelf.forget().await?;
            self.accounts.clear();
            self.reader.status.send_modify(|status| (status.synced, status.swept) = (None, None));
        }
        Ok(())
    }

    /// The legs of a run that was cut off while it went through whole spaces; listings of changes begin again.
    async fn cut_off(&self, course: &Course<'_>) -> Result<Option<Vec<Leg>>, Stop> {
        if course.shelf.get::<Unfinished>(RUN, "").await?.is_none() {
            course.shelf.tidy().await?;
            return Ok(None);
        }
        let legs = course.shelf.legs().await?;
        if !legs.iter().any(Leg::is_whole) {
            course.shelf.tidy().await?;
            return Ok(None);
        }
        let again = |leg: Leg| if leg.is_whole() || leg.end.is_some() { leg } else { leg.anew() };
        Ok(Some(legs.into_iter().map(again).collect()))
    }

    async fn planned(&self, course: &Course<'_>, spaces: &mut BTreeMap<SpaceId, SpaceRow>) -> Result<Vec<Leg>, Stop> {
        if course.kind.sweeps() {
            course.audit().await?;
            course.refresh_nodes().await?;
        }
        let mut site: SiteRow = course.shelf.get(SITE, "").await?.unwrap_or_default();
        let there: BTreeMap<SpaceId, SpaceRow> =
            spaces.iter().filter(|(_, row)| !row.missing).map(|(id, row)| (id.clone(), row.clone())).collect();
        let cut = Cut { at_once: course.at_once, overlap: OVERLAP };
        let legs = legs(course.kind, &there, &site, cut);
        course.mark(&legs, spaces, &mut site).await?;
        let unfinished = Unfinished { kind: course.kind, began: course.reader.clock.now() };
        let batch = course.shelf.put(Batch::new(), RUN, "", &unfinished);
        let batch = course.shelf.put(batch, SITE, "", &site);
        let batch = spaces.iter().fold(batch, |batch, (id, row)| course.shelf.put(batch, SPACES, id.as_str(), row));
        let batch = legs.iter().fold(batch, |batch, leg| course.shelf.put_leg(batch, leg, &[]));
        course.shelf.commit(batch).await?;
        Ok(legs)
    }

    /// Tells the status how much there is to do.
    async fn expect(
        &self,
        course: &Course<'_>,
        legs: &[Leg],
        spaces: &BTreeMap<SpaceId, SpaceRow>,
    ) -> Result<(), Stop> {
        let pages = legs.iter().filter(|leg| leg.is_whole() && leg.subject == Subject::Pages);
        let keys: Vec<&SpaceKey> =
            pages.flat_map(|leg| &leg.spaces).filter_map(|id| Some(&spaces.get(id)?.key)).collect();
        let mut total = Some(0);
        for some in keys.chunks(MOST_SPACES_NAMED) {
            let found = match course.read::<Found>(&documents::count_documents(some)).await {
                Ok((found, _)) => found.total_size,
                Err(stop) if ends_the_run(&stop) => return Err(stop),
                Err(_) => None,
            };
            total = total.zip(found).map(|(total, found)| total + found);
        }
        let whole = |leg: &&Leg| leg.is_whole() && leg.subject != Subject::Files;
        let done = legs.iter().filter(whole).map(|leg| leg.listed).sum();
        let ended = legs.iter().filter(|leg| leg.end.is_some()).count() as u64;
        self.reader.status.send_modify(|status| {
            (status.pages.done, status.pages.total) = (done, total.filter(|_| !keys.is_empty()));
            (status.spaces.done, status.spaces.total) = (ended, Some(legs.len() as u64));
        });
        Ok(())
    }

    /// Writes down what the listings say, and removes what they lack.
    async fn conclude(
        &self,
        course: &Course<'_>,
        legs: &[Leg],
        spaces: &mut BTreeMap<SpaceId, SpaceRow>,
    ) -> Result<(), Stop> {
        self.phase(Phase::Removing);
        if legs.iter().any(|leg| leg.is_complete() && leg.subject != Subject::Files) {
            course.remove_gone(legs, spaces).await?;
            course.remove_orphans().await?;
        }
        let mut site: SiteRow = course.shelf.get(SITE, "").await?.unwrap_or_default();
        course.remove_gone_files(legs, &mut site).await?;
        let began = course.shelf.get::<Unfinished>(RUN, "").await?.map(|unfinished| unfinished.began);
        concluded(legs, began.unwrap_or(Timestamp::MIN), spaces, &mut site);
        let batch = course.shelf.put(Batch::new(), SITE, "", &site);
        let batch = spaces.iter().fold(batch, |batch, (id, row)| course.shelf.put(batch, SPACES, id.as_str(), row));
        Ok(course.shelf.commit(batch).await?)
    }

    async fn look_at_people(&self, course: &Course<'_>) -> Result<(), Stop> {
        let site: SiteRow = course.shelf.get(SITE, "").await?.unwrap_or_default();
        let now = course.reader.clock.now();
        let is_due = |since: Timestamp| since > now || now.duration_since(since) >= PEOPLE_EVERY;
        let looked = match site.people {
            None => true,
            Some(since) if is_due(since) => course.review_accounts().await?,
            Some(_) => return Ok(()),
        };
        if looked {
            let site = SiteRow { people: Some(now), ..site };
            course.shelf.commit(course.shelf.put(Batch::new(), SITE, "", &site)).await?;
        }
        Ok(())
    }

    async fn finish(&self, course: &Course<'_>, whole: Whole) -> Result<(), Stop> {
        let mut site: SiteRow = course.shelf.get(SITE, "").await?.unwrap_or_default();
        let now = course.reader.clock.now();
        if whole == Whole::Yes {
            // A first run has looked at every page as well.
            if course.kind.sweeps() || site.swept.is_none() {
                site.swept = Some(now);
            }
            site.synced = Some(now);
        }
        // What is missing was noted before the listings began.
        site.doubtful &= !course.kind.sweeps();
        let batch = course.shelf.put(Batch::new(), SITE, "", &site);
        course.shelf.commit(course.shelf.remove(batch, RUN, "")).await?;
        Ok(course.shelf.tidy().await?)
    }
}

impl Course<'_> {
    /// Goes through some listings, a few at a time.
    async fn walk_all(&self, legs: Vec<Leg>) -> Result<Vec<Leg>, Stop> {
        let walks = futures_util::stream::iter(legs.into_iter().map(|leg| self.walk(leg)));
        // More of them than there may be requests, so that while some are taken in, others are read.
        walks.buffer_unordered(self.at_once.max(1) * 3 / 2 + 1).try_collect().await
    }

    /// Notes, before spaces are gone through for the first time, what the latest change in them is: later ones may be
    /// passed by then, and are found by the next run.
    async fn mark(
        &self,
        legs: &[Leg],
        spaces: &mut BTreeMap<SpaceId, SpaceRow>,
        site: &mut SiteRow,
    ) -> Result<(), Stop> {
        let paging = Paging { limit: Some(1), cursor: None };
        for subject in [Subject::Pages, Subject::Posts] {
            let Some(kind) = subject.kind() else { continue };
            let first = legs.iter().filter(|leg| leg.purpose == Purpose::First && leg.subject == subject);
            let ids: Vec<SpaceId> = first.flat_map(|leg| leg.spaces.clone()).collect();
            for some in ids.chunks(MOST_SPACES_NAMED) {
                let request = documents::changed_documents(kind, some, Bodies::Without, &paging);
                let (newest, _): (List<Page>, _) = self.read(&request).await?;
                let newest = newest.results.first().and_then(|page| page.version.as_ref()?.created_at);
                for id in some {
                    if let Some(row) = spaces.get_mut(id) {
                        match subject {
                            Subject::Pages => row.pages_until = newest,
                            _ => row.posts_until = newest,
                        }
                    }
                }
            }
        }
        if legs.iter().any(|leg| leg.subject == Subject::Files && leg.is_whole()) {
            let (newest, _): (List<Attachment>, _) = self.read(&documents::changed_attachments(&paging)).await?;
            site.files_until = newest.results.first().and_then(|file| file.version.as_ref()?.created_at);
        }
        Ok(())
    }
}
