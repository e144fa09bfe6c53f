//! Properties of pages and spaces as tools answer them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::confluence::model::{List, Property};
use crate::confluence::reply::Reply;
use crate::domain::ids::Cursor;
use crate::domain::text::{clean_text, is_invisible, quoted};
use crate::tools::answer::Text;
use crate::tools::{ToolError, listing};

/// Longest value in a list, in characters.
const LONGEST: usize = 500;

/// The key of a property: 1 to 255 visible characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyKey(String);

impl PropertyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for PropertyKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if (1..=255).contains(&text.chars().count()) && !text.chars().any(is_invisible) {
            Ok(Self(text))
        } else {
            Err(de::Error::custom("the key of a property has 1 to 255 visible characters"))
        }
    }
}

impl JsonSchema for PropertyKey {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "PropertyKey".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 255 })
    }
}

/// Properties.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Properties {
    /// The properties.
    properties: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Its key.
    key: String,
    /// Its value as JSON, cut where it is long.
    value: String,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
}

impl Properties {
    /// Those of an answer; with `whole` values are not cut.
    pub fn of(reply: &Reply, whole: bool) -> Result<Self, ToolError> {
        let found: List<Property> = reply.json()?;
        let line = |property: &Property| {
            let value = clean_text(&property.value.to_string()).text;
            let cut = value.char_indices().nth(LONGEST).filter(|_| !whole);
            Line {
                key: clean_text(&property.key).text,
                value: match cut {
                    Some((end, _)) => format!("{} [cut]", value.get(..end).unwrap_or_default()),
                    None => value,
                },
                version: property.version.as_ref().map(|version| version.number.0),
            }
        };
        Ok(Self { properties: found.results.iter().map(line).collect(), next_cursor: reply.next_cursor() })
    }
}

impl Text for Properties {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let version = line.version.map(|version| format!(" · v{version}")).unwrap_or_default();
            format!("- {}{version} · {}", quoted(&line.key, 255), quoted(&line.value, LONGEST + 10))
        };
        listing::text(self.properties.iter().map(line), "No such properties here.", self.next_cursor.as_ref())
    }
}
