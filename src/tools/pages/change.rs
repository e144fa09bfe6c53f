//! What a change to a page amounts to, what it rests on, and how it looks to a person.

use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::blogs;
use crate::confluence::api::pages::{self, ChangedPage, DocumentKind};
use crate::confluence::model::Page;
use crate::confluence::people::Names;
use crate::domain::access::{AccessClass, Update};
use crate::domain::ids::VersionNumber;
use crate::domain::text::quoted;
use crate::tools::{Reads, ToolError};

use super::body::rendered;
use super::preview;

/// Refuses a change that rests on another version of a page than the present one, and tells both.
pub(in crate::tools) fn rests_on(page: &Page, read_at: VersionNumber) -> Result<(), ToolError> {
    rests_on_of(DocumentKind::Page, page, read_at)
}

/// The same for a page or a blog post.
pub(in crate::tools) fn rests_on_of(
    kind: DocumentKind,
    document: &Page,
    read_at: VersionNumber,
) -> Result<(), ToolError> {
    let (present, word) = (document.version_number(), kind.word());
    if document.status != "current" {
        return Err(ToolError::conflict(
            format!("the {word} is not current; drafts, archived and trashed {word}s are not changed"),
            "read it again",
        ));
    }
    if present == read_at {
        return Ok(());
    }
    let read = match kind {
        DocumentKind::Page => "get_page",
        DocumentKind::BlogPost => "get_blog_post",
    };
    Err(ToolError::conflict(
        format!("the {word} is at version {present}, you read version {read_at}; nothing was overwritten"),
        format!("read version {present} with {read}, make your change there, and send it with version {present}"),
    ))
}

/// What giving a body other text amounts to: each is its readable text and its source.
pub(in crate::tools) fn amounts_to(before: (&str, &str), after: (&str, &str)) -> AccessClass {
    // Letters and digits alone: there are blanks that are no white space.
    let letters = |text: &str| text.chars().filter(|sign| sign.is_alphanumeric()).count();
    let is_blank = |letters: usize, source: &str| letters == 0 && !source.contains("<ac:");
    let (there, left) = (letters(before.0), letters(after.0));
    let emptied = is_blank(left, after.1) && !is_blank(there, before.1);
    if emptied || left * 10 < there { AccessClass::Delete } else { AccessClass::Update }
}

/// A page or blog post as it is and as it would be.
pub(in crate::tools) struct Change<'a> {
    kind: DocumentKind,
    page: &'a Page,
    title: &'a str,
    storage: &'a str,
    text_before: String,
    text_after: String,
    is_lossy: bool,
}

impl<'a> Change<'a> {
    /// What giving `page` this title and this body in storage format would change.
    pub(in crate::tools) fn of(page: &'a Page, title: &'a str, storage: &'a str) -> Self {
        Self::of_document(DocumentKind::Page, page, title, storage)
    }

    /// The same for a page or a blog post.
    pub(in crate::tools) fn of_document(kind: DocumentKind, page: &'a Page, title: &'a str, storage: &'a str) -> Self {
        let before = rendered(page.storage(), &Names::new());
        let after = rendered(storage, &Names::new());
        let is_lossy = !before.lossy.is_empty() || !after.lossy.is_empty();
        Self { kind, page, title, storage, text_before: before.text, text_after: after.text, is_lossy }
    }

    /// Emptying a body, or shrinking its text by more than nine tenths, amounts to deleting it.
    pub(in crate::tools) fn effect(&self) -> AccessClass {
        amounts_to((&self.text_before, self.page.storage()), (&self.text_after, self.storage))
    }

