//! How a listing goes on after a part of it: cursors that lead round in circles, parts without anything, the end.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::domain::ids::Cursor;

use super::facts::print;
use super::legs::{End, Leg, Purpose};

/// How many parts without anything in them are followed in a row.
const EMPTY_PARTS: u32 = 20;
/// How many parts that bring nothing new are followed in a row.
const OLD_PARTS: u32 = 2;

/// What one part of a listing held.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// The ids in it.
    pub ids: Vec<u64>,
    /// The latest change in it, where changes are told.
    pub newest: Option<Timestamp>,
    /// Where it says that the listing goes on.
    pub next: Option<Cursor>,
    /// Whether it holds a version that was not copied before.
    pub news: bool,
}

/// What happens next to a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is followed there.
    Follow(Cursor),
    /// It is at its end.
    Stop(End, Option<&'static str>),
}

/// Where a listing has been.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    seen: HashSet<u64>,
    cursors: HashSet<u64>,
    empty: u32,
    old: u32,
}

impl Trail {
    /// A trail that goes on after these.
    pub fn after(seen: impl IntoIterator<Item = u64>) -> Self {
        Self { seen: seen.into_iter().collect(), ..Self::default() }
    }

    /// Takes a part in and says how it goes on.
    pub fn step(&mut self, leg: &Leg, part: &Part) -> Step {
        let before = self.seen.len();
        self.seen.extend(&part.ids);
        let brought = self.seen.len() > before;
        self.empty = if part.ids.is_empty() { self.empty + 1 } else { 0 };
        self.old = if brought || part.ids.is_empty() { 0 } else { self.old + 1 };
        // What the site dates back, its clock being what it is, is followed as far as there is any of it.
        if leg.purpose == Purpose::Delta && !part.news && past(leg.floor, part) {
            return Step::Stop(End::Complete, None);
        }
        let Some(next) = &part.next else { return Step::Stop(End::Complete, None) };
        let came_before = !self.cursors.insert(print([next.as_str()]));
        if came_before || leg.cursor.as_ref() == Some(next) {
            return Step::Stop(End::Incomplete, Some("the listing goes round in circles"));
        }
        // Two parts may overlap where something moved in between; a listing that only repeats itself goes nowhere.
        if self.old > OLD_PARTS && leg.purpose != Purpose::Delta {
            return Step::Stop(End::Incomplete, Some("the listing repeats itself"));
        }
        if self.empty > EMPTY_PARTS {
            return Step::Stop(End::Incomplete, Some("the listing goes on with nothing in it"));
        }
        Step::Follow(next.clone())
    }
}

/// Whether everything in a part is older than the floor. What has no date is not.
fn past(floor: Option<Timestamp>, part: &Part) -> bool {
    match (floor, part.newest) {
        (Some(floor), Some(newest)) => newest < floor,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::plan::legs::Subject;

    fn leg(purpose: Purpose) -> Leg {
        Leg {
            number: 0,
            subject: Subject::Pages,
            purpose,
            spaces: vec![],
            cursor: None,
            parts: 0,
            listed: 0,
            restarts: 0,
            newest: None,
            floor: Some(Timestamp::from_second(1_000).unwrap()),
            end: None,
        }
    }

    fn part(ids: &[u64], newest: i64, next: Option<&str>) -> Part {
        let newest = Some(Timestamp::from_second(newest).unwrap());
        Part { ids: ids.to_vec(), newest, next: next.map(|next| next.parse().unwrap()), news: false }
    }

    /// Goes on until the listing ends; how many parts that took, and how it ended.
    fn walked(purpose: Purpose, parts: impl IntoIterator<Item = Part>) -> (usize, Option<End>) {
        let (mut leg, mut trail) = (leg(purpose), Trail::default());
        for (number, part) in parts.into_iter().enumerate() {
            match trail.step(&leg, &part) {
                Step::Follow(next) => leg.cursor = Some(next),
                Step::Stop(end, _) => return (number + 1, Some(end)),
            }
        }
        (0, None)
    }

    #[test]
    fn a_listing_ends_where_nothing_follows() {
        let parts = [part(&[1, 2], 0, Some("a")), part(&[3], 0, None), part(&[4], 0, None)];
        assert_eq!(walked(Purpose::Sweep, parts.clone()), (2, Some(End::Complete)));
        assert_eq!(walked(Purpose::First, parts), (2, Some(End::Complete)));
    }

    #[test]
    fn a_listing_of_changes_ends_after_the_first_part_that_is_wholly_older() {
        let parts = [part(&[1], 2_000, Some("a")), part(&[2], 1_000, Some("b")), part(&[3], 999, Some("c"))];
        assert_eq!(walked(Purpose::Delta, parts.clone()), (3, Some(End::Complete)));
        assert_eq!(walked(Purpose::Sweep, parts), (0, None));
    }

    #[test]
    fn a_listing_of_changes_goes_on_as_long_as_there_is_news_however_old_it_says_it_is() {
        let dated_back = |id: u64, next: &str| Part { news: true, ..part(&[id], 10, Some(next)) };
        let parts = [part(&[1], 9_000, Some("a")), dated_back(2, "b"), dated_back(3, "c"), part(&[4], 9, Some("d"))];
        assert_eq!(walked(Purpose::Delta, parts), (4, Some(End::Complete)));
    }

    #[test]
    fn cursors_that_come_again_end_a_listing_without_its_being_complete() {
        let same = [part(&[1], 0, Some("a")), part(&[2], 0, Some("a"))];
        assert_eq!(walked(Purpose::Sweep, same), (2, Some(End::Incomplete)));
        let circle = [part(&[1], 0, Some("a")), part(&[2], 0, Some("b")), part(&[3], 0, Some("a"))];
        assert_eq!(walked(Purpose::First, circle), (3, Some(End::Incomplete)));
    }

    #[test]
    fn parts_that_repeat_others_are_followed_for_a_while() {
        let cursor = |number: u64| Some(format!("c{number}"));
        let one = |number| part(&[1], 0, cursor(number).as_deref());
        assert_eq!(walked(Purpose::Sweep, (0..10).map(one)), (4, Some(End::Incomplete)));
        let overlapping =
            (0..10).map(|number| part(&[number / 2], 0, cursor(number).filter(|_| number < 9).as_deref()));
        assert_eq!(walked(Purpose::Sweep, overlapping), (10, Some(End::Complete)));
    }

    #[test]
    fn parts_without_anything_are_followed_but_not_for_ever() {
        let empty = |number: u64| part(&[], 0, Some(&format!("c{number}")));
        let then = (0..5).map(empty).chain([part(&[1], 0, None)]);
        assert_eq!(walked(Purpose::Sweep, then), (6, Some(End::Complete)));
        assert_eq!(walked(Purpose::Sweep, (0..100).map(empty)), (21, Some(End::Incomplete)));
    }
}
