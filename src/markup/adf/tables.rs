//! Tables of ADF as elements.

use super::Shaping;
use super::json::Node;
use crate::markup::shape::{element, with};
use crate::markup::storage::{Element, Node as Made};

/// A table; what is no row or no cell becomes one, so that nothing of it is lost.
pub(super) fn table(shaping: &mut Shaping<'_>, node: Node) -> Element<'static> {
    if node.attribute("isNumberColumnEnabled").and_then(serde_json::Value::as_bool) == Some(true) {
        shaping.lost("numbered table rows");
    }
    let mut rows = Vec::with_capacity(node.content.len());
    for row in node.content {
        if row.kind == "caption" {
            rows.push(Made::Element(element("caption", shaping.nodes(row.content))));
            continue;
        }
        let cells = if row.kind == "tableRow" { row.content } else { vec![row] };
        let cells = cells.into_iter().map(|cell| Made::Element(self::cell(shaping, cell))).collect();
        rows.push(Made::Element(element("tr", cells)));
    }
    element("table", vec![Made::Element(element("tbody", rows))])
}

fn cell(shaping: &mut Shaping<'_>, node: Node) -> Element<'static> {
    let name = if node.kind == "tableHeader" { "th" } else { "td" };
    let spans: Vec<(&'static str, i64)> = ["colspan", "rowspan"]
        .into_iter()
        .filter_map(|name| node.number(name).filter(|count| *count > 1).map(|count| (name, count)))
        .collect();
    let is_coloured = node.say("background").is_some();
    if node.attribute("colwidth").is_some_and(|width| !width.is_null()) {
        shaping.lost("column widths");
    }
    let is_cell = matches!(node.kind.as_str(), "tableCell" | "tableHeader");
    let mut cell = element(name, shaping.nodes(if is_cell { node.content } else { vec![node] }));
    for (name, count) in spans {
        cell = with(cell, name, count.to_string());
    }
    if is_coloured { with(cell, "data-highlight-colour", "") } else { cell }
}