    /// The write of this change, resting on the version of its page; `loses` is what goes besides.
    pub(in crate::tools) fn plan(self, loses: Vec<String>, reads: &Reads<'_>) -> Plan<Update> {
        let (id, rests_on) = (&self.page.id, self.page.version_number());
        let version = VersionNumber(rests_on.0.saturating_add(1));
        let message = reads.note();
        let changed = ChangedPage { id, title: self.title, storage: self.storage, version, message: &message };
        let (kind, target) = (self.kind, format!("{} {id} {}", self.kind.word(), quoted(&self.page.title, 80)));
        Plan {
            request: match kind {
                DocumentKind::Page => pages::update_page(&changed),
                DocumentKind::BlogPost => blogs::update_blog_post(&changed),
            },
            places: vec![self.page.itself()],
            rests_on: Some(rests_on),
            before: Some(self.page.storage().to_owned()),
            effect: self.effect(),
            loses,
            summary: format!("change {target} from version {rests_on} to {version}"),
            preview: self.preview(&reads.context().site),
            undo: Undo::WriteBack { kind, page: id.clone(), version: rests_on },
            proof: Proof::PageHasVersion { kind, page: id.clone(), version },
            target,
        }
    }

    /// What people are shown; `site` is where links are not external.
    pub(in crate::tools) fn preview(&self, site: &str) -> String {
        let body = preview::of_change(self.page.storage(), self.storage, self.is_lossy, site);
        if self.title == self.page.title {
            return body;
        }
        format!("title: {} → {}\n{body}", preview::title(&self.page.title), preview::title(self.title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(storage: &str) -> Page {
        let body = serde_json::json!({ "storage": { "value": storage } });
        serde_json::from_value(serde_json::json!({ "id": "1", "spaceId": "1", "title": "t", "body": body })).unwrap()
    }

    fn effect(before: &str, after: &str) -> AccessClass {
        Change::of(&page(before), "t", after).effect()
    }

    #[test]
    fn a_preview_shows_the_difference_even_where_the_markdown_is_the_same() {
        let before = "<ac:structured-macro ac:name=\"x\" ac:macro-id=\"1\"/>";
        let preview = Change::of(&page(before), "new", &before.replace('1', "2")).preview("https://acme.atlassian.net");
        assert!(preview.starts_with("title: `t` → `new`\n") && preview.contains("macro-id=\"2\""), "{preview}");
    }

    #[test]
    fn two_large_bodies_without_a_common_line_are_compared_all_the_same() {
        let lines = |word: &str| {
            (0..50_000)
                .flat_map(|line| ["<p>".to_owned(), word.to_owned(), line.to_string(), "</p>".to_owned()])
                .collect::<String>()
        };
        let preview = Change::of(&page(&lines("old")), "t", &lines("new")).preview("https://acme.atlassian.net");
        assert!(preview.ends_with("[the preview is cut here]"));
    }

    #[test]
    fn emptying_a_page_amounts_to_deleting_it() {
        let long = format!("<p>{}</p>", "word ".repeat(100));
        assert_eq!(effect(&long, "<p> </p>"), AccessClass::Delete);
        assert_eq!(effect(&long, "<p>word word</p>"), AccessClass::Delete);
        assert_eq!(effect(&long, &format!("<p>{}</p>", "word ".repeat(50))), AccessClass::Update);
        assert_eq!(effect("", "<p>new</p>"), AccessClass::Update);
    }

    #[test]
    fn what_only_looks_like_text_does_not_fill_a_page() {
        let long = format!("<p>{}</p>", "word ".repeat(100));
        let toc = "<ac:structured-macro ac:name=\"toc\" />";
        for blank in ["\u{2800}", "\u{200b}", "&nbsp;", ".", "&#x3164;", "—"] {
            assert_eq!(effect(&long, &format!("<p>{}</p>", blank.repeat(1000))), AccessClass::Delete, "{blank:?}");
        }
        assert_eq!(effect(&long, &toc.repeat(100)), AccessClass::Delete);
        for (before, after) in [(toc, "<p />"), (toc, "<p>.</p>"), ("<p>a</p>", "<p></p>")] {
            assert_eq!(effect(before, after), AccessClass::Delete, "{before} {after}");
        }
        for (before, after) in [("<p />", "<p></p>"), (toc, toc), ("<p>a</p>", "<p>b</p>"), ("<p />", toc)] {
            assert_eq!(effect(before, after), AccessClass::Update, "{before} {after}");
        }
    }
}
