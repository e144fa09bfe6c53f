//! Hits of a search as Confluence answers them.

use serde::Deserialize;

use crate::domain::ids::{ContentId, SpaceKey};
use crate::domain::place::{Located, NodeKind, Parent, Place, SpaceName, Under};

use super::{Label, List, Restrictions, User, WrittenVersion};

/// One hit of a v1 search.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// The content found; spaces and people have none.
    #[serde(default)]
    pub content: Option<HitContent>,
    /// The space found.
    #[serde(default)]
    pub space: Option<HitSpace>,
    /// The person found.
    #[serde(default)]
    pub user: Option<User>,
    /// Its title, with `@@@hl@@@` marks.
    #[serde(default)]
    pub title: String,
    /// An excerpt, with `@@@hl@@@` marks.
    #[serde(default)]
    pub excerpt: String,
    /// The page people open, relative to the site.
    #[serde(default)]
    pub url: String,
    /// When it was last changed.
    #[serde(default)]
    pub last_modified: Option<String>,
}

impl Hit {
    /// Where the hit is; people are nowhere.
    pub fn place(&self) -> Place {
        let space = self.content.as_ref().and_then(|content| content.space.as_ref()).or(self.space.as_ref());
        match (space, &self.content) {
            (Some(space), Some(content)) => Place::Located(Located {
                itself: content.standing(),
                space: SpaceName::Key(space.key.clone()),
                under: Under::Unsaid,
            }),
            (Some(space), None) => Place::SpaceKey(space.key.clone()),
            (None, Some(content)) => content.id.parse().map_or(Place::Unknown, Place::Content),
            (None, None) if self.user.is_some() => Place::Nowhere,
            (None, None) => Place::Unknown,
        }
    }
}

/// The content of a v1 hit; attachments have ids like `att1`.
#[derive(Clone, Debug, Deserialize)]
pub struct HitContent {
    /// Its id.
    pub id: String,
    /// `page`, `blogpost`, `comment`, `attachment`, `folder`, ….
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its space, where expanded.
    #[serde(default)]
    pub space: Option<HitSpace>,
    /// Its version, where expanded.
    #[serde(default)]
    pub version: Option<WrittenVersion>,
}

impl HitContent {
    /// It, where it stands in the tree itself; a comment or file does not say what it hangs on.
    fn standing(&self) -> Option<Parent> {
        let id = || self.id.parse::<ContentId>().ok();
        match self.kind.as_str() {
            "page" | "blogpost" => id().map(Parent::Page),
            kind => NodeKind::called(kind).and_then(|kind| Some(Parent::Node(kind, id()?))),
        }
    }
}

/// The space of a v1 hit.
#[derive(Clone, Debug, Deserialize)]
pub struct HitSpace {
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// Labels and restrictions of a content that a v1 search found.
#[derive(Clone, Debug, Deserialize)]
pub struct HitDetails {
    /// Its id; that of a file begins with `att`.
    pub id: String,
    /// Where its labels are.
    #[serde(default)]
    pub metadata: Option<HitMetadata>,
    /// Who alone may read it, where not everybody may.
    #[serde(default)]
    pub restrictions: Option<Restrictions>,
}

/// What a v1 search knows about a content besides.
#[derive(Clone, Debug, Deserialize)]
pub struct HitMetadata {
    /// Its labels.
    #[serde(default)]
    pub labels: Option<List<Label>>,
}

/// How many things a v1 search found.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// All of them, not only those answered.
    #[serde(default)]
    pub total_size: Option<u64>,
}
