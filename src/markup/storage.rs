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

use elements::parse_roots;

/// The account ids mentioned in a body, each once, in order.
pub(super) fn mentioned_accounts(storage: &str) -> Vec<String> {
    let mut accounts = Vec::new();
    parse_roots(storage, is_block, &mut |root| {
        if let Node::Element(element) = root {
            collect_accounts(&element, &mut accounts);
        }
    });
    let mut seen = std::collections::HashSet::new();
    accounts.retain(|account| seen.insert(account.clone()));
    accounts
}

fn collect_accounts(element: &Element<'_>, accounts: &mut Vec<String>) {
    if element.name == "ri:user" {
        accounts.extend(element.attribute("ri:account-id").map(str::to_owned));
    }
    for child in element.elements() {
        collect_accounts(child, accounts);
    }
}
