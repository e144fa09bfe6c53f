//! Pictures and attached files of ADF as elements.

use super::json::Node;
use super::{Shaping, inlines};
use crate::markup::shape::{attachment, element, link, with};
use crate::markup::storage::{Element, Node as Made};

/// Media on lines of their own, each with its caption.
pub(super) fn block(shaping: &mut Shaping<'_>, node: Node, made: &mut Vec<Made<'static>>) {
    if node.kind == "media" {
        made.push(Made::Element(element("p", vec![one(shaping, &node, true, Vec::new())])));
        return;
    }
    let is_picture = node.kind == "mediaSingle";
    let (mut media, mut rest) = (Vec::new(), Vec::new());
    for child in node.content {
        if child.kind == "media" { media.push(child) } else { rest.push(child) }
    }
    let caption = (media.len() == 1).then(|| rest.iter().position(|child| child.kind == "caption")).flatten();
    let caption = caption.map(|at| rest.remove(at));
    // A caption of nothing but a media whose name nobody knows stays a paragraph.
    let mut caption = caption.map(|caption| shaping.nodes(caption.content)).unwrap_or_default();
    for node in media {
        let picture = one(shaping, &node, is_picture, std::mem::take(&mut caption));
        made.push(Made::Element(element("p", vec![picture])));
    }
    made.append(&mut shaping.nodes(rest));
}

/// A file within a line; only what says so is a picture.
pub(super) fn inline(shaping: &mut Shaping<'_>, node: &Node) -> Made<'static> {
    let is_picture = matches!(node.say("type"), Some("image" | "external"));
    one(shaping, node, is_picture, Vec::new())
}

/// One medium: a picture, a link to a file, or a note that there is one.
fn one(shaping: &mut Shaping<'_>, node: &Node, is_picture: bool, caption: Vec<Made<'static>>) -> Made<'static> {
    let alt = node.say("alt").unwrap_or_default().to_owned();
    let name = name(shaping, node, &alt);
    let address = node.say("url").or_else(|| node.say("id").filter(|id| id.contains("://")));
    let mut parts = match (name, address) {
        (_, Some(address)) if is_picture => {
            let source = with(element("ri:url", Vec::new()), "ri:value", address.to_owned());
            vec![picture(node, source, alt, caption)]
        }
        (_, Some(address)) => {
            let words = if alt.is_empty() { Vec::new() } else { vec![Made::Text(alt.into())] };
            vec![Made::Element(with(element("a", words), "href", address.to_owned()))]
        }
        (Some(name), None) if is_picture => vec![picture(node, attachment(name), alt, caption)],
        (Some(name), None) => vec![Made::Element(link(attachment(name), Vec::new()))],
        (None, None) => {
            shaping.lost("media without a file name");
            let kind = if is_picture { "image" } else { "attachment" };
            let mut parts =
                vec![Made::Text(if alt.is_empty() { format!("[{kind}]") } else { format!("[{kind}: {alt}]") }.into())];
            if !caption.is_empty() {
                parts.push(Made::Text(" ".into()));
                parts.extend(caption);
            }
            parts
        }
    };
    if parts.len() == 1
        && let Some(first) = parts.pop()
    {
        return inlines::linked(node, first);
    }
    Made::Element(element("span", parts))
}

/// The file's name, where the node or anybody else knows it; editors put it where the alternative text should be.
fn name(shaping: &Shaping<'_>, node: &Node, alt: &str) -> Option<String> {
    let told = ["__fileName", "fileName", "name"].into_iter().find_map(|key| node.say(key));
    let known = || node.say("id").and_then(|id| shaping.names.file(id));
    told.map(str::to_owned).or_else(known).or_else(|| is_file_name(alt).then(|| alt.to_owned()))
}

fn is_file_name(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.trim().is_empty()
            && (1..=5).contains(&ending.len())
            && ending.bytes().all(|sign| sign.is_ascii_alphanumeric())
            && ending.bytes().any(|sign| sign.is_ascii_alphabetic())
    })
}

fn picture(node: &Node, source: Element<'static>, alt: String, caption: Vec<Made<'static>>) -> Made<'static> {
    let mut parts = vec![Made::Element(source)];
    if !caption.is_empty() {
        parts.push(Made::Element(element("ac:caption", caption)));
    }
    let mut made = with(element("ac:image", parts), "ac:alt", alt);
    if node.attribute("width").is_some() || node.marks().any(|(mark, _)| mark == "border") {
        made = with(made, "ac:width", "");
    }
    Made::Element(made)
}
