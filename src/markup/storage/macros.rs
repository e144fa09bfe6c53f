//! Macros of storage format: code, panels, expands, statuses, Jira issues, diagrams and all the others.

use std::borrow::Cow;

use super::blocks::{Flow, Reading};
use super::elements::Element;
use super::inlines;
use crate::markup::document::{Block, Code, Inline, Link, Mark, Panel, PanelKind, Target};
use crate::markup::markdown::runs_script;

/// Resources that the place of a macro names at most.
const MAX_REFERENCES: usize = 20;

/// Whether a macro stands on lines of its own whatever is inside.
pub(super) fn is_block(element: &Element<'_>) -> bool {
    match &*name(element) {
        "status" | "mathinline" | "eazy-math-inline" | "jira" | "anchor" => false,
        "info" | "note" | "tip" | "warning" | "panel" | "expand" | "ui-expand" | "easy-math-block" | "mathblock" => {
            true
        }
        _ => element.child("ac:plain-text-body").is_some(),
    }
}

fn name<'e>(element: &'e Element<'_>) -> Cow<'e, str> {
    let name = element.attribute("ac:name").unwrap_or_default().trim();
    if name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.to_lowercase())
    }
}

/// The parameter of this name.
pub(crate) fn parameter<'e, 's>(element: &'e Element<'s>, name: &str) -> Option<&'e Element<'s>> {
    element.elements().find(|child| {
        matches!(child.name, "ac:parameter" | "ac:default-parameter")
            && child.attribute("ac:name").unwrap_or_default() == name
    })
}

/// The first of these parameters that says anything.
fn value(element: &Element<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        let text = parameter(element, name)?.text();
        Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
    })
}

/// Reads a macro that is a block or holds blocks.
pub(super) fn block(reading: &mut Reading<'_>, element: &Element<'_>, flow: &mut Flow) {
    let name = name(element);
    if let Some(kind) = panel_kind(&name) {
        if name != "panel" && !matches!(&*name, "info" | "note" | "tip" | "warning") {
            reading.lost("app macros");
        } else if parameter(element, "bgColor").is_some() || parameter(element, "panelIcon").is_some() {
            reading.lost("colours and icons of panels");
        }
        let blocks = body(reading, element);
        flow.push(Block::Panel(Panel { kind, title: value(element, &["title"]), blocks }));
        return;
    }
    match &*name {
        "expand" | "ui-expand" => {
            let title = value(element, &["title", ""]).unwrap_or_default();
            let blocks = body(reading, element);
            flow.push(Block::Expand { title, blocks });
        }
        "mathblock" | "easy-math-block" => {
            reading.lost("formulas");
            flow.push(Block::Formula(source(element)));
        }
        "mathinline" | "eazy-math-inline" => inline(reading, element, &mut flow.run),
        _ if element.child("ac:plain-text-body").is_some() => code(reading, element, &name, flow),
        _ => rich(reading, element, &name, flow),
    }
}

fn panel_kind(name: &str) -> Option<PanelKind> {
    Some(match name {
        "info" => PanelKind::Info,
        "note" => PanelKind::Note,
        "tip" | "success" => PanelKind::Tip,
        "warning" | "error" | "danger" => PanelKind::Warning,
        "panel" | "auimessage" | "alert" => PanelKind::Plain,
        _ => return None,
    })
}

fn body(reading: &mut Reading<'_>, element: &Element<'_>) -> Vec<Block> {
    let body = element.child("ac:rich-text-body").or_else(|| element.child("ac:plain-text-body"));
    body.map(|body| reading.blocks(&body.children)).unwrap_or_default()
}

fn code(reading: &mut Reading<'_>, element: &Element<'_>, name: &str, flow: &mut Flow) {
    let text = element.child("ac:plain-text-body").map(Element::text).unwrap_or_default();
    let language = match name {
        "code" | "codeblock" | "paste-code-macro" => value(element, &["language", "lang", ""]),
        "noformat" => {
            reading.lost("noformat macros");
            None
        }
        _ => {
            reading.lost_macro(name);
            Some(match name {
                "mermaid-cloud" | "mermaid-macro" => "mermaid".to_owned(),
                _ => name.to_owned(),
            })
        }
    };
    let language = language.filter(|language| !matches!(language.as_str(), "none" | "text" | "plain" | "plaintext"));
    if !text.trim().is_empty() {
        let display = ["linenumbers", "firstline", "collapse", "theme"];
        let display = display.iter().filter_map(|key| Some(((*key).to_owned(), value(element, &[key])?))).collect();
        flow.push(Block::Code(Code { language, title: value(element, &["title"]), display, text }));
    }
}

/// A macro around page content: the content stays.
fn rich(reading: &mut Reading<'_>, element: &Element<'_>, name: &str, flow: &mut Flow) {
    reading.lost_macro(name);
    if let Some(title) = value(element, &["title"]) {
        flow.push(Block::Paragraph(vec![Inline::Marked(Mark::Strong, vec![Inline::Text(title)])]));
    }
    match element.child("ac:rich-text-body") {
        Some(body) => reading.apart(&body.children, flow),
        None => inline(reading, element, &mut flow.run),
    }
}

/// A formula's source.
fn source(element: &Element<'_>) -> String {
    let body = element.child("ac:plain-text-body").map(Element::text);
    body.or_else(|| value(element, &["body", ""])).unwrap_or_default().trim().to_owned()
}

