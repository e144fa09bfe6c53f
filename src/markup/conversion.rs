//! From any format of a page body to one that can be written.

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    MarkupError, Names, Rendered, check_storage, markdown_from_adf, markdown_from_html, markdown_from_storage,
    storage_from_markdown,
};

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum SourceFormat {
    /// Confluence storage format (XHTML).
    Storage,
    /// Atlassian Document Format (JSON).
    Adf,
    /// HTML: what Confluence shows, or anybody else's.
    Html,
    /// Markdown.
    Markdown,
}

/// What a body can be written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum TargetFormat {
    /// Markdown.
    #[default]
    Markdown,
    /// Confluence storage format (XHTML).
    Storage,
}

/// A body in its new format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Converted {
    /// The text.
    pub text: String,
    /// What was left out or cannot be written back, a sentence each.
    pub notes: Vec<String>,
    /// What was wrong with the body, which was read as far as it goes.
    pub warnings: Vec<String>,
}

/// Converts a body. Storage format and Markdown that cannot be written are refused; everything is read.
pub fn convert(body: &str, from: SourceFormat, to: TargetFormat, names: &dyn Names) -> Result<Converted, MarkupError> {
    let rendered = match (from, to) {
        (SourceFormat::Storage, TargetFormat::Storage) => {
            check_storage(body)?;
            return Ok(Converted { text: body.to_owned(), ..Converted::default() });
        }
        (SourceFormat::Markdown, TargetFormat::Storage) => {
            return Ok(Converted { text: storage_from_markdown(body)?, ..Converted::default() });
        }
        // Markdown in the one form that Sluice writes.
        (SourceFormat::Markdown, TargetFormat::Markdown) => markdown_from_storage(&storage_from_markdown(body)?, names),
        (SourceFormat::Storage, TargetFormat::Markdown) => markdown_from_storage(body, names),
        (SourceFormat::Adf, _) => markdown_from_adf(body, names),
        (SourceFormat::Html, _) => markdown_from_html(body, names),
    };
    let notes = rendered.notes();
    let text = match to {
        TargetFormat::Markdown => rendered.markdown,
        TargetFormat::Storage => storage_from_markdown(&rendered.markdown)?,
    };
    Ok(Converted { text, notes, warnings: rendered.warnings })
}

impl Rendered {
    /// What Markdown does not say of the body, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.lossy.is_empty() {
            notes.push(format!("Markdown cannot write back: {}", self.lossy.join(", ")));
        }
        match self.hidden {
            0 => {}
            1 => notes.push("1 part that its style hides was left out".to_owned()),
            hidden => notes.push(format!("{hidden} parts that their style hides were left out")),
        }
        if self.stripped > 0 {
            notes.push(format!("{} invisible characters removed", self.stripped));
        }
        notes
    }
}
