//! Comments of the seeded pages: questions below a page, answers to them, and remarks on a piece of its text.

use super::growth::Growth;
use super::markup::{marked, mention, paragraph, uuid};
use super::sheet::Sheet;
use crate::sandbox::model::{CommentPlace, Id, Resolution};

/// A remark on a piece of text, before the page has an id.
pub(super) struct Remark {
    marker: String,
    selection: String,
    resolution: Resolution,
}

const SELECTIONS: [(&str, &str, &str); 5] = [
    ("The maintenance window is ", "Sunday 22:00 to 02:00", " and needs two people."),
    ("Keep the spare parts in ", "cabinet 14 on the second floor", "; the key is at the reception."),
    ("The contract with the vendor ends ", "in the last week of September", ", three months after the notice."),
    ("Calls from executives go to ", "the second line at once", ", whatever the queue says."),
    ("The desk answers ", "within 20 seconds on average", ", measured over a month."),
];

const REMARKS: [&str; 5] = [
    "Is this still true after the move?",
    "Please add the ticket that decided this.",
    "The supplier told us otherwise last week.",
    "Can we say this without the jargon?",
    "Checked on site, this is correct.",
];

/// Puts a sentence with a marker into `sheet`; a dangling remark has lost its text.
pub(super) fn mark(growth: &mut Growth, sheet: &mut Sheet) -> Remark {
    let marker = uuid(&mut growth.random);
    let number = growth.serial;
    let (before, selection, after) =
        SELECTIONS.get(number / 5 % SELECTIONS.len()).copied().unwrap_or(("", "the text", ""));
    let resolution = match number % 4 {
        0 => Resolution::Open,
        1 => Resolution::Resolved,
        2 => Resolution::Dangling,
        _ => Resolution::Reopened,
    };
    if resolution != Resolution::Dangling {
        let sentence = format!("{before}{}{after}", marked(&marker, selection));
        sheet.blocks.insert(1.min(sheet.blocks.len()), paragraph(&sentence));
    }
    Remark { marker, selection: selection.to_owned(), resolution }
}

/// Adds the comment of `remark` to the page, answered when it is resolved.
pub(super) fn remark(growth: &mut Growth, page: Id, remark: Remark) -> Id {
    let text = REMARKS.get(growth.serial / 5 % REMARKS.len()).copied().unwrap_or_default();
    let resolution = remark.resolution;
    let place = CommentPlace::Inline { marker: remark.marker, original_selection: remark.selection, resolution };
    let comment = growth.comment(page, None, place.clone(), text);
    if matches!(resolution, Resolution::Resolved | Resolution::Reopened) {
        growth.comment(page, Some(comment), place, "Done, thank you.");
    }
    comment
}

/// Adds a question below the page, with one or two answers.
pub(super) fn question(growth: &mut Growth, page: Id, asked: &str, answerer: &str) {
    let number = growth.serial;
    let question = format!("{asked} My case is ticket <strong>REQ-{}</strong>.", 7_000 + number);
    let first = growth.comment(page, None, CommentPlace::Footer, &question);
    if number.is_multiple_of(2) {
        let answer =
            format!("{} knows this best; I have asked. It took {} minutes here.", mention(answerer), 3 + number % 40);
        let reply = growth.comment(page, Some(first), CommentPlace::Footer, &answer);
        if number.is_multiple_of(4) {
            growth.comment(page, Some(reply), CommentPlace::Footer, "That solved it, thanks!");
        }
    }
}
