//! What hangs around content: properties, templates, watchers, likes, views, groups, and when tasks were completed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::Id;

/// Everything one site knows besides its spaces, contents and people.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Properties of contents, comments, attachments and spaces, by their own ids.
    pub properties: BTreeMap<Id, Property>,
    /// Templates by id.
    pub templates: BTreeMap<Id, Template>,
    /// Account ids of whoever watches a content or space, by its id.
    pub watchers: BTreeMap<Id, BTreeSet<String>>,
    /// Account ids of whoever likes a content or comment, by its id.
    pub likes: BTreeMap<Id, BTreeSet<String>>,
    /// How often each person opened a content: content, account id, times.
    pub views: BTreeMap<Id, BTreeMap<String, u64>>,
    /// Groups by id.
    pub groups: BTreeMap<String, PeopleGroup>,
    /// Who completed a task of a body and when, by the task's id on the site; the body itself holds its status.
    pub completed: BTreeMap<Id, (String, Timestamp)>,
}

/// A key and a JSON value kept with something.
#[derive(Clone, Debug)]
pub struct Property {
    /// Numeric id.
    pub id: Id,
    /// What it is kept with: a content, comment, attachment or space.
    pub owner: Id,
    /// Its key, unique with its owner.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Number of its version; counts from 1.
    pub version: u32,
    /// The note of that version.
    pub message: String,
    /// Account id of whoever wrote that version.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last written.
    pub changed: Timestamp,
}

/// A template of pages.
#[derive(Clone, Debug)]
pub struct Template {
    /// Numeric id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The space it belongs to; `None`: the whole site.
    pub space: Option<Id>,
    /// Its body in storage format, with `at:var` elements as variables.
    pub body: String,
    /// The blueprint it belongs to, if it came with one.
    pub blueprint: Option<String>,
}

/// A group of people.
#[derive(Clone, Debug)]
pub struct PeopleGroup {
    /// Its id, a UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Account ids of its members.
    pub members: BTreeSet<String>,
}
