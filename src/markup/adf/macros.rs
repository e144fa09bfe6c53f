//! Extensions of ADF as macros of storage format, so that the same rules read them.

use std::borrow::Cow;

use serde_json::Value;

use super::Shaping;
use super::json::Node;
use crate::domain::text::quoted;
use crate::markup::shape::{Body, element, macro_element, text_element, with};
use crate::markup::storage::{Element, Node as Made};

/// Parameters read of one macro.
const MAX_PARAMETERS: usize = 64;

/// A name fit to be shown: of a path its last part that is more than an id of a machine.
pub(super) fn label(key: &str) -> String {
    let is_id = |part: &&str| part.len() >= 32 && part.bytes().all(|sign| sign.is_ascii_hexdigit() || sign == b'-');
    let part = key.rsplit('/').find(|part| !part.trim().is_empty() && !is_id(part)).unwrap_or("app");
    quoted(part, 60).trim_matches('`').to_owned()
}

/// An extension on lines of its own.
pub(super) fn block(shaping: &mut Shaping<'_>, mut node: Node) -> Element<'static> {
    let content = shaping.nodes(frames(std::mem::take(&mut node.content)));
    if is_app(node.say("extensionType")) {
        let shown = title(&node.attributes_of_extension());
        return app(shown, content);
    }
    core(&node.attributes_of_extension(), content)
}

/// An extension within a line.
pub(super) fn inline(shaping: &mut Shaping<'_>, node: &Node) -> Made<'static> {
    let extension = node.attributes_of_extension();
    if is_app(node.say("extensionType")) {
        shaping.lost("app macros");
        return Made::Text(format!("[macro {}]", title(&extension)).into());
    }
    Made::Element(core(&extension, Vec::new()))
}

/// What is said of an extension.
struct Extension<'n> {
    key: &'n str,
    text: Option<&'n str>,
    parameters: Option<&'n Value>,
}

impl Node {
    fn attributes_of_extension(&self) -> Extension<'_> {
        let key = self.say("extensionKey").unwrap_or_default();
        Extension { key, text: self.say("text"), parameters: self.attribute("parameters") }
    }
}

/// The bodies of an extension with several follow each other.
fn frames(content: Vec<Node>) -> Vec<Node> {
    let mut bodies = Vec::with_capacity(content.len());
    for node in content {
        if node.kind == "extensionFrame" { bodies.extend(node.content) } else { bodies.push(node) }
    }
    bodies
}

/// Whether the extension belongs to an app, not to Confluence.
fn is_app(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| !kind.starts_with("com.atlassian.confluence"))
}

fn title(extension: &Extension<'_>) -> String {
    let said = |name: &str| extension.parameters?.get(name)?.as_str().filter(|text| !text.trim().is_empty());
    said("extensionTitle").or(extension.text).map_or_else(|| label(extension.key), label)
}

fn app(shown: String, content: Vec<Made<'static>>) -> Element<'static> {
    let mut parts = vec![Made::Element(with(text_element("ac:adf-attribute", shown), "key", "extension-key"))];
    if !content.is_empty() {
        parts.push(Made::Element(element("ac:adf-content", content)));
    }
    let node = with(element("ac:adf-node", parts), "type", "extension");
    element("ac:adf-extension", vec![Made::Element(node)])
}

/// A macro of Confluence; a body kept among the parameters is its plain text.
fn core(extension: &Extension<'_>, content: Vec<Made<'static>>) -> Element<'static> {
    let mut made: Vec<(Cow<'static, str>, Cow<'static, str>)> = Vec::new();
    let mut body = None;
    for (name, value) in parameters(extension).into_iter().take(MAX_PARAMETERS) {
        if name == "__bodyContent" { body = Some(value) } else { made.push((name.into(), value.into())) }
    }
    let name = extension.key.to_lowercase();
    if let Some(text) = extension.text.filter(|_| name == "status" && !made.iter().any(|(name, _)| name == "title")) {
        made.push(("title".into(), text.to_owned().into()));
    }
    let user = made.iter().find(|(key, _)| key == "user").map(|(_, user)| user.to_string());
    let body = match body {
        _ if !content.is_empty() => Body::Rich(content),
        Some(text) => Body::Plain(text.into()),
        None => Body::Nothing,
    };
    let mut element = macro_element(label(&name), made, body);
    if let Some(user) = user.filter(|_| name.starts_with("profile")) {
        let person = with(self::element("ri:user", Vec::new()), "ri:account-id", user);
        element.children.push(Made::Element(person));
    }
    element
}

/// Names and values of a macro's parameters; `{"value": …}` stands around most values.
fn parameters(extension: &Extension<'_>) -> Vec<(String, String)> {
    let Some(all) = extension.parameters else { return Vec::new() };
    let inner = all.get("macroParams").or_else(|| all.get("macroparams")).unwrap_or(all);
    let Some(parameters) = inner.as_object() else { return Vec::new() };
    let told = parameters.iter().filter_map(|(name, value)| {
        let value = match value.get("value").unwrap_or(value) {
            Value::String(text) => text.clone(),
            value @ (Value::Number(_) | Value::Bool(_)) => value.to_string(),
            _ => return None,
        };
        Some((name.clone(), value))
    });
    told.collect()
}
