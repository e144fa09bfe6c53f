//! Which spaces are copied, and what became of those that were.

use std::collections::{BTreeMap, BTreeSet};

use crate::confluence::model::Space;
use crate::domain::ids::{SpaceId, SpaceKey};

use super::facts::SpaceRow;

/// The types of spaces that belong to an organization and not to a person or to Confluence itself.
pub const KINDS: [&str; 3] = ["global", "collaboration", "knowledge_base"];

/// Which of them are wanted. Keys are compared as Confluence does, without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only these, where any are named.
    pub include: Vec<SpaceKey>,
    /// Never these.
    pub exclude: Vec<SpaceKey>,
}

impl Choice {
    /// Whether a space is copied.
    pub fn wants(&self, space: &Space) -> bool {
        let named = |keys: &[SpaceKey]| keys.iter().any(|key| key.as_str().eq_ignore_ascii_case(space.key.as_str()));
        KINDS.contains(&space.kind.as_str())
            && space.status == "current"
            // A personal space says so by its key too.
            && !space.key.as_str().starts_with('~')
            && (self.include.is_empty() || named(&self.include))
            && !named(&self.exclude)
    }
}

/// What became of the known spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Those that are copied from now on, with what is known of them.
    pub spaces: BTreeMap<SpaceId, SpaceRow>,
    /// Known ones that are not listed any more: each needs a look of its own.
    pub unlisted: BTreeSet<SpaceId>,
    /// Whether one of them has another key or name.
    pub renamed: bool,
}

/// Compares complete lists of spaces with those that are known.
pub fn compare(known: &BTreeMap<SpaceId, SpaceRow>, listed: &[Space], choice: &Choice) -> Compared {
    let mut compared = Compared::default();
    for space in listed.iter().filter(|space| choice.wants(space)) {
        let row = match known.get(&space.id) {
            None => SpaceRow::new(space.key.clone(), space.name.clone()),
            Some(row) => {
                compared.renamed |= row.key != space.key || row.name != space.name;
                SpaceRow { key: space.key.clone(), name: space.name.clone(), missing: false, ..row.clone() }
            }
        };
        compared.spaces.insert(space.id.clone(), row);
    }
    compared.unlisted = known.keys().filter(|id| !compared.spaces.contains_key(*id)).cloned().collect();
    compared
}

/// What happens to a known space that the lists lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its copies go.
    Goes,
    /// It stays until it is missing once more.
    StaysForNow,
}

/// Decides by what the look-up of a space by its id answered: a space that is there and not wanted goes, whether it was
/// archived, made personal or left out by a setting. One that is missing altogether goes when it was missing before, or
/// when a person asks.
pub fn fate(row: &SpaceRow, found: Option<&Space>, choice: &Choice, asked: bool) -> Fate {
    match found {
        Some(space) if choice.wants(space) => Fate::StaysForNow,
        Some(_) => Fate::Goes,
        None if row.missing || asked => Fate::Goes,
        None => Fate::StaysForNow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(key: &str, kind: &str, status: &str) -> Space {
        let space = serde_json::json!({ "id": "7", "key": key, "name": key, "type": kind, "status": status });
        serde_json::from_value(space).unwrap()
    }

    #[test]
    fn only_current_spaces_of_organizations_are_copied_and_only_those_that_are_wanted() {
        let keys = |keys: &[&str]| keys.iter().map(|key| key.parse().unwrap()).collect();
        let some = |include: &[&str], exclude: &[&str]| Choice { include: keys(include), exclude: keys(exclude) };
        let table = [
            (space("IT", "global", "current"), some(&[], &[]), true),
            (space("IT", "collaboration", "current"), some(&["it"], &[]), true),
            (space("IT", "knowledge_base", "current"), some(&["OPS"], &[]), false),
            (space("IT", "global", "current"), some(&["IT"], &["it"]), false),
            (space("IT", "global", "archived"), some(&["IT"], &[]), false),
            (space("IT", "global", "trashed"), some(&[], &[]), false),
            (space("~ann", "personal", "current"), some(&[], &[]), false),
            (space("~ann", "global", "current"), some(&["~ann"], &[]), false),
            (space("IT", "personal", "current"), some(&[], &[]), false),
            (space("IT", "system", "current"), some(&[], &[]), false),
            (space("IT", "", "current"), some(&[], &[]), false),
        ];
        for (space, choice, expected) in table {
            assert_eq!(choice.wants(&space), expected, "{space:?} {choice:?}");
        }
    }

    #[test]
    fn a_space_that_is_missing_goes_the_second_time_and_one_that_is_seen_elsewhere_at_once() {
        let row = |missing| SpaceRow { missing, ..SpaceRow::new("IT".parse().unwrap(), "IT".into()) };
        let choice = Choice::default();
        let table = [
            (row(false), None, false, Fate::StaysForNow),
            (row(true), None, false, Fate::Goes),
            (row(false), None, true, Fate::Goes),
            (row(false), Some(space("IT", "global", "archived")), false, Fate::Goes),
            (row(false), Some(space("IT", "personal", "current")), false, Fate::Goes),
            (row(true), Some(space("IT", "global", "current")), true, Fate::StaysForNow),
        ];
        for (row, found, asked, expected) in table {
            assert_eq!(fate(&row, found.as_ref(), &choice, asked), expected, "{row:?} {found:?}");
        }
    }

    #[test]
    fn what_is_known_of_a_space_outlives_its_new_name() {
        let choice = Choice::default();
        let first = compare(&BTreeMap::new(), &[space("IT", "global", "current")], &choice);
        assert!(!first.renamed && first.unlisted.is_empty());
        let mut known = first.spaces;
        for row in known.values_mut() {
            row.pages = true;
        }
        let renamed = Space { name: "Desk".into(), ..space("IT", "global", "current") };
        let second = compare(&known, &[renamed], &choice);
        assert!(second.renamed && second.spaces.values().all(|row| row.pages && row.name == "Desk"));
        let third = compare(&known, &[], &choice);
        assert!(third.spaces.is_empty() && third.unlisted.len() == 1);
    }
}
