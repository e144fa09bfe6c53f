//! Storage format read into elements in one pass, however broken it is.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use super::entities;

/// Elements nest this deep at most; what lies deeper is read as if its tags were not there.
pub(crate) const MAX_DEPTH: usize = 100;
/// A broken tag is skipped and reading goes on behind it; after this many the rest is plain text.
const MAX_REPAIRS: usize = 32;
/// Attributes read of one element; the rest is skipped.
const MAX_ATTRIBUTES: usize = 64;

/// One element with everything in it.
#[derive(Debug, Default)]
pub(crate) struct Element<'a> {
    /// Name with prefix, as written: `ac:link`.
    pub name: &'a str,
    /// Names as written; entities in values are resolved.
    pub attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub children: Vec<Node<'a>>,
    /// Whether it stands on lines of its own.
    pub is_block: bool,
    /// Whether an element inside stands on lines of its own.
    pub holds_blocks: bool,
    /// Its bytes in the body, from the first of its start tag past the last of its end tag.
    pub outer: Range<usize>,
    /// The bytes between its tags.
    pub inner: Range<usize>,
}

/// What an element holds.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    Element(Element<'a>),
    /// Characters; entities are resolved.
    Text(Cow<'a, str>),
    /// Characters kept exactly, line breaks included.
    Exact(Cow<'a, str>),
}

impl<'a> Element<'a> {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| &**value)
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element<'a>> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Exact(_) => None,
        })
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.elements().find(|element| element.name == name)
    }

    /// The first element of this name at any depth, in reading order.
    pub(crate) fn descendant(&self, name: &str) -> Option<&Element<'a>> {
        self.elements().find_map(|element| if element.name == name { Some(element) } else { element.descendant(name) })
    }

    /// All characters inside, as they are.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.collect_text(&mut text);
        text
    }

    fn collect_text(&self, text: &mut String) {
        for node in &self.children {
            match node {
                Node::Element(element) => element.collect_text(text),
                Node::Text(characters) | Node::Exact(characters) => text.push_str(characters),
            }
        }
    }
}

/// A body read as far as it goes.
#[derive(Debug, Default)]
pub(crate) struct Parsed<'a> {
    /// A nameless element around all roots.
    #[allow(dead_code, reason = "blocks are cut out of the whole tree")]
    pub root: Element<'a>,
    /// What was wrong with it, in our words.
    pub warnings: Vec<&'static str>,
}

