//! Parts of HTML that people do not see.

use super::names::is_special;
use crate::markup::hidden::is_hidden;
use crate::markup::storage::{Element, Node};

/// Whether one of these words is among the element's classes.
pub(super) fn has_class(element: &Element<'_>, class: &str) -> bool {
    element.attribute("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|word| word == class))
}

/// Whether people do not see the element: by its style or attributes, or because it only repeats for the eye what
/// stands beside it in another form.
pub(super) fn is_concealed(element: &Element<'_>) -> bool {
    // What an expand or a row of tabs shows once it is opened.
    if has_class(element, "expand-content") || element.attribute("role") == Some("tabpanel") {
        return false;
    }
    element.attribute("hidden").is_some()
        || element.attribute("style").is_some_and(is_hidden)
        || element.attribute("aria-hidden") == Some("true") && !holds_blocks(element)
}

fn holds_blocks(element: &Element<'_>) -> bool {
    is_special(element.name) || element.elements().any(holds_blocks)
}

/// Whether there is anything to see, were it not hidden.
pub(super) fn says_anything(element: &Element<'_>) -> bool {
    matches!(element.name, "img" | "iframe")
        || element.children.iter().any(|node| match node {
            Node::Element(child) => says_anything(child),
            Node::Text(text) | Node::Exact(text) => !text.trim().is_empty(),
        })
}

/// The first element inside that has this class, at any depth.
pub(super) fn find<'e, 'a>(element: &'e Element<'a>, class: &str) -> Option<&'e Element<'a>> {
    element.elements().find_map(|child| if has_class(child, class) { Some(child) } else { find(child, class) })
}

/// Takes out the first element inside that has this class.
pub(super) fn take<'a>(element: &mut Element<'a>, class: &str) -> Option<Element<'a>> {
    for at in 0..element.children.len() {
        match element.children.get_mut(at) {
            Some(Node::Element(child)) if has_class(child, class) => {
                return match element.children.remove(at) {
                    Node::Element(child) => Some(child),
                    Node::Text(_) | Node::Exact(_) => None,
                };
            }
            Some(Node::Element(child)) => {
                if let Some(found) = take(child, class) {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// The words inside, on one line.
pub(super) fn words(element: &Element<'_>) -> String {
    element.text().split_whitespace().collect::<Vec<_>>().join(" ")
}
