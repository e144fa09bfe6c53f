//! What a document of IT Glue says: its sections in order, each of them HTML.

use super::json::{Listing, Resource, Single};
use super::{DOCUMENTS, SECTIONS};
use crate::sources::asking::Api;
use crate::sources::error::SourceError;
use crate::sources::source::{Content, Text};

/// Sections on one page: they hold their texts.
const PAGE: u32 = 100;
/// No document has more pages of them.
const MOST_PAGES: u32 = 50;
/// More than this is not taken in, in bytes.
const LONGEST: usize = 32 << 20;

/// Reads a document. One that was written before there were sections has its text itself.
pub(super) async fn read(api: &Api, document: &str) -> Result<Content, SourceError> {
    let mut html = String::new();
    let mut page = 1;
    loop {
        let query = [("page[number]", &*page.to_string()), ("page[size]", &*PAGE.to_string())];
        let path = ["documents", document, "relationships", "sections"];
        let listing: Listing = match api.get(&path, &query, SECTIONS).await {
            Err(SourceError::Missing) if page == 1 => Listing::default(),
            listed => listed?,
        };
        let mut sections: Vec<&Resource> = listing.resources().filter_map(Result::ok).collect();
        // A stable sort: where none has a place, they stay as they came.
        sections.sort_by_key(|section| section.number("sort").or_else(|| section.number("position")));
        for section in sections {
            html.push_str(&of_section(section));
            html.push('\n');
        }
        if html.len() > LONGEST {
            return Err(SourceError::Malformed("the document is longer than 32 MiB"));
        }
        match listing.next_page(page, PAGE) {
            Some(next) if next <= MOST_PAGES => page = next,
            Some(_) => return Err(SourceError::Endless("a document has too many sections")),
            None => break,
        }
    }
    if html.trim().is_empty() {
        let whole: Single = api.get(&["documents", document], &[], DOCUMENTS).await?;
        html = whole.resource().map_err(SourceError::Malformed)?.text("content").unwrap_or_default();
    }
    Ok(Content { text: Text::Html(html), title: None, labels: Vec::new() })
}

/// The HTML of a section. `rendered-content` is the same with addresses of images that end within the hour.
fn of_section(section: &Resource) -> String {
    let content = section.text("content").or_else(|| section.text("rendered-content")).unwrap_or_default();
    let kind = section.text("resource-type").or_else(|| section.text("section-type")).unwrap_or_default();
    match kind.as_str() {
        "Document::Gallery" => String::new(),
        "Document::Heading" if !content.trim_start().starts_with("<h") => {
            let level = section.number("level").unwrap_or(2).clamp(1, 6);
            format!("<h{level}>{content}</h{level}>")
        }
        _ if content.trim_start().starts_with('<') => content,
        // Words between sections must not run together.
        _ => format!("<p>{content}</p>"),
    }
}
