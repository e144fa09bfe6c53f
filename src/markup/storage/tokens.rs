//! Storage format cut into tags, references and text in one pass, nothing copied, however broken it is.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

use super::entities;

/// Markup that never ends is read as text and reading goes on behind it; after this many the rest is plain text.
const MAX_REPAIRS: usize = 32;
/// Attributes read of one element; the rest is skipped.
const MAX_ATTRIBUTES: usize = 64;
/// No reference is longer, in bytes between `&` and `;`.
const MAX_REFERENCE: usize = 32;

/// One piece of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag: its name, what follows the name, and whether it ends its element too.
    Start {
        name: &'a str,
        attributes: &'a str,
        is_empty: bool,
    },
    End(&'a str),
    Text(&'a str),
    /// What a CDATA section holds.
    Exact(&'a str),
    /// What stands between `&` and `;`.
    Reference(&'a str),
    /// A mark that was meant to be text, or markup without an end.
    Broken(&'a str),
    /// Comments, declarations and instructions.
    Nothing,
}

/// Cuts a body into pieces, each with its bytes.
pub(crate) struct Tokens<'a> {
    storage: &'a str,
    at: usize,
    repairs: usize,
}

impl<'a> Tokens<'a> {
    pub(crate) fn of(storage: &'a str) -> Self {
        Self { storage, at: 0, repairs: 0 }
    }

    /// Whether so much was broken that the end was read as plain text.
    pub(super) fn gave_up(&self) -> bool {
        self.repairs > MAX_REPAIRS
    }

    /// The piece `rest` begins with and its length; nothing where markup has no end.
    fn first(rest: &'a str) -> Option<(Token<'a>, usize)> {
        let bytes = rest.as_bytes();
        match (bytes.first(), bytes.get(1)) {
            (Some(b'<'), Some(b'/')) => end_tag(rest),
            (Some(b'<'), Some(b'?')) => skipped(rest, "?>"),
            (Some(b'<'), Some(b'!')) => {
                if let Some(exact) = rest.strip_prefix("<![CDATA[") {
                    let end = exact.find("]]>")?;
                    Some((Token::Exact(exact.get(..end)?), end + 12))
                } else if rest.starts_with("<!--") {
                    let (_, end) = skipped(rest.get(4..)?, "-->")?;
                    Some((Token::Nothing, end + 4))
                } else {
                    declaration(rest)
                }
            }
            (Some(b'<'), Some(first)) if first.is_ascii_alphabetic() || *first == b'_' || *first >= 0x80 => {
                start_tag(rest)
            }
            (Some(b'<'), _) => Some((Token::Broken(rest.get(..1)?), 1)),
            (Some(b'&'), _) => {
                let body = rest.bytes().skip(1).take(MAX_REFERENCE + 1);
                let end = body.into_iter().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#');
                match end.filter(|end| *end > 0 && bytes.get(end + 1) == Some(&b';')) {
                    Some(end) => Some((Token::Reference(rest.get(1..=end)?), end + 2)),
                    None => Some((Token::Broken(rest.get(..1)?), 1)),
                }
            }
            _ => {
                let end = memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
                Some((Token::Text(rest.get(..end)?), end))
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Token<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.storage.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (token, length) = if self.gave_up() {
            (Token::Text(rest), rest.len())
        } else {
            Self::first(rest).unwrap_or_else(|| {
                self.repairs += 1;
                (Token::Broken(rest.get(..1).unwrap_or_default()), 1)
            })
        };
        let from = self.at;
        self.at += length;
        Some((token, from..self.at))
    }
}

fn skipped<'a>(rest: &'a str, end: &str) -> Option<(Token<'a>, usize)> {
    rest.find(end).map(|at| (Token::Nothing, at + end.len()))
}

/// A declaration; what a document type says in square brackets is part of it, and means nothing.
fn declaration(rest: &str) -> Option<(Token<'_>, usize)> {
    let mut is_inside = false;
    let end = rest.bytes().position(|byte| {
        is_inside = (is_inside || byte == b'[') && byte != b']';
        byte == b'>' && !is_inside
    })?;
    Some((Token::Nothing, end + 1))
}

fn end_tag(rest: &str) -> Option<(Token<'_>, usize)> {
    let end = rest.bytes().skip(2).position(|byte| byte == b'>' || byte == b'<')? + 2;
    if rest.as_bytes().get(end) == Some(&b'<') {
        return Some((Token::Broken(rest.get(..1)?), 1));
    }
    Some((Token::End(rest.get(2..end)?.trim()), end + 1))
}

fn start_tag(rest: &str) -> Option<(Token<'_>, usize)> {
    let mut quote = 0;
    let end = rest.bytes().skip(1).position(|byte| match (quote, byte) {
        (0, b'>' | b'<') => true,
        (0, b'"' | b'\'') => {
            quote = byte;
            false
        }
        _ => {
            if byte == quote {
                quote = 0;
            }
            false
        }
    })?;
    if rest.as_bytes().get(end + 1) == Some(&b'<') {
        return Some((Token::Broken(rest.get(..1)?), 1));
    }
    let inner = rest.get(1..=end)?;
    let (inner, is_empty) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
    let name = inner.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'/').unwrap_or(inner.len());
    let (name, attributes) = (inner.get(..name)?, inner.get(name..)?);
    Some((Token::Start { name, attributes, is_empty }, end + 2))
}

/// What a start tag says behind its name; entities in values are resolved.
pub(super) fn attributes(source: &str) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let mut found = Vec::new();
    let is_gap = |sign: char| sign.is_ascii_whitespace() || matches!(sign, '/' | '=');
    let mut rest = source.trim_start_matches(is_gap);
    while !rest.is_empty() && found.len() < MAX_ATTRIBUTES {
        let end = rest.find(is_gap).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let behind = behind.trim_ascii_start();
        let (value, behind) = match behind.strip_prefix('=').map(str::trim_ascii_start) {
            None => ("", behind),
            Some(value) => match value.as_bytes().first() {
                Some(b'"') => quoted(value, '"'),
                Some(b'\'') => quoted(value, '\''),
                _ => value.split_at(value.find(|sign: char| sign.is_ascii_whitespace()).unwrap_or(value.len())),
            },
        };
        let value = if value.contains('&') { Cow::Owned(entities::resolve(value)) } else { Cow::Borrowed(value) };
        found.push((Cow::Borrowed(name), value));
        rest = behind.trim_start_matches(is_gap);
    }
    found
}

/// A value in quotes and what follows it.
fn quoted(value: &str, quote: char) -> (&str, &str) {
    let inner = value.get(1..).unwrap_or_default();
    inner.split_once(quote).unwrap_or((inner, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(storage: &str) -> Vec<Token<'_>> {
        let mut at = 0;
        let mut found = Vec::new();
        for (token, range) in Tokens::of(storage) {
            assert_eq!(range.start, at);
            at = range.end;
            found.push(token);
        }
        assert_eq!(at, storage.len());
        found
    }

    #[test]
    fn well_formed_markup_is_told_apart() {
        let start = |name, attributes, is_empty| Token::Start { name, attributes, is_empty };
        let storage = "a<p x='>'>&amp;<br/></p ><![CDATA[<b>&]]><!-- > --><!DOCTYPE x [<!ENTITY y \">\">]><?z?>";
        let expected = [
            Token::Text("a"),
            start("p", " x='>'", false),
            Token::Reference("amp"),
            start("br", "", true),
            Token::End("p"),
            Token::Exact("<b>&"),
            Token::Nothing,
            Token::Nothing,
            Token::Nothing,
        ];
        assert_eq!(tokens(storage), expected);
    }

    #[test]
    fn broken_markup_becomes_text_bit_by_bit() {
        let broken = Token::Broken("<");
        assert_eq!(tokens("< b"), [broken, Token::Text(" b")]);
        assert_eq!(tokens("<p <"), [broken, Token::Text("p "), broken]);
        assert_eq!(tokens("</p<"), [broken, Token::Text("/p"), broken]);
        assert_eq!(tokens("&x &"), [Token::Broken("&"), Token::Text("x "), Token::Broken("&")]);
        assert_eq!(tokens("<![CDATA["), [broken, Token::Text("![CDATA[")]);
        assert_eq!(tokens(&"<a '".repeat(100)).len(), 200);
        assert_eq!(tokens(&"<![CDATA[".repeat(100)).len(), 2 * MAX_REPAIRS + 2);
    }

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let found = attributes(" a=\"1 &lt; 2\" b = 'x' c d=e/f ==\"\" g='open");
        let found: Vec<_> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(found, [("a", "1 < 2"), ("b", "x"), ("c", ""), ("d", "e/f"), ("\"\"", ""), ("g", "open")]);
    }
}
