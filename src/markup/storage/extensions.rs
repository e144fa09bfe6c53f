//! Extensions of the new editor, `ac:adf-extension`, read into the document tree: panels, decisions and apps.

use super::blocks::{Flow, Reading};
use super::elements::Element;
use super::inlines;
use crate::markup::document::tidy::collapsed;
use crate::markup::document::{Block, Inline, Item, List, Panel, PanelKind};

impl Reading<'_> {
    /// An extension holds its content twice; it is read once.
    pub(super) fn extension(&mut self, element: &Element<'_>, flow: &mut Flow) {
        flow.end_paragraph();
        let says = |node: &Element<'_>| {
            node.descendant("ac:adf-content")
                .is_some_and(|content| content.elements().next().is_some() || !content.text().trim().is_empty())
        };
        if element.elements().any(|node| node.name == "ac:adf-node" && says(node)) {
            let mut own = Flow::default();
            for node in element.elements().filter(|node| node.name == "ac:adf-node") {
                self.extension_node(node, &mut own);
            }
            own.end_paragraph();
            flow.blocks.append(&mut own.blocks);
        } else if let Some(fallback) = element.child("ac:adf-fallback") {
            self.apart(&fallback.children, flow);
        } else {
            let key = element.elements().find_map(|node| adf_attribute(node, "extension-key")).unwrap_or_default();
            self.lost("app macros");
            flow.push(Block::Paragraph(vec![Inline::Text(format!("[macro {key}]"))]));
        }
    }

    fn extension_node(&mut self, node: &Element<'_>, flow: &mut Flow) {
        match node.attribute("type") {
            Some("panel") => {
                self.lost("panels of the new editor");
                let kind = match adf_attribute(node, "panel-type").as_deref() {
                    Some("info") => PanelKind::Info,
                    Some("note") => PanelKind::Note,
                    Some("success" | "tip") => PanelKind::Tip,
                    Some("error" | "warning") => PanelKind::Warning,
                    _ => PanelKind::Plain,
                };
                let blocks = node.child("ac:adf-content").map(|content| self.blocks(&content.children));
                flow.push(Block::Panel(Panel { kind, title: None, blocks: blocks.unwrap_or_default() }));
            }
            Some("decision-item") => {
                let decided = adf_attribute(node, "state").as_deref() == Some("DECIDED");
                let mut content = vec![Inline::Text(if decided { "Decision: " } else { "Undecided: " }.to_owned())];
                if let Some(said) = node.child("ac:adf-content") {
                    content.extend(inlines::content(self, &said.children));
                }
                self.lost("decisions");
                let item = Item { task: None, blocks: vec![Block::Paragraph(collapsed(content))] };
                match flow.blocks.last_mut() {
                    Some(Block::List(list)) if list.start.is_none() => list.items.push(item),
                    _ => flow.push(Block::List(List { start: None, items: vec![item] })),
                }
            }
            _ => {
                for child in node.elements() {
                    match child.name {
                        "ac:adf-node" => self.extension_node(child, flow),
                        "ac:adf-content" => self.apart(&child.children, flow),
                        _ => {}
                    }
                }
            }
        }
    }
}

fn adf_attribute(node: &Element<'_>, key: &str) -> Option<String> {
    let attribute =
        node.elements().find(|child| child.name == "ac:adf-attribute" && child.attribute("key") == Some(key));
    attribute.map(|attribute| attribute.text().trim().to_owned())
}