/// Reads a macro as part of a line.
pub(super) fn inline(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    if let Some(kept) = reading.kept(element) {
        reading.lost_macro(&name(element));
        line.push(Inline::Kept(kept));
        return;
    }
    let name = name(element);
    if name == "status" || name == "lozenge" {
        if let Some(title) = value(element, &["title"]) {
            line.push(Inline::Status { title, colour: value(element, &["colour", "color"]) });
        }
        return;
    }
    reading.lost_macro(&name);
    match &*name {
        "toc" | "anchor" | "pagebreak" | "scroll-pagebreak" => {}
        "mathinline" | "eazy-math-inline" => line.push(Inline::Formula(source(element))),
        "jira" | "jiraissues" | "jirachart" => line.push(Inline::Text(match value(element, &["key"]) {
            Some(key) => key,
            None => format!("[Jira: {}]", value(element, &["jqlQuery", "jql", "url"]).unwrap_or_default()),
        })),
        "profile" | "profile-picture" => match element.descendant("ri:user") {
            Some(user) => line.push(inlines::mention(reading, user)),
            None => placeholder(reading, element, &name, line),
        },
        "include" | "excerpt-include" | "excerptinclude" | "multiexcerpt-include" | "include-shared-block" => {
            include(reading, element, &name, line);
        }
        "view-file" | "viewpdf" | "viewdoc" | "viewxls" | "viewppt" | "multimedia" => {
            file(reading, element, &name, line);
        }
        "iframe" | "widget" | "widgetconnector" | "rss" | "html-include" => address(reading, element, &name, line),
        "drawio" | "inc-drawio" | "gliffy" | "lucidchart" | "drawio-sketch" | "plantumlcloud" | "mermaid-cloud" => {
            let keys = ["diagramDisplayName", "diagramName", "name", "filename", "title"];
            let diagram = value(element, &keys).unwrap_or_else(|| name.to_string());
            line.push(Inline::Text(format!("[diagram: {diagram}]")));
        }
        _ => match element.child("ac:rich-text-body") {
            Some(body) => {
                if let Some(title) = value(element, &["title"]) {
                    line.push(Inline::Marked(Mark::Strong, vec![Inline::Text(title)]));
                    line.push(Inline::Text(" ".to_owned()));
                }
                line.extend(inlines::content(reading, &body.children));
            }
            None => placeholder(reading, element, &name, line),
        },
    }
}

/// Names a macro whose content only Confluence can make, and whatever its parameters refer to.
fn placeholder(reading: &mut Reading<'_>, element: &Element<'_>, name: &str, line: &mut Vec<Inline>) {
    let mut named = Vec::new();
    for parameter in element.elements().filter(|child| child.name.ends_with("parameter")) {
        references(reading, parameter, &mut named);
    }
    line.push(Inline::Text(format!("[macro {name}")));
    for (at, reference) in named.into_iter().enumerate() {
        line.push(Inline::Text(if at == 0 { ": " } else { ", " }.to_owned()));
        line.push(reference);
    }
    line.push(Inline::Text("]".to_owned()));
}

/// The people, pages, files and addresses inside an element, a few of them.
fn references(reading: &mut Reading<'_>, element: &Element<'_>, named: &mut Vec<Inline>) {
    for child in element.elements() {
        if named.len() == MAX_REFERENCES {
            return;
        }
        if child.name == "ri:user" {
            named.push(inlines::mention(reading, child));
        } else {
            let target = inlines::target(child, None).filter(|target| !leads_nowhere(target));
            named.extend(target.map(|target| Inline::Link(Link { target, content: Vec::new() })));
        }
        references(reading, child, named);
    }
}

fn leads_nowhere(target: &Target) -> bool {
    matches!(target, Target::Address(address) if address.is_empty() || runs_script(address))
}

/// Another page shown here: named, never fetched.
fn include(reading: &mut Reading<'_>, element: &Element<'_>, name: &str, line: &mut Vec<Inline>) {
    let page = element.descendant("ri:page").or_else(|| element.descendant("ri:blog-post"));
    let target = page.and_then(|page| inlines::target(page, None)).or_else(|| {
        let title = value(element, &["", "pageTitle", "page", "name"])?;
        Some(Target::Page { space: None, title, anchor: None })
    });
    let Some(target) = target else { return placeholder(reading, element, name, line) };
    line.push(Inline::Text("[include: ".to_owned()));
    line.push(Inline::Link(Link { target, content: Vec::new() }));
    line.push(Inline::Text("]".to_owned()));
}

fn file(reading: &mut Reading<'_>, element: &Element<'_>, name: &str, line: &mut Vec<Inline>) {
    let attached = element.descendant("ri:attachment").and_then(|file| file.attribute("ri:filename"));
    match attached.map(str::to_owned).or_else(|| value(element, &["name", "filename"])) {
        Some(file) => {
            if matches!(line.last(), Some(Inline::Link(_))) {
                line.push(Inline::Text(" ".to_owned()));
            }
            line.push(Inline::Link(Link { target: Target::Attachment(file), content: Vec::new() }));
        }
        None => placeholder(reading, element, name, line),
    }
}

fn address(reading: &mut Reading<'_>, element: &Element<'_>, name: &str, line: &mut Vec<Inline>) {
    let resource = element.descendant("ri:url").and_then(|address| address.attribute("ri:value"));
    let address = resource.map(str::to_owned).or_else(|| value(element, &["url", "src"]));
    match address.filter(|address| !runs_script(address)) {
        Some(address) => line.push(Inline::Link(Link { target: Target::Address(address), content: Vec::new() })),
        None => placeholder(reading, element, name, line),
    }
}
