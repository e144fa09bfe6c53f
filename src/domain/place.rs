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
        json_schema!({ "type": "string" })
    }
}

/// What stands in the tree besides pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A folder: a title and nothing else.
    Folder,
    /// A whiteboard.
    Whiteboard,
    /// A database.
    Database,
    /// A smart link, which the REST interface calls an embed.
    SmartLink,
}

impl NodeKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Folder, Self::Whiteboard, Self::Database, Self::SmartLink];

    /// What people call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Whiteboard => "whiteboard",
            Self::Database => "database",
            Self::SmartLink => "smart link",
        }
    }

    /// What the REST interface calls it, where it names types.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::SmartLink => "embed",
            other => other.word(),
        }
    }

    /// The kind that the REST interface calls so.
    pub fn called(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.kind() == kind)
    }
}

/// What something stands under in the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parent {
    /// A page.
    Page(ContentId),
    /// A folder or another node.
    Node(NodeKind, ContentId),
}

impl Parent {
    /// Its id.
    pub fn id(&self) -> &ContentId {
        match self {
            Self::Page(id) | Self::Node(_, id) => id,
        }
    }

    /// What people call it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Page(_) => "page",
            Self::Node(kind, _) => kind.word(),
        }
    }

    /// Wherever it is when somebody looks.
    pub fn itself(&self) -> Place {
        match self {
            Self::Page(id) => Place::Content(id.clone()),
            Self::Node(kind, id) => Place::Node(*kind, id.clone()),
        }
    }
}

/// A page, post or node of the tree where an answer says that it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Located {
    /// Which it is, or what it hangs on; `None` where the answer leaves that out.
    pub itself: Option<Parent>,
    /// The space it lies in.
    pub space: SpaceName,
    /// What it stands under.
    pub under: Under,
}

/// What something stands under, as far as an answer says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Under {
    /// The answer does not say.
    Unsaid,
    /// Nothing: it stands at the top of its space, or in no tree.
    Nothing,
    /// That.
    Parent(Parent),
}

impl From<Option<Parent>> for Under {
    fn from(parent: Option<Parent>) -> Self {
        parent.map_or(Self::Nothing, Self::Parent)
    }
}

/// Where a copied thing is, as its copy says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Copied {
    /// Id of its space.
    pub space: SpaceId,
    /// Key of its space.
    pub key: SpaceKey,
    /// It, or what it hangs on, and everything above.
    pub line: Vec<ContentId>,
    /// Whether not everybody who sees the space may read it.
    pub restricted: bool,
}

/// Where a thing is, as far as its own answer says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// This space itself, or what belongs to the space as a whole.
    Space(SpaceId),
    /// The same of the space with this key.
    SpaceKey(SpaceKey),
    /// In the tree of a space, or on something there, as an answer says.
    Located(Located),
    /// On this page or blog post; its space has to be looked up.
    Content(ContentId),
    /// Where this folder or other node is; its space has to be looked up.
    Node(NodeKind, ContentId),
    /// Where a copy says.
    Copied(Copied),
    /// In the other source of documentation of this name.
    Source(String),
    /// On the attachment's or comment's container, which its answer left out: nobody can say where it is.
    Unknown,
    /// In no space at all: people, the site itself.
    Nowhere,
}

impl Place {
    /// Something that stands in the tree of a space, or in no tree but in a space as blog posts do.
    pub fn of(itself: Parent, space: SpaceId, under: impl Into<Under>) -> Self {
        Self::Located(Located { itself: Some(itself), space: SpaceName::Id(space), under: under.into() })
    }

    /// Where something new will be: in that space, under that where it is to stand under something.
    pub fn within(space: SpaceId, under: Option<Parent>) -> Self {
        match under {
            Some(under) => Self::of(under, space, Under::Unsaid),
            None => Self::Space(space),
        }
    }
}
