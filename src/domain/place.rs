//! Where a thing is: the space that policy judges by, or what leads to it.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::ids::{BadId, ContentId, SpaceId, SpaceKey};

/// A space as people and agents name it: by key or by numeric id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpaceName {
    /// By key, such as `IT`.
    Key(SpaceKey),
    /// By numeric id.
    Id(SpaceId),
}

impl SpaceName {
    /// The space as a place.
    pub fn place(&self) -> Place {
        match self {
            Self::Key(key) => Place::SpaceKey(key.clone()),
            Self::Id(id) => Place::Space(id.clone()),
        }
    }
}

impl FromStr for SpaceName {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        // A key of digits alone cannot be told from an id; Confluence makes such keys rarely, ids always.
        text.parse().map(Self::Id).or_else(|_| text.parse().map(Self::Key))
    }
}

impl fmt::Display for SpaceName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => key.fmt(formatter),
            Self::Id(id) => id.fmt(formatter),
        }
    }
}

impl Serialize for SpaceName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpaceName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for SpaceName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "SpaceName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^~?[A-Za-z0-9:_-]{1,255}$" })
    }
}

/// Where a thing is, as far as its own answer says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In this space.
    Space(SpaceId),
    /// In the space with this key.
    SpaceKey(SpaceKey),
    /// On this page or blog post; its space has to be looked up.
    Content(ContentId),
    /// On the attachment's or comment's container, which its answer left out: nobody can say where it is.
    Unknown,
    /// In no space at all: people, the site itself.
    Nowhere,
}
