//! A row of the audit trail as one line for people.

use crate::audit::Entry;
use crate::domain::text::one_line;

/// A word of a row is never shown longer than this, in characters.
const LONGEST_WORD: usize = 200;

/// The row on one line, whatever the words in it are: without control, invisible and bidirectional characters. Two blanks
/// stand between the parts, and in none of them.
pub(super) fn told(number: u64, entry: Option<&Entry>) -> String {
    let Some(entry) = entry else { return format!("{number}  (this row is no entry)") };
    let mut parts = vec![number.to_string(), entry.at.strftime("%Y-%m-%d %H:%M:%S").to_string()];
    let mut part = |text: &str| parts.push(one_line(text, LONGEST_WORD));
    part(&entry.who);
    part(&entry.event);
    entry.tool.as_deref().map(&mut part);
    entry.target.as_deref().map(&mut part);
    if let Some(approval) = &entry.approval {
        part(approval.as_str());
    }
    if let Some(shape) = &entry.shape {
        part(&format!("({shape})"));
    }
    if let Some(why) = &entry.why {
        part(&format!("because: {why}"));
    }
    parts.join("  ")
}
