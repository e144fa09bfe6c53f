//! Marks, links, mentions, images and emoji of storage format, read into lines of text.

use super::blocks::Reading;
use super::elements::{Element, Node};
use super::{emoji, macros};
use crate::markup::document::tidy::collapsed;
use crate::markup::document::{Image, ImageSource, Inline, Link, Mark, Target};
use crate::markup::markdown::runs_script;

/// One line of text, in its normal form.
pub(super) fn content(reading: &mut Reading<'_>, nodes: &[Node<'_>]) -> Vec<Inline> {
    let mut line = Vec::new();
    inlines(reading, nodes, &mut line);
    collapsed(line)
}

fn inlines(reading: &mut Reading<'_>, nodes: &[Node<'_>], line: &mut Vec<Inline>) {
    for node in nodes {
        match node {
            Node::Text(text) | Node::Exact(text) => line.push(Inline::Text(text.to_string())),
            Node::Element(element) if reading.hides(element) => {}
            Node::Element(element) => inline(reading, element, line),
        }
    }
}

fn mark(name: &str) -> Option<Mark> {
    Some(match name {
        "strong" | "b" => Mark::Strong,
        "em" | "i" => Mark::Emphasis,
        "s" | "del" | "strike" => Mark::Strike,
        "u" | "ins" => Mark::Underline,
        "sup" => Mark::Superscript,
        "sub" => Mark::Subscript,
        _ => return None,
    })
}

/// Reads one element as part of a line.
pub(super) fn inline(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    if let Some(mark) = mark(element.name) {
        let mut inside = Vec::new();
        inlines(reading, &element.children, &mut inside);
        line.push(Inline::Marked(mark, inside));
        return;
    }
    match element.name {
        "br" => line.push(Inline::Break),
        "code" | "tt" | "kbd" | "samp" => {
            let mut inside = Vec::new();
            inlines(reading, &element.children, &mut inside);
            line.extend(inside.into_iter().map(as_code));
        }
        "a" => anchor(reading, element, line),
        "time" => {
            let day = element.attribute("datetime").unwrap_or_default().to_owned();
            if reading.ids.is_some() {
                line.push(Inline::Date(day));
            } else {
                reading.lost("date pickers");
                line.push(Inline::Text(day));
            }
        }
        "img" => line.extend(foreign_image(element)),
        "ac:link" => link(reading, element, line),
        "ac:image" => line.extend(image(reading, element)),
        "ac:emoticon" | "ac:hipchat-emoticon" => line.push(Inline::Text(emoji::emoji(element))),
        "ac:structured-macro" | "ac:macro" => macros::inline(reading, element, line),
        "ac:placeholder"
        | "ac:parameter"
        | "ac:default-parameter"
        | "ac:adf-attribute"
        | "ac:adf-mark"
        | "ac:task-id"
        | "ac:task-uuid"
        | "ac:task-status"
        | "script"
        | "style"
        | "head"
        | "colgroup"
        | "hr" => {}
        "ac:inline-comment-marker" if reading.ids.is_some() => comment(reading, element, line),
        name => {
            if name == "ac:inline-comment-marker" {
                reading.lost("anchors of inline comments");
            } else if element.attribute("style").is_some() {
                reading.lost("text colours and alignment");
            }
            let apart = element.is_block;
            if apart {
                line.push(Inline::Text(" ".to_owned()));
            }
            inlines(reading, &element.children, line);
            if apart {
                line.push(Inline::Text(" ".to_owned()));
            }
        }
    }
}

/// The text a comment is about, as a link where Markdown can hold one around it.
fn comment(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    let mut content = Vec::new();
    inlines(reading, &element.children, &mut content);
    let reference = element.attribute("ac:ref").unwrap_or_default().to_owned();
    if !is_plain(&content) {
        return line.extend(content);
    }
    // A link keeps no white space at its ends.
    let lead = content.first_mut().and_then(|part| take_blank(part, str::trim_start));
    let tail = content.last_mut().and_then(|part| take_blank(part, str::trim_end));
    line.extend(lead);
    if content.iter().any(|part| !matches!(part, Inline::Text(text) if text.is_empty())) {
        line.push(Inline::Comment { reference, content });
    }
    line.extend(tail);
}

/// Takes white space away from one end of a text; the one space that stands for it.
fn take_blank(part: &mut Inline, trim: fn(&str) -> &str) -> Option<Inline> {
    let Inline::Text(text) = part else { return None };
    let trimmed = trim(text).to_owned();
    let had = trimmed.len() < text.len();
    *text = trimmed;
    had.then(|| Inline::Text(" ".to_owned()))
}

