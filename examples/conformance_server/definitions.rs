//! What the fixtures' lists show, as it stands in `definitions.json`.

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use serde::Deserialize;

/// Everything that can be listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definitions {
    /// Tools that are always listed. The suite calls the first one without arguments.
    pub(crate) tools: Vec<Tool>,
    /// Tools that are listed after every other change.
    pub(crate) changing_tools: Vec<Tool>,
    /// Prompts that are always listed.
    pub(crate) prompts: Vec<Prompt>,
    /// Prompts that are listed after every other change.
    pub(crate) changing_prompts: Vec<Prompt>,
    /// Resources that have an address of their own.
    pub(crate) resources: Vec<Resource>,
    /// Resources that are found by filling in a pattern.
    pub(crate) templates: Vec<ResourceTemplate>,
}

impl Definitions {
    /// Reads what was built in.
    pub(crate) fn read() -> serde_json::Result<Self> {
        serde_json::from_str(include_str!("definitions.json"))
    }
}
