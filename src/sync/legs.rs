//! Goes through one listing, part by part, from where it was left.

use jiff::Timestamp;

use crate::domain::ids::Cursor;

use super::fetch::is_refused;
use super::intake::{Asked, Taken};
use super::plan::legs::{End, Leg, Subject};
use super::plan::listing::{Part, Step, Trail};
use super::reader::ends_the_run;
use super::run::course::Course;
use super::sink::Underway;
use super::status::Stop;

/// How often a listing begins again because its cursor has died.
const RESTARTS: u32 = 2;

impl Course<'_> {
    /// Goes through a listing to its end; the leg says how that was. What is taken in of one part is put away while the
    /// next one is read.
    pub(super) async fn walk(&self, mut leg: Leg) -> Result<Leg, Stop> {
        if leg.end.is_some() {
            return Ok(leg);
        }
        let mut trail = Trail::after(self.shelf.seen(&leg).await?);
        let mut underway: Option<Underway> = None;
        while leg.end.is_none() {
            let (part, taken) = match self.part_taken(&leg).await {
                Ok(read) => read,
                Err(stop) if is_refused(&stop) && leg.cursor.is_some() && leg.restarts < RESTARTS => {
                    tracing::info!(leg = leg.number, "a listing of the sync begins again");
                    leg = leg.anew();
                    trail = Trail::default();
                    continue;
                }
                Err(stop) if ends_the_run(&stop) => return Err(stop),
                Err(stop) => {
                    self.reader.trouble(None, format!("a listing of {} broke off: {stop}", called(leg.subject)));
                    leg.end = Some(End::Incomplete);
                    (Part::default(), Taken::default())
                }
            };
            if leg.end.is_none() {
                self.go_on(&mut leg, &mut trail, &part);
            }
            if taken.loose {
                self.loose.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            let mut batch = self.shelf.put_leg(taken.batch, &leg, &part.ids);
            if taken.loose {
                batch = self.note_loose(batch).await?;
            }
            if let Some(before) = underway.replace(self.counter.bring(taken.changes, batch).await?) {
                before.ended().await?;
            }
            self.report(&leg, part.ids.len() as u64);
        }
        if let Some(last) = underway {
            last.ended().await?;
        }
        Ok(leg)
    }

    fn go_on(&self, leg: &mut Leg, trail: &mut Trail, part: &Part) {
        let step = trail.step(leg, part);
        leg.parts += 1;
        leg.listed += part.ids.len() as u64;
        leg.newest = leg.newest.max(part.newest);
        match step {
            Step::Follow(next) => leg.cursor = Some(next),
            Step::Stop(end, why) => {
                if let Some(why) = why {
                    self.reader.trouble(None, format!("a listing of {} broke off: {why}", called(leg.subject)));
                }
                leg.end = Some(end);
            }
        }
    }

    /// The next part of a listing and what comes of it.
    async fn part_taken(&self, leg: &Leg) -> Result<(Part, Taken), Stop> {
        let Some(kind) = leg.subject.kind() else {
            let fetched = self.part_of_files(leg).await?;
            let ids = fetched.items.iter().map(|file| number(file.id.digits()));
            let ids = ids.chain(fetched.odd.iter().map(|id| number(id.trim_start_matches("att")))).collect();
            let changed = fetched.items.iter().filter_map(|file| file.version.as_ref()?.created_at);
            let part = self.noted(ids, changed.max(), fetched.next, &fetched.odd);
            let taken = self.take_files(fetched.items).await?;
            return Ok((Part { news: taken.news, ..part }, taken));
        };
        let fetched = self.part(leg, kind).await?;
        let ids = fetched.items.iter().map(|page| number(page.id.as_str()));
        let ids = ids.chain(fetched.odd.iter().map(|id| number(id))).collect();
        let changed = fetched.items.iter().filter_map(|page| page.version.as_ref()?.created_at);
        let part = self.noted(ids, changed.max(), fetched.next, &fetched.odd);
        let asked = if leg.is_whole() { Asked::All } else { Asked::Changed };
        let taken = self.take(kind, fetched.items, fetched.bodies, asked).await?;
        Ok((Part { news: taken.news, ..part }, taken))
    }

    fn noted(&self, ids: Vec<u64>, newest: Option<Timestamp>, next: Option<Cursor>, odd: &[String]) -> Part {
        for id in odd {
            self.reader.trouble(Some(id), "what the listing says of it cannot be read");
        }
        Part { ids, newest, next, news: false }
    }

    fn report(&self, leg: &Leg, more: u64) {
        let now = self.reader.clock.now();
        self.reader.status.send_modify(|status| {
            if leg.is_whole() && leg.subject != Subject::Files {
                status.pages.done += more;
            }
            if leg.end.is_some() {
                status.spaces.done += 1;
            }
            status.reckon(now);
        });
    }
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

fn called(subject: Subject) -> &'static str {
    match subject {
        Subject::Pages => "pages",
        Subject::Posts => "blog posts",
        Subject::Files => "files",
    }
}
