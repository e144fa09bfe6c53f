//! A run as listings to go through, and what is known once one has ended.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::confluence::api::MOST_SPACES_NAMED;
use crate::confluence::api::pages::DocumentKind;
use crate::domain::ids::{Cursor, SpaceId};

use super::Kind;
use super::facts::{SiteRow, SpaceRow};

/// What a listing is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Pages of some spaces.
    Pages,
    /// Blog posts of some spaces.
    Posts,
    /// Files of the whole site: there is no listing of a space's files.
    Files,
}

impl Subject {
    /// The kind of document, files apart.
    pub const fn kind(self) -> Option<DocumentKind> {
        match self {
            Self::Pages => Some(DocumentKind::Page),
            Self::Posts => Some(DocumentKind::BlogPost),
            Self::Files => None,
        }
    }
}

/// What a listing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Everything, with its bodies.
    First,
    /// What changed lately, with its bodies, latest change first.
    Delta,
    /// Everything, without bodies.
    Sweep,
}

/// One listing to go through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Its number in the run.
    pub number: u32,
    /// What it is of.
    pub subject: Subject,
    /// What it is for.
    pub purpose: Purpose,
    /// Which spaces; none for files.
    pub spaces: Vec<SpaceId>,
    /// Where it goes on.
    pub cursor: Option<Cursor>,
    /// How many parts of it were taken in since it began.
    pub parts: u32,
    /// How many things those held.
    pub listed: u64,
    /// How often it began again because its cursor had died.
    pub restarts: u32,
    /// The latest change in it so far.
    pub newest: Option<Timestamp>,
    /// What is older needs no look.
    pub floor: Option<Timestamp>,
    /// How it ended, once it did.
    pub end: Option<End>,
}

/// How a listing ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Everything it has was seen.
    Complete,
    /// It broke off, and nobody can say what is missing; nothing is removed because of it.
    Incomplete,
}

impl Leg {
    /// Whether it goes over everything there is.
    pub fn is_whole(&self) -> bool {
        self.purpose != Purpose::Delta
    }

    /// Whether it has ended well and went over everything.
    pub fn is_complete(&self) -> bool {
        self.is_whole() && self.end == Some(End::Complete)
    }

    /// The same leg at its beginning.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self { cursor: None, parts: 0, listed: 0, newest: None, restarts: self.restarts + 1, ..self.clone() }
    }
}

/// How the legs of a run are cut.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// How many requests go on at once.
    pub at_once: usize,
    /// How far before the latest known change a listing of changes goes.
    pub overlap: SignedDuration,
}

/// The listings of a run, those of pages before those of posts and those of files last: each may need what the one
/// before has brought.
pub fn legs(kind: Kind, spaces: &BTreeMap<SpaceId, SpaceRow>, site: &SiteRow, cut: Cut) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut add = |subject, purpose, spaces: &[SpaceId], until: Option<Timestamp>| {
        let floor = until.and_then(|until| until.checked_sub(cut.overlap).ok());
        legs.push(Leg {
            number: u32::try_from(legs.len()).unwrap_or(u32::MAX),
            subject,
            purpose,
            spaces: spaces.to_vec(),
            cursor: None,
            parts: 0,
            listed: 0,
            restarts: 0,
            newest: None,
            floor,
            end: None,
        });
    };
    let of = |which: &dyn Fn(&SpaceRow) -> bool| -> Vec<SpaceId> {
        spaces.iter().filter(|(_, row)| which(row)).map(|(id, _)| id.clone()).collect()
    };
    for subject in [Subject::Pages, Subject::Posts] {
        let copied = |row: &SpaceRow| if subject == Subject::Pages { row.pages } else { row.posts };
        let until = |row: &SpaceRow| if subject == Subject::Pages { row.pages_until } else { row.posts_until };
        let (old, new) = (of(&|row| copied(row)), of(&|row| !copied(row)));
        for some in old.chunks(MOST_SPACES_NAMED) {
            // A space in which nothing was ever seen has no say in where a listing of changes may end.
            let earliest = some.iter().filter_map(|id| until(spaces.get(id)?)).min();
            add(subject, Purpose::Delta, some, earliest);
        }
        let most = if subject == Subject::Pages { evenly(new.len(), cut.at_once) } else { MOST_SPACES_NAMED };
        new.chunks(most).for_each(|some| add(subject, Purpose::First, some, None));
        if kind.sweeps() {
            let most = if subject == Subject::Pages { evenly(old.len(), cut.at_once) } else { MOST_SPACES_NAMED };
            old.chunks(most).for_each(|some| add(subject, Purpose::Sweep, some, None));
        }
    }
    // Files of a space that is new here are older than any mark.
    let whole_space = spaces.values().any(|row| !(row.pages && row.posts));
    if !spaces.is_empty() {
        let purpose = match (site.files && !whole_space, kind.sweeps()) {
            (false, _) => Purpose::First,
            (true, true) => Purpose::Sweep,
            (true, false) => Purpose::Delta,
        };
        let until = site.files_until.filter(|_| purpose == Purpose::Delta);
        add(Subject::Files, purpose, &[], until);
    }
    legs
}

/// How many of so many spaces go together, so that there are a few listings for each that can go on at once: their
/// sizes are not known, and the largest must not be last and alone for long.
fn evenly(spaces: usize, at_once: usize) -> usize {
    spaces.div_ceil(at_once.saturating_mul(3).max(1)).clamp(1, MOST_SPACES_NAMED)
}