fn is_plain(content: &[Inline]) -> bool {
    content.iter().all(|part| match part {
        Inline::Text(_) | Inline::Code(_) => true,
        Inline::Marked(_, inside) => is_plain(inside),
        _ => false,
    })
}

fn as_code(part: Inline) -> Inline {
    match part {
        Inline::Text(text) => Inline::Code(text),
        Inline::Marked(mark, content) => Inline::Marked(mark, content.into_iter().map(as_code).collect()),
        Inline::Comment { reference, content } => {
            Inline::Comment { reference, content: content.into_iter().map(as_code).collect() }
        }
        Inline::Link(link) => {
            Inline::Link(Link { target: link.target, content: link.content.into_iter().map(as_code).collect() })
        }
        other => other,
    }
}

/// What a link shows, and whether the line has spaces before and behind it.
#[derive(Default)]
struct Shown {
    content: Vec<Inline>,
    before: bool,
    behind: bool,
}

impl Shown {
    /// Whether it has no words besides the address, which then are left out.
    fn is_only(&mut self, address: &str) -> bool {
        if matches!(&*self.content, [Inline::Text(text)] if text == address) {
            self.content.clear();
        }
        self.content.is_empty()
    }

    /// Writes a link with this content; spaces at its ends stand outside.
    fn linked(self, target: Target, line: &mut Vec<Inline>) {
        let gap = || Inline::Text(" ".to_owned());
        line.extend(self.before.then(gap));
        line.push(Inline::Link(Link { target, content: self.content }));
        line.extend(self.behind.then(gap));
    }
}

/// Links do not nest: inside a link only the inner link's words count.
fn link_content(reading: &mut Reading<'_>, nodes: &[Node<'_>]) -> Shown {
    let mut line = Vec::new();
    inlines(reading, nodes, &mut line);
    let line = unlinked(line);
    let before = matches!(line.first(), Some(Inline::Text(text)) if text.starts_with(char::is_whitespace));
    let behind = matches!(line.last(), Some(Inline::Text(text)) if text.ends_with(char::is_whitespace));
    Shown { content: collapsed(line), before, behind }
}

fn unlinked(line: Vec<Inline>) -> Vec<Inline> {
    let mut plain = Vec::with_capacity(line.len());
    for part in line {
        match part {
            Inline::Link(inner) => plain.extend(inner.content),
            Inline::Marked(mark, content) => plain.push(Inline::Marked(mark, unlinked(content))),
            Inline::Mention { name, .. } => plain.extend(name.map(|name| Inline::Text(format!("@{name}")))),
            Inline::Status { title, .. } => plain.push(Inline::Text(title)),
            other => plain.push(other),
        }
    }
    plain
}

fn anchor(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    let Some(address) = element.attribute("href").map(str::trim).filter(|address| !address.is_empty()) else {
        return inlines(reading, &element.children, line);
    };
    let mut shown = link_content(reading, &element.children);
    if element.attribute("data-card-appearance").is_some() {
        reading.lost("the look of smart links");
        if shown.is_only(address) {
            shown.content.extend(reading.names.page(address).map(Inline::Text));
        }
    }
    if runs_script(address) {
        reading.lost("addresses that run scripts");
        line.extend(shown.content);
        return;
    }
    // Headings of generated pages have such a link to themselves.
    if !shown.content.is_empty() || !address.starts_with('#') {
        shown.linked(Target::Address(address.to_owned()), line);
    }
}

fn link(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    let body = element.elements().find(|child| matches!(child.name, "ac:link-body" | "ac:plain-text-link-body"));
    let mut shown = body.map(|body| link_content(reading, &body.children)).unwrap_or_default();
    let anchor = element.attribute("ac:anchor").map(str::to_owned);
    let Some(resource) = element.elements().find(|child| child.name.starts_with("ri:")) else {
        match anchor {
            Some(anchor) => shown.linked(Target::Anchor(anchor), line),
            None => line.extend(shown.content),
        }
        return;
    };
    if resource.name == "ri:user" {
        let mut person = mention(reading, resource);
        if let Inline::Mention { name: name @ None, .. } = &mut person {
            let words = shown.content.iter().map(|part| if let Inline::Text(text) = part { text.as_str() } else { "" });
            *name = Some(words.collect::<String>().trim_start_matches('@').to_owned()).filter(|name| !name.is_empty());
        }
        line.push(person);
        return;
    }
    if resource.name == "ri:shortcut" || resource.child("ri:page").is_some() {
        reading.lost("shortcut links and attachments of other pages");
    }
    match target(resource, anchor) {
        Some(Target::Address(address)) if runs_script(&address) => {
            reading.lost("addresses that run scripts");
            line.extend(shown.content);
        }
        Some(target) => {
            if let (Target::Content(id), None) = (&target, body) {
                shown.content.extend(reading.names.page(id).map(Inline::Text));
            }
            shown.linked(target, line);
        }
        None => line.extend(shown.content),
    }
}

