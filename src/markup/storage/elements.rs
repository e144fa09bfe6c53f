//! Storage format read into elements in one pass, however broken it is.

use std::borrow::Cow;
use std::ops::Range;

use super::entities;
use super::tokens::{Token, Tokens, attributes};

/// Elements nest this deep at most; what lies deeper is read as if its tags were not there.
pub(crate) const MAX_DEPTH: usize = 100;

const UNKNOWN_REFERENCE: &str = "an unknown `&…;` was read as text";

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
    let mut tree = Tree { open: vec![root], ignored: Vec::new(), warnings: Vec::new(), is_block, each };
    let mut tokens = Tokens::of(storage);
    for (token, at) in tokens.by_ref() {
        tree.token(token, at);
    }
    if tokens.gave_up() {
        tree.warn("the body is too broken: its end was read as plain text");
    }
    tree.finish(storage.len())
}

/// Takes the roots of a body.
type Each<'a, 'e> = &'e mut dyn FnMut(Node<'a>);

struct Tree<'a, 'e> {
    open: Vec<Element<'a>>,
    /// Names of open elements that lie too deep to be kept.
    ignored: Vec<&'a str>,
    warnings: Vec<&'static str>,
    is_block: fn(&Element<'_>) -> bool,
    /// Takes every root as soon as it is complete.
    each: Option<Each<'a, 'e>>,
}

impl<'a> Tree<'a, '_> {
    fn token(&mut self, token: Token<'a>, at: Range<usize>) {
        match token {
            Token::Start { name, attributes, is_empty } => {
                let end = at.end;
                self.open(name, attributes, at);
                if is_empty || is_void(name) {
                    self.close(name, end..end);
                }
            }
            Token::End(name) => self.close(name, at),
            Token::Text(text) => self.text(Cow::Borrowed(text)),
            Token::Exact(text) => self.push(Node::Exact(Cow::Borrowed(text))),
            Token::Reference(name) => {
                if let Some(character) = entities::character(name) {
                    self.text(Cow::Owned(character.to_string()));
                } else {
                    self.warn(UNKNOWN_REFERENCE);
                    for part in ["&", name, ";"] {
                        self.text(Cow::Borrowed(part));
                    }
                }
            }
            Token::Broken(mark) => {
                self.warn(if mark == "&" { UNKNOWN_REFERENCE } else { "a broken tag was read as text" });
                self.text(Cow::Borrowed(mark));
            }
            Token::Nothing => {}
        }
    }

    fn open(&mut self, name: &'a str, source: &'a str, at: Range<usize>) {
        if self.open.len() > MAX_DEPTH {
            self.warn("elements nest too deeply: the innermost were read as text");
            self.ignored.push(name);
            return;
        }
        let attributes = attributes(source);
        let inner = at.end..at.end;
        self.open.push(Element { name, attributes, outer: at, inner, ..Element::default() });
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
            // Most elements hold one thing; room for four in each would be most of a large table.
            if parent.children.is_empty() {
                parent.children.reserve_exact(1);
            }
            parent.children.push(node);
        }
    }

    fn warn(&mut self, warning: &'static str) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn finish(mut self, end: usize) -> Parsed<'a> {
        if self.open.len() > 1 {
            self.warn("an unclosed element was closed");
        }
        while self.open.len() > 1 {
            self.pop(end..end);
        }
        self.give_roots();
        Parsed { root: self.open.pop().unwrap_or_default(), warnings: self.warnings }
    }
}

/// Elements of HTML that never have an end tag.
fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "col" | "input" | "wbr" | "meta")
}
