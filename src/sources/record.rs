//! What is known of a source that was added: its name, its kind, its place.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::connect::ConnectionName;
use crate::index::ShardName;

/// What people call a source, such as `runbooks`: 1 to 40 lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceName {
    name: ConnectionName,
    shard: ShardName,
}

/// A name that no source can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a source's name has 1 to 40 lower-case letters, digits and dashes, and does not begin with a dash")]
pub struct SourceNameError;

impl SourceName {
    /// As people write it.
    pub fn as_str(&self) -> &str {
        self.name.as_str()
    }

    /// The name of its file, which follows the rules that connections' names do.
    pub const fn file(&self) -> &ConnectionName {
        &self.name
    }

    /// Its part of the index.
    pub const fn shard(&self) -> &ShardName {
        &self.shard
    }

    /// The name whose file that is.
    pub(super) fn of_file(name: &ConnectionName) -> Option<Self> {
        Some(Self { name: name.clone(), shard: ShardName::of_source(name.as_str())? })
    }
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    fn from_str(name: &str) -> Result<Self, SourceNameError> {
        name.parse().ok().and_then(|name| Self::of_file(&name)).ok_or(SourceNameError)
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(formatter)
    }
}

impl Serialize for SourceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SourceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Documents of IT Glue.
    ItGlue,
    /// Articles of Hudu's knowledge base.
    Hudu,
    /// Markdown and HTML files in a folder of this machine.
    Folder,
}

impl SourceKind {
    /// What it is called in commands and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ItGlue => "itglue",
            Self::Hudu => "hudu",
            Self::Folder => "folder",
        }
    }

    /// In words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ItGlue => "IT Glue",
            Self::Hudu => "Hudu",
            Self::Folder => "folder",
        }
    }

    /// Whether it is read with a key.
    pub const fn has_key(self) -> bool {
        matches!(self, Self::ItGlue | Self::Hudu)
    }
}

/// Everything about a source that anyone with its file may see. Where it has a key, it is sealed against changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRecord {
    /// Random, never given twice: another source of the same name has another.
    pub id: String,
    /// What people call it.
    pub name: SourceName,
    /// What it is.
    pub kind: SourceKind,
    /// The base address of its API, or the path of its folder.
    pub place: String,
    /// What the addresses of a folder's files begin with, where they can be read elsewhere; otherwise they are `file:`.
    pub links: Option<String>,
    /// When it was added.
    pub added_at: Timestamp,
}

/// The parts of the index that sources fill and an agent may search: without a scope all of them, with one those that
/// it names and no other. Names that no source has mean nothing.
pub fn visible<'a, T: AsRef<str>>(
    all: impl IntoIterator<Item = &'a SourceName>,
    scope: Option<&[T]>,
) -> Vec<ShardName> {
    let names = |name: &str| scope.is_none_or(|named| named.iter().any(|named| named.as_ref() == name));
    all.into_iter().filter(|name| names(name.as_str())).map(|name| name.shard().clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_a_scope_only_named_sources_are_seen_and_without_one_all() {
        let all: Vec<SourceName> = ["hudu", "runbooks"].map(|name| name.parse().unwrap()).into();
        let seen =
            |scope: Option<&[&str]>| -> Vec<String> { visible(&all, scope).iter().map(ToString::to_string).collect() };
        assert_eq!(seen(None), ["source-hudu", "source-runbooks"]);
        assert_eq!(seen(Some(&["hudu", "source-runbooks", "HUDU"])), ["source-hudu"]);
        assert_eq!(seen(Some(&[])), [""; 0]);
    }

    #[test]
    fn names_with_which_a_path_could_be_left_are_none() {
        for name in ["", "-a", "a/b", "..", "A", "ä", &"a".repeat(41)] {
            assert_eq!(name.parse::<SourceName>(), Err(SourceNameError), "{name}");
        }
    }
}
