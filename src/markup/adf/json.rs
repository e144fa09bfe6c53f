//! JSON read into nodes as far as it goes: neither depth nor size nor wrong types do harm.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use super::escapes::without_lone_surrogates;
use super::values::ValueSeed;
use crate::markup::storage::MAX_DEPTH;

/// Objects and lists nest this deep at most; what lies deeper is left out. `serde_json` itself gives up at 128.
const MAX_LEVELS: usize = MAX_DEPTH;
/// Nodes and values kept of one document; a body of the size that Confluence takes has fewer.
const MAX_PARTS: usize = 400_000;

/// One node; what is of another type than it should be is absent.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub kind: String,
    pub text: String,
    pub attributes: Value,
    pub marks: Value,
    pub content: Vec<Node>,
}

impl Node {
    /// One attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.as_object()?.get(name)
    }

    /// A text among the attributes that says anything.
    pub(super) fn say(&self, name: &str) -> Option<&str> {
        self.attribute(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A number among the attributes, even where it is written as text.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let value = self.attribute(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers come as 75.0 too; the cast saturates")]
        let whole = || value.as_f64().map(|number| number as i64);
        value.as_i64().or_else(whole).or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// The marks: type and attributes of each.
    pub(super) fn marks(&self) -> impl Iterator<Item = (&str, Option<&Map<String, Value>>)> {
        let marks = self.marks.as_array().map(Vec::as_slice).unwrap_or_default();
        marks.iter().filter_map(|mark| {
            let attributes = mark.get("attrs").and_then(Value::as_object);
            Some((mark.get("type")?.as_str()?, attributes))
        })
    }

    /// A text among the attributes of a mark.
    pub(super) fn mark(&self, kind: &str, attribute: &str) -> Option<&str> {
        let (_, attributes) = self.marks().find(|(name, _)| *name == kind)?;
        attributes?.get(attribute)?.as_str()
    }
}

/// A document as it was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub content: Vec<Node>,
    pub warnings: Vec<String>,
}

/// Reads a document, or what the API wraps around one.
pub(super) fn read(json: &str) -> Read {
    let (mut read, carried) = read_once(json);
    if let Some(carried) = carried.filter(|_| read.content.iter().all(|node| node.content.is_empty())) {
        read = read_once(&carried).0;
    }
    read
}

fn read_once(json: &str) -> (Read, Option<String>) {
    let json = without_lone_surrogates(json.trim_start_matches('\u{feff}'));
    let mut builder = Builder { parts: MAX_PARTS, ..Builder::default() };
    builder.open.push(Node::default());
    let mut reader = Deserializer::from_str(&json);
    let result = NodeSeed { builder: &mut builder, level: 0 }.deserialize(&mut reader);
    let mut warnings = Vec::new();
    if let Err(error) = result.and_then(|()| reader.end()) {
        let (line, column) = (error.line(), error.column());
        warnings.push(format!("the JSON is broken at line {line}, column {column}: it was read up to there"));
    }
    if builder.is_cut {
        warnings.push("the document nests too deeply or has too many parts: some were left out".to_owned());
    }
    while builder.open.len() > 1 {
        builder.close();
    }
    let content = builder.open.pop().map(|root| root.content).unwrap_or_default();
    if warnings.is_empty() && content.is_empty() && builder.carried.is_none() {
        warnings.push("this is no ADF: there is no node in it".to_owned());
    }
    (Read { content, warnings }, builder.carried)
}

#[derive(Default)]
pub(super) struct Builder {
    /// The nodes being read, each inside the one before it; the first holds the document.
    open: Vec<Node>,
    /// A document within a text, as the API gives it.
    carried: Option<String>,
    /// How many more may be kept.
    parts: usize,
    pub is_cut: bool,
}

impl Builder {
    /// Whether one more may be kept.
    pub(super) fn takes(&mut self) -> bool {
        self.is_cut |= self.parts == 0;
        self.parts = self.parts.saturating_sub(1);
        self.parts > 0
    }

    /// Ends the innermost node; what says nothing at all is dropped.
    fn close(&mut self) {
        let Some(node) = self.open.pop() else { return };
        let is_nothing = node.kind.is_empty() && node.text.is_empty() && node.content.is_empty();
        if let Some(parent) = self.open.last_mut().filter(|_| !is_nothing) {
            parent.content.push(node);
        }
    }
}

/// A node, or a list of them.
struct NodeSeed<'b> {
    builder: &'b mut Builder,
    level: usize,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.level >= MAX_LEVELS || !self.builder.takes() {
            self.builder.is_cut = true;
            // Skipping is no recursion.
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        deserializer.deserialize_any(self)
    }
}

/// What a value of another type says: nothing.
macro_rules! ignored {
    ($($method:ident: $type:ty),*) => {
        $(fn $method<E: serde::de::Error>(self, _: $type) -> Result<Self::Value, E> {
            Ok(())
        })*
    };
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a node")
    }

    ignored!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let level = self.level + 1;
        while list.next_element_seed(NodeSeed { builder: self.builder, level })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { builder, level } = self;
        let level = level + 1;
        builder.open.push(Node::default());
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "content" | "body" | "atlas_doc_format" => map.next_value_seed(NodeSeed { builder, level })?,
                "type" | "text" | "attrs" | "marks" | "value" => {
                    let value = map.next_value_seed(ValueSeed::new(builder))?;
                    let Some(node) = builder.open.last_mut() else { continue };
                    match (&*key, value) {
                        ("type", Value::String(kind)) => node.kind = kind,
                        ("text", Value::String(text)) => node.text = text,
                        ("attrs", attributes) => node.attributes = attributes,
                        ("marks", marks) => node.marks = marks,
                        ("value", Value::String(document)) if builder.open.len() <= 4 => {
                            builder.carried = Some(document);
                        }
                        _ => {}
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        builder.close();
        Ok(())
    }
}
