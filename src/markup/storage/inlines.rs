//! Marks, links, mentions, images and emoji of storage format, read into lines of text.

use super::blocks::{Reading, is_block};
use super::elements::{Element, Node, parse};
use super::macros;
use crate::markup::document::{Image, ImageSource, Inline, Link, Mark, Target};
use crate::markup::markdown::runs_script;
use crate::markup::tidy::tidy;

/// The account ids mentioned in a body, each once, in order.
pub(crate) fn mentioned_accounts(storage: &str) -> Vec<String> {
    let mut accounts = Vec::new();
    collect_accounts(&parse(storage, is_block).root, &mut accounts);
    let mut seen = std::collections::HashSet::new();
    accounts.retain(|account| seen.insert(account.clone()));
    accounts
}

fn collect_accounts(element: &Element<'_>, accounts: &mut Vec<String>) {
    for child in element.elements() {
        if child.name == "ri:user" {
            accounts.extend(child.attribute("ri:account-id").map(str::to_owned));
        }
        collect_accounts(child, accounts);
    }
}

/// One line of text, in its normal form.
pub(super) fn content(reading: &mut Reading<'_>, nodes: &[Node<'_>]) -> Vec<Inline> {
    let mut line = Vec::new();
    inlines(reading, nodes, &mut line);
    tidy(line)
}

fn inlines(reading: &mut Reading<'_>, nodes: &[Node<'_>], line: &mut Vec<Inline>) {
    for node in nodes {
        match node {
            Node::Text(text) | Node::Exact(text) => line.push(Inline::Text(text.to_string())),
            Node::Element(element) => inline(reading, element, line),
        }
    }
}

/// Reads one element as part of a line.
pub(super) fn inline(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    let mark = match element.name {
        "strong" | "b" => Some(Mark::Strong),
        "em" | "i" => Some(Mark::Emphasis),
        "s" | "del" | "strike" => Some(Mark::Strike),
        "u" | "ins" => Some(Mark::Underline),
        "sup" => Some(Mark::Superscript),
        "sub" => Some(Mark::Subscript),
        _ => None,
    };
    if let Some(mark) = mark {
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
            reading.lost("date pickers");
            line.push(Inline::Text(element.attribute("datetime").unwrap_or_default().to_owned()));
        }
        "img" => {
            let address = element.attribute("src").filter(|address| !address.is_empty() && !runs_script(address));
            line.extend(address.map(|address| {
                let alt = element.attribute("alt").unwrap_or_default().to_owned();
                Inline::Image(Image { source: ImageSource::Address(address.to_owned()), alt, caption: None })
            }));
        }
        "ac:link" => link(reading, element, line),
        "ac:image" => line.extend(image(reading, element)),
        "ac:emoticon" | "ac:hipchat-emoticon" => line.push(Inline::Text(emoji(element))),
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
        name => {
            if name == "ac:inline-comment-marker" {
                reading.lost("anchors of inline comments");
            } else if element.attribute("style").is_some() {
                reading.lost("text colours and alignment");
            }
            let apart = is_block(element);
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

fn as_code(part: Inline) -> Inline {
    match part {
        Inline::Text(text) => Inline::Code(text),
        Inline::Marked(mark, content) => Inline::Marked(mark, content.into_iter().map(as_code).collect()),
        Inline::Link(link) => {
            Inline::Link(Link { target: link.target, content: link.content.into_iter().map(as_code).collect() })
        }
        other => other,
    }
}

/// Links do not nest: inside a link only the inner link's words count.
fn link_content(reading: &mut Reading<'_>, nodes: &[Node<'_>]) -> Vec<Inline> {
    let mut line = Vec::new();
    inlines(reading, nodes, &mut line);
    tidy(unlinked(line))
}

fn unlinked(line: Vec<Inline>) -> Vec<Inline> {
    let mut plain = Vec::with_capacity(line.len());
    for part in line {
        match part {
            Inline::Link(link) => plain.extend(link.content),
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
    let content = link_content(reading, &element.children);
    if runs_script(address) {
        reading.lost("addresses that run scripts");
        line.extend(content);
        return;
    }
    line.push(Inline::Link(Link { target: Target::Address(address.to_owned()), content }));
}

fn link(reading: &mut Reading<'_>, element: &Element<'_>, line: &mut Vec<Inline>) {
    let body = element.elements().find(|child| matches!(child.name, "ac:link-body" | "ac:plain-text-link-body"));
    let content = body.map(|body| link_content(reading, &body.children)).unwrap_or_default();
    let anchor = element.attribute("ac:anchor").map(str::to_owned);
    let Some(resource) = element.elements().find(|child| child.name.starts_with("ri:")) else {
        match anchor {
            Some(anchor) => line.push(Inline::Link(Link { target: Target::Anchor(anchor), content })),
            None => line.extend(content),
        }
        return;
    };
    if resource.name == "ri:user" {
        let mut person = mention(reading, resource);
        if let Inline::Mention { name: name @ None, .. } = &mut person {
            let shown = content.iter().map(|part| if let Inline::Text(text) = part { text.as_str() } else { "" });
            *name = Some(shown.collect::<String>().trim_start_matches('@').to_owned()).filter(|name| !name.is_empty());
        }
        line.push(person);
        return;
    }
    match target(resource, anchor) {
        Some(Target::Address(address)) if runs_script(&address) => {
            reading.lost("addresses that run scripts");
            line.extend(content);
        }
        Some(target) => line.push(Inline::Link(Link { target, content })),
        None => line.extend(content),
    }
}

/// The person an `ri:user` names.
pub(super) fn mention(reading: &Reading<'_>, user: &Element<'_>) -> Inline {
    let named = ["ri:account-id", "ri:userkey", "ri:username"].iter().find_map(|key| user.attribute(key));
    let account_id = named.unwrap_or_default().to_owned();
    Inline::Mention { name: reading.names.person(&account_id), account_id }
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
    if element.attributes.iter().any(|(name, _)| !matches!(name.as_str(), "ac:alt" | "ac:src")) {
        reading.lost("sizes and positions of images");
    }
    let caption = element.child("ac:caption").map(|caption| tidy(vec![Inline::Text(spaced_text(caption))]));
    let caption = caption.and_then(|caption| match caption.into_iter().next() {
        Some(Inline::Text(text)) => Some(text),
        _ => None,
    });
    let alt = element.attribute("ac:alt").unwrap_or_default().to_owned();
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
                text.push_str(&if is_block(child) { format!(" {inner} ") } else { inner });
            }
        }
    }
    text
}