/// What the ended legs of a run that began then say about spaces and site.
pub fn concluded(legs: &[Leg], began: Timestamp, spaces: &mut BTreeMap<SpaceId, SpaceRow>, site: &mut SiteRow) {
    for leg in legs.iter().filter(|leg| leg.end == Some(End::Complete)) {
        if leg.subject == Subject::Files {
            site.files |= leg.is_whole();
            if !leg.is_whole() {
                site.files_until = site.files_until.max(leg.newest);
            }
            continue;
        }
        for space in &leg.spaces {
            let Some(row) = spaces.get_mut(space) else { continue };
            if leg.subject == Subject::Pages && leg.purpose != Purpose::Sweep {
                row.current = row.current.max(Some(began));
            }
            let (done, until) = match leg.subject {
                Subject::Pages => (&mut row.pages, &mut row.pages_until),
                _ => (&mut row.posts, &mut row.posts_until),
            };
            *done |= leg.purpose == Purpose::First;
            // Listings by id go on for long: what changed while they did may have been passed already.
            if leg.purpose == Purpose::Delta {
                *until = (*until).max(leg.newest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut { at_once: 4, overlap: SignedDuration::from_mins(10) };

    fn spaces(number: usize, copied: bool) -> BTreeMap<SpaceId, SpaceRow> {
        let row = |number: usize| {
            let until = Some(Timestamp::from_second(1_000_000 + i64::try_from(number).unwrap()).unwrap());
            let row = SpaceRow::new(format!("S{number}").parse().unwrap(), String::new());
            let row = SpaceRow { pages: copied, posts: copied, pages_until: until, posts_until: until, ..row };
            (number.to_string().parse().unwrap(), row)
        };
        (1..=number).map(row).collect()
    }

    fn drawn(legs: &[Leg]) -> Vec<(Subject, Purpose, usize)> {
        legs.iter().map(|leg| (leg.subject, leg.purpose, leg.spaces.len())).collect()
    }

    #[test]
    fn a_run_over_a_hundred_copied_spaces_is_three_listings() {
        let site = SiteRow { files: true, files_until: Some(Timestamp::UNIX_EPOCH), ..SiteRow::default() };
        let legs = legs(Kind::Incremental, &spaces(100, true), &site, CUT);
        let expected = [
            (Subject::Pages, Purpose::Delta, 100),
            (Subject::Posts, Purpose::Delta, 100),
            (Subject::Files, Purpose::Delta, 0),
        ];
        assert_eq!(drawn(&legs), expected);
        assert_eq!(legs[0].floor, Some(Timestamp::from_second(1_000_001 - 600).unwrap()));
    }

    #[test]
    fn new_spaces_are_listed_whole_and_a_sweep_lists_the_old_ones_besides() {
        let mut some = spaces(3, true);
        some.values_mut().next().unwrap().pages = false;
        let site = SiteRow { files: true, ..SiteRow::default() };
        let legs = legs(Kind::Sweep, &some, &site, CUT);
        let expected = [
            (Subject::Pages, Purpose::Delta, 2),
            (Subject::Pages, Purpose::First, 1),
            (Subject::Pages, Purpose::Sweep, 1),
            (Subject::Pages, Purpose::Sweep, 1),
            (Subject::Posts, Purpose::Delta, 3),
            (Subject::Posts, Purpose::Sweep, 3),
            (Subject::Files, Purpose::First, 0),
        ];
        assert_eq!(drawn(&legs), expected);
    }

    #[test]
    fn a_first_run_has_listings_enough_to_go_on_at_once_and_none_names_too_many_spaces() {
        let listings = |number| legs(Kind::Incremental, &spaces(number, false), &SiteRow::default(), CUT);
        assert!(drawn(&listings(0)).is_empty());
        for (number, most) in [(1, 1), (12, 1), (13, 2), (100, 9), (5_000, 100)] {
            let legs = listings(number);
            let pages = legs.iter().filter(|leg| leg.subject == Subject::Pages);
            assert_eq!(pages.map(|leg| leg.spaces.len()).max(), Some(most), "{number}");
        }
    }

    #[test]
    fn only_what_ended_well_counts_and_only_listings_of_changes_move_the_mark() {
        let later = Some(Timestamp::from_second(2_000_000).unwrap());
        let mut some = spaces(1, false);
        let before = some.clone();
        let (mut site, at) = (SiteRow::default(), Timestamp::from_second(3_000_000).unwrap());
        let mut legs = legs(Kind::Incremental, &some, &site, CUT);
        concluded(&legs, at, &mut some, &mut site);
        assert_eq!((&some, &site), (&before, &SiteRow::default()));
        for leg in &mut legs {
            (leg.end, leg.newest) = (Some(End::Incomplete), later);
        }
        concluded(&legs, at, &mut some, &mut site);
        assert_eq!((&some, &site), (&before, &SiteRow::default()));
        for leg in &mut legs {
            leg.end = Some(End::Complete);
        }
        concluded(&legs, at, &mut some, &mut site);
        let row = some.values().next().unwrap();
        assert!(row.pages && row.posts && site.files);
        assert_eq!(row.current, Some(at));
        assert_eq!((row.pages_until, site.files_until), (before.values().next().unwrap().pages_until, None));
        for leg in &mut legs {
            leg.purpose = Purpose::Delta;
        }
        concluded(&legs, at, &mut some, &mut site);
        assert_eq!((some.values().next().unwrap().pages_until, site.files_until), (later, later));
    }
}
