//! The tools that permission tables are drawn for: every tool there is.

use sluice::policy::ToolFacts;
use sluice::tools;

pub(super) fn facts() -> Vec<ToolFacts> {
    tools::catalog().map(|entry| entry.facts).collect()
}

pub(super) fn names() -> Vec<&'static str> {
    tools::catalog().map(|entry| entry.facts.name).collect()
}

pub(super) fn tool_named(name: &str) -> ToolFacts {
    tools::find(name).unwrap().facts
}
