//! Storage format, the XML dialect of page bodies: read, checked and written.

mod blocks;
mod check;
mod elements;
mod emoji;
mod entities;
mod extensions;
mod inlines;
mod macros;
mod tables;
mod tokens;
mod writer;
mod xml;

pub(super) use blocks::{Noticed, Reading, is_block, is_line, read, read_elements, stands_alone};
pub use check::check_storage;
pub(super) use elements::{Element, MAX_DEPTH, Node, Parsed, parse};
pub(super) use emoji::known_emoji;
pub(super) use entities::resolve as resolve_entities;
pub(super) use macros::parameter;
pub(super) use tables::{is_numbering, spans};
pub(super) use tokens::{Token, Tokens};
pub(super) use writer::{KEPT, write, write_after};
pub(super) use xml::{escaped_exact, escaped_text, escaped_value};

use std::collections::BTreeSet;

use super::Mentioned;
use elements::parse_roots;

/// What a body names by id or address alone.
pub(super) fn mentioned(storage: &str) -> Mentioned {
    let mut mentioned = Mentioned::default();
    let mut worded = BTreeSet::new();
    parse_roots(storage, is_block, &mut |root| {
        if let Node::Element(element) = root {
            collect(&element, &mut mentioned, &mut worded);
        }
    });
    mentioned.pages.retain(|page| !worded.contains(page));
    mentioned
}

fn collect(element: &Element<'_>, mentioned: &mut Mentioned, worded: &mut BTreeSet<String>) {
    if let Some((reference, is_wordless)) = page_reference(element) {
        let found = if is_wordless { &mut mentioned.pages } else { &mut *worded };
        found.insert(reference.to_owned());
    }
    if element.name == "ri:user" {
        mentioned.accounts.extend(element.attribute("ri:account-id").map(str::to_owned));
    }
    for child in element.elements() {
        collect(child, mentioned, worded);
    }
}

/// The address or content id that a link leads to, and whether it shows the title that Confluence finds there.
fn page_reference<'a>(link: &'a Element<'_>) -> Option<(&'a str, bool)> {
    match link.name {
        "a" => {
            let address = link.attribute("href")?.trim();
            let text = link.text();
            let is_bare = text.trim().is_empty() || text.trim() == address;
            let is_card = link.attribute("data-card-appearance").is_some();
            (is_card || !is_bare).then_some((address, is_bare))
        }
        "ac:link" => {
            let id = link.child("ri:content-entity")?.attribute("ri:content-id")?;
            Some((id, link.elements().all(|child| child.name.starts_with("ri:"))))
        }
        _ => None,
    }
}