/// Reads a body; never fails.
#[allow(dead_code, reason = "blocks are cut out of the whole tree")]
pub(crate) fn parse(storage: &str, is_block: fn(&Element<'_>) -> bool) -> Parsed<'_> {
    read(storage, is_block, None)
}

/// Reads a body and gives away one root after the other, so that never the whole tree is held; what was wrong with it.
pub(crate) fn parse_roots<'a>(
    storage: &'a str,
    is_block: fn(&Element<'_>) -> bool,
    each: &mut dyn FnMut(Node<'a>),
) -> Vec<&'static str> {
    read(storage, is_block, Some(each)).warnings
}

fn read<'a>(storage: &'a str, is_block: fn(&Element<'_>) -> bool, each: Option<Each<'a, '_>>) -> Parsed<'a> {
    let root = Element { outer: 0..storage.len(), inner: 0..storage.len(), ..Element::default() };
    let mut tree = Tree { open: vec![root], ignored: Vec::new(), warnings: Vec::new(), is_block, offset: 0, each };
    let mut rest = storage;
    for _ in 0..MAX_REPAIRS {
        match tree.read(rest) {
            None => return tree.finish(),
            Some(broken_at) => {
                tree.warn("a broken tag was read as text");
                let rest_of_it = rest.get(broken_at..).unwrap_or_default();
                let mark = rest_of_it.chars().next().map_or(0, char::len_utf8);
                tree.text(Cow::Borrowed(rest_of_it.get(..mark).unwrap_or_default()));
                rest = rest_of_it.get(mark..).unwrap_or_default();
                tree.offset = storage.len() - rest.len();
            }
        }
    }
    tree.warn("the body is too broken: its end was read as plain text");
    tree.text(Cow::Borrowed(rest));
    tree.offset = storage.len();
    tree.finish()
}

/// Takes the roots of a body.
type Each<'a, 'e> = &'e mut dyn FnMut(Node<'a>);

struct Tree<'a, 'e> {
    open: Vec<Element<'a>>,
    /// Names of open elements that lie too deep to be kept.
    ignored: Vec<&'a str>,
    warnings: Vec<&'static str>,
    is_block: fn(&Element<'_>) -> bool,
    /// Where in the body the part being read begins.
    offset: usize,
    /// Takes every root as soon as it is complete.
    each: Option<Each<'a, 'e>>,
}

impl<'a> Tree<'a, '_> {
    /// Reads on until the end (`None`) or until markup that cannot be read (its offset).
    fn read(&mut self, storage: &'a str) -> Option<usize> {
        let mut reader = Reader::from_str(storage);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        loop {
            let before = usize::try_from(reader.buffer_position()).unwrap_or(storage.len());
            match reader.read_event() {
                Ok(Event::Eof) => {
                    self.offset += storage.len();
                    return None;
                }
                Ok(event) => {
                    let after = usize::try_from(reader.buffer_position()).unwrap_or(storage.len());
                    let at = self.offset + before..self.offset + after;
                    self.event(&event, storage.get(before..after).unwrap_or_default(), at);
                }
                Err(_) => return Some(before),
            }
        }
    }

    fn event(&mut self, event: &Event<'_>, source: &'a str, at: Range<usize>) {
        match event {
            Event::Start(_) => self.open(source, at),
            Event::Empty(_) => {
                self.open(source, at.clone());
                if !is_void(element_name(source)) {
                    self.close(element_name(source), at.end..at.end);
                }
            }
            Event::End(_) => self.close(source.trim_start_matches("</").trim_end_matches('>').trim(), at),
            Event::Text(_) => self.text(Cow::Borrowed(source)),
            Event::CData(_) => {
                let exact =
                    source.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")).unwrap_or(source);
                self.push(Node::Exact(Cow::Borrowed(exact)));
            }
            Event::GeneralRef(_) => self.reference(source),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
    }

    fn reference(&mut self, source: &'a str) {
        let inner = source.trim_start_matches('&').trim_end_matches(';');
        match entities::character(inner) {
            Some(character) if source.ends_with(';') => self.text(Cow::Owned(character.to_string())),
            _ => {
                self.warn("an unknown `&…;` was read as text");
                self.text(Cow::Borrowed(source));
            }
        }
    }

    fn open(&mut self, source: &'a str, at: Range<usize>) {
        let name = element_name(source);
        if self.open.len() > MAX_DEPTH {
            self.warn("elements nest too deeply: the innermost were read as text");
            if !is_void(name) {
                self.ignored.push(name);
            }
            return;
        }
        let attributes = attributes(source, name);
        self.open.push(Element { name, attributes, outer: at.clone(), inner: at.end..at.end, ..Element::default() });
        if is_void(name) {
            self.close(name, at.end..at.end);
        }
    }

    /// Closes the innermost element of this name; `at` is where its end tag is.
    fn close(&mut self, name: &str, at: Range<usize>) {
        if let Some(at) = self.ignored.iter().rev().take(MAX_DEPTH).position(|open| *open == name) {
            self.ignored.truncate(self.ignored.len() - at - 1);
            return;
        }
        let Some(place) = self.open.iter().rposition(|element| element.name == name).filter(|place| *place > 0) else {
            if !is_void(name) {
                self.warn("an end tag without its start was skipped");
            }
            return;
        };
        if place + 1 < self.open.len() {
            self.warn("an unclosed element was closed");
        }
        while self.open.len() > place + 1 {
            self.pop(at.start..at.start);
        }
        self.pop(at);
    }

    fn pop(&mut self, at: Range<usize>) {
        let Some(mut element) = self.open.pop() else { return };
        element.inner.end = at.start;
        element.outer.end = at.end;
        element.is_block = (self.is_block)(&element);
        if let Some(parent) = self.open.last_mut() {
            parent.holds_blocks |= element.holds_blocks || element.is_block;
        }
        self.push(Node::Element(element));
        self.give_roots();
    }

    /// Gives away what lies directly in the body, if somebody takes it.
    fn give_roots(&mut self) {
        if let ([root], Some(each)) = (self.open.as_mut_slice(), &mut self.each) {
            root.children.drain(..).for_each(each);
        }
    }

    fn text(&mut self, text: Cow<'a, str>) {
        if let Some(Node::Text(last)) = self.open.last_mut().and_then(|parent| parent.children.last_mut()) {
            last.to_mut().push_str(&text);
        } else {
            self.push(Node::Text(text));
        }
    }

    fn push(&mut self, node: Node<'a>) {
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(node);
        }
    }

    fn warn(&mut self, warning: &'static str) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn finish(mut self) -> Parsed<'a> {
        if self.open.len() > 1 {
            self.warn("an unclosed element was closed");
        }
        while self.open.len() > 1 {
            self.pop(self.offset..self.offset);
        }
        self.give_roots();
        Parsed { root: self.open.pop().unwrap_or_default(), warnings: self.warnings }
    }
}

/// What a start tag of this name says.
fn attributes<'a>(tag: &'a str, name: &str) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    let inner = tag.strip_prefix('<').unwrap_or(tag);
    let inner = inner.strip_suffix("/>").or_else(|| inner.strip_suffix('>')).unwrap_or(inner);
    let mut found = Vec::new();
    if name.len() + 1 >= inner.len() {
        return found;
    }
    for attribute in Attributes::html(inner, name.len()).with_checks(false).flatten().take(MAX_ATTRIBUTES) {
        let value = if attribute.value.contains('&') {
            Cow::Owned(entities::resolve(&attribute.value))
        } else {
            attribute.value
        };
        found.push((Cow::Borrowed(attribute.key.into_inner()), value));
    }
    found
}

/// The name in a start tag.
fn element_name(tag: &str) -> &str {
    let inner = tag.strip_prefix('<').unwrap_or(tag);
    let end = inner.bytes().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
    inner.get(..end.unwrap_or(inner.len())).unwrap_or_default()
}

/// Elements of HTML that never have an end tag.
fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "col" | "input" | "wbr" | "meta")
}
