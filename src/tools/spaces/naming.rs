//! Names and descriptions of spaces as callers give them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::domain::text::is_invisible;

/// Longest name of a space, in characters.
const NAME: usize = 200;
/// Longest description of a space, in characters.
const DESCRIPTION: usize = 5_000;

/// The name of a space: visible, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naming(pub(super) String);

/// The description of a space: plain text, perhaps empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct About(pub(super) String);

impl<'de> Deserialize<'de> for Naming {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let name = text.trim();
        let fits = (1..=NAME).contains(&name.chars().count());
        if fits && !name.chars().any(|sign| sign.is_control() || is_invisible(sign)) {
            Ok(Self(name.to_owned()))
        } else {
            Err(de::Error::custom("a space's name has 1 to 200 characters on one line, all of them visible"))
        }
    }
}

impl<'de> Deserialize<'de> for About {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().nth(DESCRIPTION).is_none() && !text.chars().any(is_invisible) {
            Ok(Self(text))
        } else {
            Err(de::Error::custom("a space's description has at most 5000 characters, all of them visible"))
        }
    }
}

impl JsonSchema for Naming {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "SpaceTitle".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 200 })
    }
}

impl JsonSchema for About {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "SpaceDescription".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 5000 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_visible_lines_and_descriptions_may_have_many() {
        assert_eq!(serde_json::from_str::<Naming>("\" Help desk \"").unwrap(), Naming("Help desk".into()));
        for bad in ["\"\"", "\" \"", "\"a\\nb\"", "\"a\\u202eb\""] {
            assert!(serde_json::from_str::<Naming>(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<About>("\"a\\nb\"").is_ok());
        assert!(serde_json::from_str::<About>("\"a\\u200bb\"").is_err());
    }
}
