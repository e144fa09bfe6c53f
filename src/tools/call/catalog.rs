//! The catalog as the queue of writes asks it: what a tool declares, and how it reads Confluence's answer.

use serde_json::Value;

use crate::approval::record::{Asked, Told};
use crate::approval::{Answered, Answers, ToAnswer};
use crate::confluence::failure::Failure;
use crate::confluence::reply::Reply;
use crate::domain::ids::VersionNumber;
use crate::policy::ToolFacts;

use super::normalised::normalised;
use crate::tools::answer::{Content, Output as _};
use crate::tools::{self, Context, Written};

/// The tools at one site.
pub struct Catalog {
    context: Context,
}

impl Catalog {
    /// The tools with what they work with.
    pub fn new(context: Context) -> Self {
        Self { context }
    }
}

impl Answers for Catalog {
    fn facts(&self, asked: &Asked) -> Option<ToolFacts> {
        let entry = tools::find(&asked.tool)?;
        // A write that undoes another is judged by the group and class of what it does.
        Some(ToolFacts { name: entry.facts.name, group: asked.group, class: asked.class })
    }

    fn names(&self) -> Vec<&'static str> {
        tools::catalog().map(|entry| entry.facts.name).collect()
    }

    fn answer(&self, asked: &Asked, sent: &ToAnswer<'_>, reply: &Reply) -> Result<Answered, Failure> {
        let read = tools::find(&asked.tool).and_then(|entry| entry.answer);
        let mut written = match read.filter(|_| asked.undoes.is_none()) {
            // An answer that cannot be read leaves open what happened.
            Some(read) => read(sent.arguments, reply, &self.context)
                .map_err(|_| Failure::Unknown { trace: reply.trace.clone() })?,
            // What a person takes back was never asked with a tool's arguments.
            None => taken_back(reply),
        };
        written.note = match (written.note, normalised(sent.body, reply)) {
            (Some(note), Some(normalised)) => Some(format!("{note} · {normalised}")),
            (note, normalised) => note.or(normalised),
        };
        Ok(answered(written))
    }

    fn found(&self, _: &Asked, id: Option<String>, version: Option<VersionNumber>) -> Answered {
        let version = version.map(|version| version.0);
        answered(Written { id, version, ..Written::done() })
    }

    fn all_done(&self, report: String) -> Answered {
        answered(Written { note: Some(report), ..Written::done() })
    }
}

/// Id and version of what is there now, where the reply holds them.
fn taken_back(reply: &Reply) -> Written {
    let thing: Value = reply.json().unwrap_or_default();
    let id = match thing.get("id") {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    let version = thing.pointer("/version/number").and_then(Value::as_u64);
    Written { id, version: version.and_then(|version| u32::try_from(version).ok()), ..Written::done() }
}

fn answered(written: Written) -> Answered {
    let (id, version) = (written.id.clone(), written.version.map(VersionNumber));
    let answer = written.answer();
    let text = answer.content.into_iter().find_map(|content| match content {
        Content::Text(text) => Some(text),
        Content::Image { .. } | Content::File { .. } => None,
    });
    let told = Told { text: text.unwrap_or_default(), structured: answer.structured };
    Answered { told, id, version }
}
