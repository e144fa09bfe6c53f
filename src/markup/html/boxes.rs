//! What Confluence shows of macros with a body: boxes, code, expands; and preformatted text of anybody's.

use std::borrow::Cow;

use super::concealed::{find, has_class, take, words};
use super::rewrite::Rewriting;
use crate::markup::shape::{Body, macro_element};
use crate::markup::storage::{Element, Node};

type Parameters = Vec<(Cow<'static, str>, Cow<'static, str>)>;

/// The macro an element shows, nothing where it shows none of its own; the element itself where it is no macro.
pub(super) fn rewrite(
    rewriting: &mut Rewriting,
    mut raw: Element<'static>,
) -> Result<Option<Element<'static>>, Element<'static>> {
    if raw.name == "pre" || raw.name == "xmp" {
        return Ok(Some(code(&raw, None)));
    }
    if !matches!(raw.name, "div" | "section") {
        return Err(raw);
    }
    let shows = |name: &str| raw.attribute("data-macro-name") == Some(name);
    if has_class(&raw, "toc-macro") || shows("toc") {
        rewriting.lossy.insert("macro `toc`".to_owned());
        return Ok(None);
    }
    if let Some(kind) = message(&raw) {
        let title = take(&mut raw, "title").map(|title| words(&title));
        take(&mut raw, "confluence-information-macro-icon");
        let body = take(&mut raw, "confluence-information-macro-body").unwrap_or(raw);
        return Ok(Some(macro_element(kind, titled(title), Body::Rich(rewriting.nodes(body.children)))));
    }
    if has_class(&raw, "panelMacro") {
        return Ok(Some(old_message(rewriting, raw)));
    }
    if has_class(&raw, "expand-container") || shows("expand") {
        let title = find(&raw, "expand-control-text").map(words);
        take(&mut raw, "expand-control");
        let body = take(&mut raw, "expand-content").unwrap_or(raw);
        return Ok(Some(macro_element("expand", titled(title), Body::Rich(rewriting.nodes(body.children)))));
    }
    if has_class(&raw, "code") || has_class(&raw, "preformatted") {
        let title = find(&raw, "panelHeader").map(words);
        let mut pres = Vec::new();
        collect(&raw, &mut pres);
        return match pres.as_slice() {
            [pre] => Ok(Some(code(pre, title))),
            _ => Err(raw),
        };
    }
    if has_class(&raw, "panel") && raw.elements().any(|child| has_class(child, "panelContent")) {
        let title = take(&mut raw, "panelHeader").map(|header| words(&header));
        let body = take(&mut raw, "panelContent").unwrap_or(raw);
        return Ok(Some(macro_element("panel", titled(title), Body::Rich(rewriting.nodes(body.children)))));
    }
    Err(raw)
}

fn titled(title: Option<String>) -> Parameters {
    title
        .filter(|title| !title.is_empty())
        .map(|title| (Cow::Borrowed("title"), Cow::Owned(title)))
        .into_iter()
        .collect()
}

/// The macro behind a message.
fn message(raw: &Element<'_>) -> Option<&'static str> {
    let is_macro = has_class(raw, "confluence-information-macro");
    if !is_macro && !has_class(raw, "aui-message") {
        return None;
    }
    let is = |words: [&str; 3]| words.iter().any(|word| has_class(raw, word));
    let kind = if is(["confluence-information-macro-note", "aui-message-warning", "warning"]) {
        "note"
    } else if is(["confluence-information-macro-warning", "aui-message-error", "error"]) {
        "warning"
    } else if is(["confluence-information-macro-tip", "aui-message-success", "success"]) {
        "tip"
    } else {
        "info"
    };
    Some(kind)
}

/// A message of an old export: a table of an icon and the content.
fn old_message(rewriting: &mut Rewriting, mut raw: Element<'static>) -> Element<'static> {
    let kinds = [("noteMacro", "note"), ("warningMacro", "warning"), ("tipMacro", "tip")];
    let kind = kinds.iter().find(|(class, _)| find(&raw, class).is_some()).map_or("info", |(_, kind)| *kind);
    let body = last_cell(&mut raw).unwrap_or(raw);
    macro_element(kind, Parameters::new(), Body::Rich(rewriting.nodes(body.children)))
}

fn last_cell(raw: &mut Element<'static>) -> Option<Element<'static>> {
    for at in (0..raw.children.len()).rev() {
        match raw.children.get_mut(at) {
            Some(Node::Element(cell)) if cell.name == "td" => return Some(std::mem::take(cell)),
            Some(Node::Element(child)) => {
                if let Some(cell) = last_cell(child) {
                    return Some(cell);
                }
            }
            _ => {}
        }
    }
    None
}

fn collect<'e>(raw: &'e Element<'static>, pres: &mut Vec<&'e Element<'static>>) {
    for child in raw.elements() {
        if child.name == "pre" { pres.push(child) } else { collect(child, pres) }
    }
}

/// Preformatted text as a code block.
fn code(pre: &Element<'_>, title: Option<String>) -> Element<'static> {
    let mut text = String::new();
    lines(pre, &mut text);
    // The first line break belongs to the tag.
    let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
    let mut parameters = titled(title);
    parameters.extend(language(pre).map(|language| (Cow::Borrowed("language"), Cow::Owned(language))));
    macro_element("code", parameters, Body::Plain(text.into()))
}

fn lines(element: &Element<'_>, text: &mut String) {
    for node in &element.children {
        match node {
            Node::Element(child) if child.name == "br" => text.push('\n'),
            Node::Element(child) => lines(child, text),
            Node::Text(characters) | Node::Exact(characters) => text.push_str(characters),
        }
    }
}

/// What the text is written in: Confluence says it among the settings of its highlighter, others in a class.
fn language(pre: &Element<'_>) -> Option<String> {
    let settings = pre.attribute("data-syntaxhighlighter-params").unwrap_or_default();
    let brush = settings.split(';').find_map(|setting| setting.trim().strip_prefix("brush:"));
    let said = brush.or_else(|| pre.attribute("data-language")).or_else(|| pre.attribute("data-lang"));
    let of_class = |element: &Element<'_>| {
        let classes = element.attribute("class")?.to_owned();
        let language = classes.split_ascii_whitespace().find_map(|class| {
            ["language-", "lang-", "highlight-source-"].iter().find_map(|prefix| class.strip_prefix(prefix))
        });
        language.map(str::to_owned)
    };
    let language = said.map(|said| said.trim().to_owned());
    language
        .or_else(|| of_class(pre))
        .or_else(|| pre.child("code").and_then(of_class))
        .filter(|language| !language.is_empty())
}
