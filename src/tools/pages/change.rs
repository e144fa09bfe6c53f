//! What a change to a page amounts to, what it rests on, and how it looks to a person.

use similar::TextDiff;

use crate::confluence::model::Page;
use crate::confluence::people::Names;
use crate::domain::access::AccessClass;
use crate::domain::ids::VersionNumber;
use crate::domain::text::quoted;
use crate::tools::ToolError;

use super::body::rendered;

/// Longest preview, in characters; what is cut is said.
const PREVIEW: usize = 20_000;

/// Refuses a change that rests on another version than the present one, and tells both.
pub(super) fn rests_on(page: &Page, read_at: VersionNumber) -> Result<(), ToolError> {
    let present = page.version_number();
    if page.status != "current" {
        return Err(ToolError::conflict(
            "the page is not current; drafts, archived and trashed pages are not changed",
            "read it again",
        ));
    }
    if present == read_at {
        return Ok(());
    }
    Err(ToolError::conflict(
        format!("the page is at version {present}, you read version {read_at}; nothing was overwritten"),
        format!("read version {present} with get_page, make your change there, and send it with version {present}"),
    ))
}

/// Emptying a body, or shrinking its text by more than nine tenths, amounts to deleting it.
pub(super) fn effect(before: &str, after: &str) -> AccessClass {
    let letters =
        |storage: &str| rendered(storage, &Names::new()).text.chars().filter(|sign| !sign.is_whitespace()).count();
    let (before, after) = (letters(before), letters(after));
    if before > 0 && after * 10 < before { AccessClass::Delete } else { AccessClass::Update }
}

/// The difference between what is there and what will be, as Markdown lines, and of the title.
pub(super) fn preview(page: &Page, title: &str, storage: &str) -> String {
    let mut preview = String::new();
    if title != page.title {
        preview = format!("title: {} → {}\n", quoted(&page.title, 255), quoted(title, 255));
    }
    let (before, after) = (rendered(page.storage(), &Names::new()).text, rendered(storage, &Names::new()).text);
    let body = TextDiff::from_lines(&before, &after).unified_diff().context_radius(2).to_string();
    // The Markdown may be equal where the storage is not, such as in a macro's parameters.
    let body = if body.is_empty() && page.storage() != storage {
        TextDiff::from_lines(page.storage(), storage).unified_diff().context_radius(2).to_string()
    } else {
        body
    };
    match body.char_indices().nth(PREVIEW) {
        Some((end, _)) => {
            preview.push_str(body.get(..end).unwrap_or_default());
            preview.push_str("\n[the preview is cut here]");
        }
        None => preview.push_str(&body),
    }
    preview
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emptying_a_page_amounts_to_deleting_it() {
        let long = format!("<p>{}</p>", "word ".repeat(100));
        assert_eq!(effect(&long, "<p> </p>"), AccessClass::Delete);
        assert_eq!(effect(&long, "<p>word word</p>"), AccessClass::Delete);
        assert_eq!(effect(&long, &format!("<p>{}</p>", "word ".repeat(50))), AccessClass::Update);
        assert_eq!(effect("", "<p>new</p>"), AccessClass::Update);
    }
}
