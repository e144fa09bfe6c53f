//! Converts a page body between formats; nothing is asked of the site.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{Position, part};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::limits::PAGE_BODY;
use crate::domain::place::Place;
use crate::markup::{NoNames, SourceFormat, TargetFormat, convert};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError};

/// Converts a body.
pub(super) struct ConvertBody;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The body.
    body: String,
    /// Its format.
    from: SourceFormat,
    /// The format wanted.
    #[serde(default)]
    to: TargetFormat,
    /// Where a long answer goes on.
    cursor: Option<Position>,
}

impl ReadTool for ConvertBody {
    const NAME: &'static str = "convert_body";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Convert body";
    const DESCRIPTION: &'static str = "Converts a body you have to Markdown or storage format and says what gets lost. \
        Asks nothing of the site. For pages use get_page and update_page.";
    const SCOPES: &'static [&'static str] = &[];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, _: &Permit<Read>, _: &Context) -> Result<Unsifted<Document>, ToolError> {
        if input.body.len() > PAGE_BODY {
            let message = format!("`body` has {} bytes; {PAGE_BODY} are taken", input.body.len());
            return Err(ToolError::input(message, "convert it in several parts"));
        }
        let converted = convert(&input.body, input.from, input.to, &NoNames)
            .map_err(|error| ToolError::input(format!("`body`: {error}"), "mend the body and call again"))?;
        let mut text = String::new();
        for note in converted.warnings.iter().chain(&converted.notes) {
            text.extend(["note: ", note, "\n"]);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&part(&converted.text, input.cursor));
        Ok(Unsifted::one(Place::Nowhere, Document::new(text)))
    }
}
