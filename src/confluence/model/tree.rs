//! Copies and long tasks, as v1 answers them.

use serde::Deserialize;

use crate::domain::ids::{ContentId, LongTaskId};

use super::{Links, WrittenVersion};

/// A page as v1 answers it after it was copied.
#[derive(Clone, Debug, Deserialize)]
pub struct CopiedPage {
    /// Its id.
    pub id: ContentId,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its version.
    #[serde(default)]
    pub version: Option<WrittenVersion>,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// What a request that begins a long task is answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Begun {
    /// The task's id.
    pub id: LongTaskId,
}

/// A long task.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LongTask {
    /// How much is done.
    #[serde(default)]
    pub percentage_complete: u8,
    /// Whether it has come to its end.
    #[serde(default)]
    pub finished: bool,
    /// Whether that was a good one; says nothing before.
    #[serde(default)]
    pub successful: bool,
    /// What it has to say.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// What went wrong.
    #[serde(default)]
    pub errors: Vec<Message>,
    /// What it has made.
    #[serde(default)]
    pub additional_details: Details,
}

/// What a long task says.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Message {
    /// In words.
    #[serde(default)]
    pub translation: Option<String>,
}

/// What a long task has made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// The uppermost page of a copied tree.
    #[serde(default)]
    pub destination_id: Option<ContentId>,
}

impl LongTask {
    /// What went wrong, in Confluence's words.
    pub fn complaint(&self) -> Option<&str> {
        self.errors.iter().chain(&self.messages).find_map(|message| message.translation.as_deref())
    }
}
