//! Spaces as Confluence answers them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{AccountId, ContentId, SpaceId, SpaceKey};

use super::{BodyText, Links};

/// A space.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `global`, `collaboration`, `knowledge_base`, `personal`, ….
    #[serde(default, rename = "type")]
    pub kind: String,
    /// `current`, `archived` or `trashed`.
    #[serde(default)]
    pub status: String,
    /// Who made it.
    #[serde(default)]
    pub author_id: Option<AccountId>,
    /// Its homepage.
    #[serde(default)]
    pub homepage_id: Option<ContentId>,
    /// Its description, where asked for.
    #[serde(default)]
    pub description: Option<Description>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

impl Space {
    /// The plain description, empty where there is none.
    pub fn plain_description(&self) -> &str {
        self.description.as_ref().and_then(|description| description.plain.as_ref()).map_or("", |text| &text.value)
    }
}

/// The description of a space.
#[derive(Clone, Debug, Deserialize)]
pub struct Description {
    /// As plain text.
    #[serde(default)]
    pub plain: Option<BodyText>,
}

/// A space as v1 answers it after a write; its id is a number there.
#[derive(Clone, Debug, Deserialize)]
pub struct WrittenSpace {
    /// Its id.
    #[serde(default)]
    pub id: Option<u64>,
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}
