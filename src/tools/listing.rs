//! How a list reads as text: a line or two per item, then how to go on.

use crate::domain::ids::Cursor;

/// The items of a list, what is said where there are none, and the line that tells where the list goes on.
pub fn text(items: impl IntoIterator<Item = String>, none: &str, next_cursor: Option<&Cursor>) -> String {
    let mut lines: Vec<String> = items.into_iter().collect();
    if lines.is_empty() {
        lines.push(none.to_owned());
    }
    lines.extend(next_cursor.map(|cursor| format!("There is more: call again with cursor \"{cursor}\".")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_part_of_a_list_still_says_how_to_go_on() {
        let cursor = "c".parse().unwrap();
        assert_eq!(text([], "none here", Some(&cursor)), "none here\nThere is more: call again with cursor \"c\".");
        assert_eq!(text(["- a".to_owned(), "- b".to_owned()], "none here", None), "- a\n- b");
    }
}