/// The person an `ri:user` names; text, where Data Center's key is all there is.
pub(super) fn mention(reading: &mut Reading<'_>, user: &Element<'_>) -> Inline {
    if let Some(account_id) = user.attribute("ri:account-id") {
        return Inline::Mention { name: reading.names.person(account_id), account_id: account_id.to_owned() };
    }
    reading.lost("mentions without an account id");
    let key = user.attribute("ri:userkey").or_else(|| user.attribute("ri:username")).unwrap_or("user");
    Inline::Text(format!("@{key}"))
}

/// Where a resource identifier (`ri:…`) leads.
pub(super) fn target(resource: &Element<'_>, anchor: Option<String>) -> Option<Target> {
    let of = |name: &str| resource.attribute(name).map(str::to_owned);
    match resource.name {
        "ri:page" => match (of("ri:content-title").filter(|title| !title.is_empty()), anchor) {
            (Some(title), anchor) => Some(Target::Page { space: of("ri:space-key"), title, anchor }),
            (None, Some(anchor)) => Some(Target::Anchor(anchor)),
            (None, None) => None,
        },
        "ri:blog-post" => Some(Target::BlogPost {
            space: of("ri:space-key"),
            day: of("ri:posting-day").unwrap_or_default(),
            title: of("ri:content-title")?,
        }),
        "ri:attachment" => of("ri:filename").map(Target::Attachment),
        "ri:url" => of("ri:value").map(Target::Address),
        "ri:space" => of("ri:space-key").map(Target::Space),
        "ri:content-entity" => of("ri:content-id").map(Target::Content),
        "ri:shortcut" => Some(Target::Address(format!(
            "{}@{}",
            of("ri:parameter").unwrap_or_default(),
            of("ri:key").unwrap_or_default()
        ))),
        _ => None,
    }
}

/// An image that plain HTML shows.
fn foreign_image(element: &Element<'_>) -> Option<Inline> {
    let address = element.attribute("src").filter(|address| !address.is_empty() && !runs_script(address))?;
    let alt = element.attribute("alt").unwrap_or_default().to_owned();
    Some(Inline::Image(Image { source: ImageSource::Address(address.to_owned()), alt, caption: None }))
}

/// Nothing, where the image has no source.
fn image(reading: &mut Reading<'_>, element: &Element<'_>) -> Option<Inline> {
    let file = element.child("ri:attachment").and_then(|file| file.attribute("ri:filename"));
    let address = element.child("ri:url").and_then(|address| address.attribute("ri:value"));
    let source = match (file, address) {
        (Some(file), _) => ImageSource::Attachment(file.to_owned()),
        (None, Some(address)) if !address.is_empty() && !runs_script(address) => {
            ImageSource::Address(address.to_owned())
        }
        (None, _) => return None,
    };
    if element.elements().any(|file| file.child("ri:page").is_some()) {
        reading.lost("shortcut links and attachments of other pages");
    }
    if element.attributes.iter().any(|(name, _)| !matches!(&**name, "ac:alt" | "ac:src")) {
        reading.lost("sizes and positions of images");
    }
    let caption = element.child("ac:caption").map(|caption| collapsed(vec![Inline::Text(spaced_text(caption))]));
    let caption = caption.and_then(|caption| match caption.into_iter().next() {
        Some(Inline::Text(text)) => Some(text),
        _ => None,
    });
    let alt = element.attribute("ac:alt").unwrap_or_default().to_owned();
    if !alt.is_empty() && file.is_some_and(|file| file == alt) {
        reading.lost("alternative texts that repeat a file name");
    }
    Some(Inline::Image(Image { source, alt, caption }))
}

/// The words inside, with spaces between blocks.
pub(super) fn spaced_text(element: &Element<'_>) -> String {
    let mut text = String::new();
    for node in &element.children {
        match node {
            Node::Text(characters) | Node::Exact(characters) => text.push_str(characters),
            Node::Element(child) => {
                let inner = spaced_text(child);
                let gap = if child.is_block { " " } else { "" };
                text.extend([gap, &inner, gap]);
            }
        }
    }
    text
}
