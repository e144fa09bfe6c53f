//! Paragraphs, lists, tasks, panels and layouts of ADF as elements.

use std::borrow::Cow;

use super::Shaping;
use super::json::Node;
use super::{cards, inlines, macros, media, tables};
use crate::markup::shape::{Body, element, macro_element, text_element, with};
use crate::markup::storage::{Element, Node as Made};

/// Whether a node is part of a line.
fn is_inline(kind: &str) -> bool {
    matches!(
        kind,
        "text"
            | "hardBreak"
            | "mention"
            | "emoji"
            | "date"
            | "status"
            | "inlineCard"
            | "mediaInline"
            | "placeholder"
            | "inlineExtension"
    )
}

impl Shaping<'_> {
    /// What nodes say, lines and blocks as they come.
    pub(super) fn nodes(&mut self, nodes: Vec<Node>) -> Vec<Made<'static>> {
        let mut made = Vec::with_capacity(nodes.len());
        let mut line = Vec::new();
        for node in nodes {
            if is_inline(&node.kind) {
                line.push(node);
            } else {
                made.append(&mut inlines::line(self, std::mem::take(&mut line)));
                self.block(node, &mut made);
            }
        }
        made.append(&mut inlines::line(self, line));
        made
    }

    fn around(&mut self, name: &'static str, node: Node) -> Element<'static> {
        let style = node.marks().any(|(mark, _)| matches!(mark, "alignment" | "indentation"));
        let made = element(name, self.nodes(node.content));
        if style { with(made, "style", "text-align") } else { made }
    }

    fn block(&mut self, node: Node, made: &mut Vec<Made<'static>>) {
        let one = match node.kind.as_str() {
            "paragraph" => self.around("p", node),
            "heading" => self.around(heading(&node), node),
            "blockquote" => self.around("blockquote", node),
            "bulletList" => self.around("ul", node),
            "orderedList" => {
                let start = node.number("order").filter(|order| *order >= 0).unwrap_or(1);
                with(self.around("ol", node), "start", start.to_string())
            }
            "listItem" => self.around("li", node),
            "rule" => element("hr", Vec::new()),
            "codeBlock" => code(&node),
            "panel" => self.panel(node),
            "expand" | "nestedExpand" => {
                let title = node.say("title").unwrap_or_default().to_owned();
                let parameters = vec![(Cow::Borrowed("title"), Cow::Owned(title))];
                macro_element("expand", parameters, Body::Rich(self.nodes(node.content)))
            }
            "taskList" => self.tasks(node),
            "decisionList" => return self.decisions(node, made),
            "decisionItem" => {
                let list = Node { kind: "decisionList".to_owned(), content: vec![node], ..Node::default() };
                return self.decisions(list, made);
            }
            "layoutSection" => {
                let section = self.around("ac:layout-section", node);
                element("ac:layout", vec![Made::Element(section)])
            }
            "layoutColumn" => self.around("ac:layout-cell", node),
            "table" => tables::table(self, node),
            "mediaSingle" | "mediaGroup" | "media" => return media::block(self, node, made),
            "blockCard" | "embedCard" => element("p", vec![cards::card(self, &node)]),
            "applicationCard" => cards::application(&node),
            "extension" | "bodiedExtension" | "multiBodiedExtension" => macros::block(self, node),
            _ => return self.unknown(node, made),
        };
        made.push(Made::Element(one));
    }

    /// The content of a node nobody here knows, or its name.
    fn unknown(&mut self, node: Node, made: &mut Vec<Made<'static>>) {
        if node.content.is_empty() && node.text.is_empty() {
            if !matches!(node.kind.as_str(), "" | "doc" | "caption" | "extensionFrame") {
                self.lost("nodes without an equal in Markdown");
                made.push(Made::Text(format!("[node {}]", macros::label(&node.kind)).into()));
            }
            return;
        }
        let mut inside = vec![Made::Text(node.text.into())];
        inside.extend(self.nodes(node.content));
        made.push(Made::Element(element(if node.kind == "caption" { "p" } else { "div" }, inside)));
    }

    fn panel(&mut self, node: Node) -> Element<'static> {
        let kind = node.say("panelType").unwrap_or_default().to_owned();
        // The yellow panel is called warning here and note in storage format, the red one error and warning.
        let name = match kind.as_str() {
            "info" => "info",
            "warning" => "note",
            "error" => "warning",
            "success" | "tip" => "tip",
            _ => "",
        };
        let icon = node.say("panelIconText").or_else(|| node.say("panelIcon")).is_some();
        if icon || node.say("panelColor").is_some() {
            self.lost("colours and icons of panels");
        }
        let title = node.say("title").map(|title| (Cow::Borrowed("title"), Cow::Owned(title.to_owned())));
        let content = self.nodes(node.content);
        if !name.is_empty() {
            return macro_element(name, title.into_iter().collect(), Body::Rich(content));
        }
        self.lost("panels of the new editor");
        // A purple one, or one of the author's own colour: storage format has no macro for them.
        macro_element(if kind == "note" { "note" } else { "panel" }, title.into_iter().collect(), Body::Rich(content))
    }

    fn tasks(&mut self, node: Node) -> Element<'static> {
        let mut tasks = Vec::with_capacity(node.content.len());
        for item in node.content {
            if item.kind == "taskList" {
                tasks.push(Made::Element(self.tasks(item)));
                continue;
            }
            let is_item = matches!(item.kind.as_str(), "taskItem" | "blockTaskItem");
            let state = if is_item && item.say("state") == Some("DONE") { "complete" } else { "incomplete" };
            let body = self.nodes(if is_item { item.content } else { vec![item] });
            let parts = vec![
                Made::Element(text_element("ac:task-status", state)),
                Made::Element(element("ac:task-body", body)),
            ];
            tasks.push(Made::Element(element("ac:task", parts)));
        }
        element("ac:task-list", tasks)
    }

    fn decisions(&mut self, node: Node, made: &mut Vec<Made<'static>>) {
        let mut items = Vec::with_capacity(node.content.len());
        for item in node.content {
            let state = item.say("state").unwrap_or("DECIDED").to_owned();
            let content = self.nodes(if item.kind == "decisionItem" { item.content } else { vec![item] });
            if content.is_empty() {
                continue;
            }
            let parts = vec![
                Made::Element(with(text_element("ac:adf-attribute", state), "key", "state")),
                Made::Element(element("ac:adf-content", content)),
            ];
            items.push(Made::Element(with(element("ac:adf-node", parts), "type", "decision-item")));
        }
        if !items.is_empty() {
            let list = with(element("ac:adf-node", items), "type", "decision-list");
            made.push(Made::Element(element("ac:adf-extension", vec![Made::Element(list)])));
        }
    }
}

fn heading(node: &Node) -> &'static str {
    match node.number("level") {
        Some(2) => "h2",
        Some(3) => "h3",
        Some(4) => "h4",
        Some(5) => "h5",
        Some(6..) => "h6",
        _ => "h1",
    }
}

fn code(node: &Node) -> Element<'static> {
    let mut text = String::new();
    for part in &node.content {
        text.push_str(if part.kind == "hardBreak" { "\n" } else { &part.text });
    }
    // Fences that a tool took for a part of the name.
    let language = node.say("language").map(|language| language.trim_matches(['`', '~', ' ']).to_owned());
    let language = language.map(|language| (Cow::Borrowed("language"), Cow::Owned(language)));
    let title = node.say("title").map(|title| (Cow::Borrowed("title"), Cow::Owned(title.to_owned())));
    macro_element("code", language.into_iter().chain(title).collect(), Body::Plain(text.into()))
}