fn emoji(element: &Element<'_>) -> String {
    let fallback = element.attribute("ac:emoji-fallback").filter(|text| !text.is_empty() && !text.starts_with(':'));
    if let Some(fallback) = fallback {
        return fallback.to_owned();
    }
    let code_points = element.attribute("ac:emoji-id").map(|id| {
        id.split('-')
            .map(|part| u32::from_str_radix(part, 16).ok().filter(|code| *code > 0x7f).and_then(char::from_u32))
    });
    if let Some(characters) = code_points.and_then(Iterator::collect::<Option<String>>) {
        return characters;
    }
    let name = element.attribute("ac:name").unwrap_or_default();
    let short = element.attribute("ac:emoji-shortname").or(element.attribute("ac:shortcut"));
    let known = short.and_then(|short| known_emoji(short.trim_matches(':'))).or_else(|| {
        // Confluence writes this name for every emoji it does not know.
        if name == "blue-star" && short.is_some() { None } else { known_emoji(name) }
    });
    match (known, short) {
        (Some(known), _) => known.to_owned(),
        (None, Some(short)) => format!(":{}:", short.trim_matches(':')),
        (None, None) => format!(":{name}:"),
    }
}

fn known_emoji(name: &str) -> Option<&'static str> {
    Some(match name {
        "smile" | "slight_smile" => "🙂",
        "sad" | "disappointed" => "🙁",
        "cheeky" | "stuck_out_tongue" => "😛",
        "laugh" | "smiley" => "😃",
        "wink" => "😉",
        "thumbs-up" | "thumbsup" => "👍",
        "thumbs-down" | "thumbsdown" => "👎",
        "information" | "info" => "ℹ",
        "tick" | "check_mark" | "white_check_mark" => "✅",
        "cross" | "cross_mark" | "x" => "❌",
        "warning" => "⚠",
        "plus" => "➕",
        "minus" => "➖",
        "question" | "question_mark" => "❓",
        "light-on" | "light-off" | "bulb" => "💡",
        "yellow-star" | "red-star" | "green-star" | "blue-star" | "star" => "⭐",
        "heart" => "❤",
        "broken-heart" | "broken_heart" => "💔",
        _ => return None,
    })
}
