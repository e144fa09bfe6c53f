//! How far Sluice reaches into what Confluence publishes, counted over the table.

use std::fmt::Write as _;

use super::named::tools;
use super::row::{Row, Verdict};
use super::rows;

/// Why operations are refused, with how many, and on the last line how many of all are reached and how.
pub fn coverage() -> String {
    let today = || rows().iter().filter(|row| row.verdict != Verdict::Gone);
    let named = |row: &&Row| !tools(row).is_empty();
    let refused: Vec<&Row> = today().filter(|row| !named(row) && row.verdict != Verdict::Allow).collect();
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for row in &refused {
        match reasons.iter_mut().find(|(why, _)| *why == row.why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((row.why, 1)),
        }
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut text = String::from("| refused | why |\n|---|---|\n");
    for (why, count) in reasons {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {count} | {why} |");
    }
    let (all, named) = (today().count(), today().filter(named).count());
    let raw = all - named - refused.len();
    let _ = writeln!(
        text,
        "\n{all} operations: {named} have a tool of their own, {raw} more are reached by confluence_request, {} are refused.",
        refused.len()
    );
    text
}
