//! What a copy says of the things its page stands under.

use crate::domain::ids::ContentId;
use crate::domain::place::Parent;
use crate::domain::text::one_line;
use crate::index::SpaceFacts;

use super::facts::{PageRow, print};

/// Longest title in a copy, in characters.
const TITLE: usize = 300;

/// One thing on the way from a page to the top of its space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: ContentId,
    /// Its title; `None` where nobody could read it.
    pub title: Option<String>,
    /// Whether it is itself restricted for readers.
    pub restricted: Option<bool>,
}

/// Everything above a page, topmost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Above {
    /// The steps that are known.
    pub steps: Vec<Step>,
    /// The first one that is not known, if there is one; what is above it is not known either.
    pub unknown: Option<Parent>,
}

impl Above {
    /// Their titles; what nobody could read has none.
    pub fn titles(&self) -> Vec<String> {
        self.steps.iter().filter_map(|step| Some(shown(step.title.as_deref()?))).collect()
    }

    /// Their ids.
    pub fn ids(&self) -> Vec<String> {
        self.steps.iter().map(|step| step.id.to_string()).collect()
    }

    /// Whether one of them keeps readers away. What is not known counts as if it did.
    pub fn restricted(&self) -> bool {
        self.unknown.is_some() || self.steps.iter().any(|step| step.restricted != Some(false))
    }
}

/// A title as copies show it.
pub fn shown(title: &str) -> String {
    one_line(title, TITLE)
}

/// Whether not everybody who sees the space may read a page.
pub fn restricted(row: &PageRow, above: &Above) -> bool {
    row.restricted != Some(false) || above.restricted()
}

/// A print of what the copy of a page says that is not its body's.
pub fn print_of_page(row: &PageRow, above: &Above, space: &SpaceFacts) -> u64 {
    let titles = above.titles();
    let ids = above.ids();
    let restricted = if restricted(row, above) { "restricted" } else { "open" };
    let own = [row.title.as_str(), restricted, "labels"];
    let place = ["above", space.id.as_str(), space.key.as_str(), space.name.as_str()];
    let labels = row.labels.iter().map(String::as_str);
    let steps = titles.iter().chain(&ids).map(String::as_str);
    print(own.into_iter().chain(labels).chain(place).chain(steps))
}

/// The same for a file on that page.
pub fn print_of_file(title: &str, page: &PageRow, above: &Above, space: &SpaceFacts) -> u64 {
    let page = PageRow { labels: Vec::new(), ..page.clone() };
    let print = print_of_page(&page, above, space).to_string();
    super::facts::print([title, print.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, title: Option<&str>, restricted: Option<bool>) -> Step {
        Step { id: id.parse().unwrap(), title: title.map(Into::into), restricted }
    }

    #[test]
    fn one_restriction_anywhere_above_or_one_thing_unknown_keeps_readers_away() {
        let table = [
            (vec![], None, false),
            (vec![step("1", Some("Home"), Some(false))], None, false),
            (vec![step("1", Some("Home"), Some(false)), step("2", Some("Pay"), Some(true))], None, true),
            (vec![step("1", Some("Home"), None)], None, true),
            (vec![step("1", Some("Home"), Some(false))], Some("9"), true),
        ];
        for (steps, unknown, expected) in table {
            let above = Above { steps, unknown: unknown.map(|id| Parent::Page(id.parse().unwrap())) };
            assert_eq!(above.restricted(), expected, "{above:?}");
        }
    }

    #[test]
    fn titles_leave_out_what_nobody_could_read_and_ids_do_not() {
        let steps = vec![step("1", Some("Home\nof all"), Some(false)), step("2", None, Some(false))];
        let above = Above { steps, unknown: None };
        assert_eq!(above.titles(), ["Home of all"]);
        assert_eq!(above.ids(), ["1", "2"]);
    }
}
