//! Applies several writes as one change set, decided on together and reported step by step.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::tools::{SeveralTool, Single, ToolError};

/// Applies a change set.
pub(super) struct ApplyChanges;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The writes, in order; each is a write tool with its arguments, and none rests on what another makes.
    #[schemars(length(min = 1, max = 50))]
    changes: Vec<Change>,
    /// Only shows what they would do.
    #[serde(default)]
    dry_run: bool,
}

/// One write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Change {
    /// Its name, such as `update_page`.
    tool: String,
    /// As that tool takes them.
    arguments: Map<String, Value>,
}

impl SeveralTool for ApplyChanges {
    const NAME: &'static str = "apply_changes";
    const GROUP: Group = Group::Session;
    const TITLE: &'static str = "Apply changes";
    const DESCRIPTION: &'static str = "Applies up to 50 writes as one change set: all are shown and approved together, then \
        sent in order up to the first that fails, each with its own approval_id for undo_write. For a single write call \
        its tool.";
    // Each write brings those of its tool.
    const SCOPES: &'static [&'static str] = &[];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    // What each write really is, is judged once it is planned.
    const CLASS: AccessClass = AccessClass::Update;
    type Input = Input;

    fn only_shows(input: &Input) -> bool {
        input.dry_run
    }

    fn singles(input: Input) -> Result<Vec<Single>, ToolError> {
        Ok(input.changes.into_iter().map(|Change { tool, arguments }| Single { tool, arguments }).collect())
    }
}
