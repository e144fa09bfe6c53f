//! Smart links of ADF as elements.

use serde_json::Value;

use super::Shaping;
use super::json::Node;
use crate::markup::shape::{element, with};
use crate::markup::storage::{Element, Node as Made};

/// A link that Confluence shows as a card; its address stands for it where no title is known.
pub(super) fn card(shaping: &mut Shaping<'_>, node: &Node) -> Made<'static> {
    let of_data = |name: &str| node.attribute("data")?.get(name)?.as_str();
    let address = node.say("url").or_else(|| of_data("url")).or_else(|| of_data("@id"));
    let Some(address) = address.filter(|address| !address.trim().is_empty()) else {
        shaping.lost("cards without an address");
        return Made::Text(of_data("name").map_or_else(|| query(node), str::to_owned).into());
    };
    let words = of_data("name").or_else(|| of_data("title")).map(|title| Made::Text(title.to_owned().into()));
    let link = with(element("a", words.into_iter().collect()), "href", address.to_owned());
    Made::Element(with(link, "data-card-appearance", "inline"))
}

/// A list of Jira work items or the like: what it asks for.
fn query(node: &Node) -> String {
    let parameters = node.attribute("datasource").and_then(|source| source.get("parameters"));
    match parameters.and_then(|parameters| parameters.get("jql")).and_then(Value::as_str) {
        Some(query) => format!("[Jira query: {query}]"),
        None => format!("[node {}]", super::macros::label(&node.kind)),
    }
}

/// A card of the old editor: title with link, then its description.
pub(super) fn application(node: &Node) -> Element<'static> {
    let title = node.attribute("title").and_then(|title| title.get("text")).and_then(Value::as_str);
    let title = title.or_else(|| node.say("text")).unwrap_or_default().to_owned();
    let address = node.attribute("link").and_then(|link| link.get("url")).and_then(Value::as_str);
    let words = vec![Made::Text(title.into())];
    let mut parts = vec![match address {
        Some(address) => Made::Element(with(element("a", words), "href", address.to_owned())),
        None => Made::Element(element("span", words)),
    }];
    let description = node.attribute("description").and_then(|said| said.get("text")).and_then(Value::as_str);
    if let Some(description) = description {
        parts.push(Made::Element(element("br", Vec::new())));
        parts.push(Made::Text(description.to_owned().into()));
    }
    element("p", parts)
}
