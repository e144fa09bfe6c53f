//! The tools as the protocol lists them, each made once.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rmcp::model::{Tool, ToolAnnotations};

use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::policy::ToolFacts;
use crate::tools::{self, Entry};

/// The definition of the tool of that name.
pub(super) fn find(name: &str) -> Option<&'static Tool> {
    static DEFINITIONS: OnceLock<BTreeMap<&'static str, Tool>> = OnceLock::new();
    DEFINITIONS.get_or_init(|| tools::catalog().map(|entry| (entry.facts.name, define(entry))).collect()).get(name)
}

fn define(entry: &Entry) -> Tool {
    let tool = Tool::new(entry.facts.name, entry.description, (entry.input_schema)())
        .with_title(entry.title)
        .with_annotations(annotations(entry.facts));
    match (entry.output_schema)() {
        Some(schema) => tool.with_raw_output_schema(Arc::new(schema)),
        None => tool,
    }
}

/// What a class says about a tool, at its strongest: an update replaces what is there, and one that empties a page
/// amounts to a delete, so only reads and creates are never destructive. Sending an update twice may leave two
/// versions; deleting twice deletes once. What may be anything may be what must not be sent twice.
fn annotations(facts: ToolFacts) -> ToolAnnotations {
    let class = facts.class;
    ToolAnnotations::new()
        .read_only(class == AccessClass::Read)
        .destructive(class >= AccessClass::Update)
        .idempotent(matches!(class, AccessClass::Read | AccessClass::Delete) && facts.group != Group::Matched)
        .open_world(true)
}
