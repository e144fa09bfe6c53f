//! What stands in the tree, as Confluence answers it: whole nodes, and lines of a list of everything below one.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::ids::{AccountId, ContentId, SpaceId};
use crate::domain::place::{NodeKind, Parent, Place};

use super::pages::{standing, stands_under};
use super::{Links, Version};

/// A folder, whiteboard, database or smart link.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeNode {
    /// Its id.
    pub id: ContentId,
    /// `current`, `archived`, `trashed`, ….
    #[serde(default)]
    pub status: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// What it lies under.
    #[serde(default)]
    pub parent_id: Option<ContentId>,
    /// What that is: `page`, `folder`, `whiteboard`, `database` or `embed`.
    #[serde(default)]
    pub parent_type: Option<String>,
    /// Who made it.
    #[serde(default)]
    pub author_id: Option<AccountId>,
    /// When it was made.
    #[serde(default, deserialize_with = "moment")]
    pub created_at: Option<Timestamp>,
    /// Its present version.
    #[serde(default)]
    pub version: Option<Version>,
    /// Where a smart link leads.
    #[serde(default)]
    pub embed_url: Option<String>,
    /// The space it lives in.
    pub space_id: SpaceId,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

impl TreeNode {
    /// Where it is, being of that kind.
    pub fn place(&self, kind: NodeKind) -> Place {
        Place::of(Parent::Node(kind, self.id.clone()), self.space_id.clone(), self.parent())
    }

    /// What it stands under; nothing at the top of its space.
    pub fn parent(&self) -> Option<Parent> {
        stands_under(self.parent_id.as_ref(), self.parent_type.as_deref())
    }
}

/// Folders tell their creation in milliseconds, everything else in words; what is neither is not told.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(milliseconds) => {
            milliseconds.as_i64().and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

/// Something below a page or node, in a list of all that is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descendant {
    /// Its id.
    pub id: ContentId,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// `page`, `folder`, `whiteboard`, `database`, `embed`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// What it lies under.
    #[serde(default)]
    pub parent_id: Option<ContentId>,
    /// How many levels below.
    #[serde(default)]
    pub depth: u32,
    /// Its order among its siblings.
    #[serde(default)]
    pub child_position: Option<i64>,
}

impl Descendant {
    /// It, as something that others stand under.
    pub fn itself(&self) -> Parent {
        standing(self.id.clone(), self.kind.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_milliseconds_or_in_words() {
        let read = |created: Value| {
            let node = serde_json::json!({ "id": "1", "spaceId": "2", "createdAt": created });
            serde_json::from_value::<TreeNode>(node).unwrap().created_at.map(Timestamp::as_millisecond)
        };
        assert_eq!(read(serde_json::json!(1_700_000_000_000_i64)), Some(1_700_000_000_000));
        assert_eq!(read(serde_json::json!("2023-11-14T22:13:20.000Z")), Some(1_700_000_000_000));
        assert_eq!(read(serde_json::json!({})), None);
    }
}
