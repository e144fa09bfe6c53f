//! Tools of the group Pages: pages and blog posts, their comments, labels and versions.

pub mod body;
mod change;
mod get_page;
pub mod header;
mod update_page;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::confluence::model::Page;
use crate::domain::limits;

use super::answer::Written;
use super::{Context, Entry};

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[Entry::read::<get_page::GetPage>(), Entry::write::<update_page::UpdatePage>()];

/// A title: 1 to 255 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// The title as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = (1..=limits::TITLE).contains(&text.trim().chars().count());
        if fits && !text.chars().any(|sign| sign.is_control() || crate::domain::text::is_invisible(sign)) {
            Ok(Self(text.trim().to_owned()))
        } else {
            Err(de::Error::custom("a title has 1 to 255 characters on one line, all of them visible"))
        }
    }
}

impl JsonSchema for Title {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Title".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 255 })
    }
}

/// What a write answers about the page it made or changed.
fn written(page: &Page, context: &Context) -> Written {
    Written {
        id: Some(page.id.to_string()),
        title: Some(page.title.clone()),
        version: Some(page.version_number().0),
        url: Some(context.url(page.links.webui.as_deref())),
        ..Written::done()
    }
}
