//! What hangs around content, as Confluence answers it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::ids::{AccountId, ContentId, SpaceId};
use crate::domain::place::{Located, Parent, Place, SpaceName, Under};

use super::{BodySet, HitSpace, List, User, Version};

/// A property of a content or space.
#[derive(Clone, Debug, Deserialize)]
pub struct Property {
    /// Its id.
    pub id: String,
    /// Its key.
    pub key: String,
    /// Its value.
    #[serde(default)]
    pub value: Value,
    /// Its version.
    #[serde(default)]
    pub version: Option<Version>,
}

/// How many.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Count {
    /// So many.
    pub count: u64,
}

/// Somebody who likes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Liker {
    /// The account.
    pub account_id: AccountId,
}

/// A task on a page or blog post.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id on the site.
    pub id: String,
    /// The space it is in.
    #[serde(default)]
    pub space_id: Option<SpaceId>,
    /// The page it is on.
    #[serde(default)]
    pub page_id: Option<ContentId>,
    /// The blog post it is on.
    #[serde(default)]
    pub blog_post_id: Option<ContentId>,
    /// `complete` or `incomplete`.
    #[serde(default)]
    pub status: String,
    /// What is to be done.
    #[serde(default)]
    pub body: Option<BodySet>,
    /// Who shall do it.
    #[serde(default)]
    pub assigned_to: Option<AccountId>,
    /// By when.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// Who did it.
    #[serde(default)]
    pub completed_by: Option<AccountId>,
    /// When it was done.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
}

impl Task {
    /// The page or blog post it is on.
    pub fn container(&self) -> Option<&ContentId> {
        self.page_id.as_ref().or(self.blog_post_id.as_ref())
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        let itself = || self.container().cloned();
        match self.space_id.clone() {
            Some(space) => Place::Located(Located {
                itself: itself().map(Parent::Page),
                space: SpaceName::Id(space),
                under: Under::Unsaid,
            }),
            None => itself().map_or(Place::Unknown, Place::Content),
        }
    }
}

/// A template of pages, as v1 answers it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// Its id.
    #[serde(default)]
    pub template_id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The space it belongs to; the whole site's have none.
    #[serde(default)]
    pub space: Option<HitSpace>,
    /// Its body, where one was asked for.
    #[serde(default)]
    pub body: Option<BodySet>,
}

impl Template {
    /// Where it is: in its space, or nowhere where it is the whole site's.
    pub fn place(&self) -> Place {
        self.space.as_ref().map_or(Place::Nowhere, |space| Place::SpaceKey(space.key.clone()))
    }
}

/// The restrictions of a content, as v1 answers them.
#[derive(Clone, Debug, Deserialize)]
pub struct Restrictions {
    /// Who may read it.
    #[serde(default)]
    pub read: Option<Restriction>,
    /// Who may change it.
    #[serde(default)]
    pub update: Option<Restriction>,
}

impl Restrictions {
    /// Whether only some may read it; `None` where the answer does not say who may.
    pub fn restricts_reading(&self) -> Option<bool> {
        let through = self.read.as_ref()?.restrictions.as_ref()?;
        let people = through.user.as_ref().map(|people| !people.results.is_empty());
        let groups = through.group.as_ref().map(|groups| !groups.results.is_empty());
        match (people, groups) {
            (None, None) => None,
            (people, groups) => Some(people == Some(true) || groups == Some(true)),
        }
    }
}

/// The restriction of one operation.
#[derive(Clone, Debug, Deserialize)]
pub struct Restriction {
    /// Who is let through; nobody named means that everybody is.
    #[serde(default)]
    pub restrictions: Option<LetThrough>,
}

/// People and groups who are let through.
#[derive(Clone, Debug, Deserialize)]
pub struct LetThrough {
    /// People.
    #[serde(default)]
    pub user: Option<List<User>>,
    /// Groups.
    #[serde(default)]
    pub group: Option<List<PeopleGroup>>,
}

/// A group of people.
#[derive(Clone, Debug, Deserialize)]
pub struct PeopleGroup {
    /// Its id.
    #[serde(default)]
    pub id: Option<String>,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// A watch, as v1 answers it.
#[derive(Clone, Debug, Deserialize)]
pub struct Watch {
    /// Who watches.
    pub watcher: User,
}

/// A permission in a space.
#[derive(Clone, Debug, Deserialize)]
pub struct Permission {
    /// Who has it.
    pub principal: Principal,
    /// What it allows.
    pub operation: Allowed,
}

/// A person, group or role that has a permission.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Principal {
    /// `user`, `group` or `role`.
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Account id, or id of the group or role.
    #[serde(default)]
    pub id: String,
}

/// An operation on a kind of thing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allowed {
    /// `read`, `create`, `delete`, ….
    #[serde(default)]
    pub key: String,
    /// `page`, `space`, ….
    #[serde(default)]
    pub target_type: String,
}

/// Whether an account watches something.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Watching {
    /// It does.
    pub watching: bool,
}
