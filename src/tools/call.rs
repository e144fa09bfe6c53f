//! One call through the gate and back: the read line, the write line up to its durable record, and the caller's own approvals.

use std::sync::Arc;

mod catalog;
mod follow;
mod normalised;
mod reads;
pub mod scopes;
pub mod several;
pub mod submit;
mod take_back;
pub mod told;
pub mod undo;
mod undo_changes;
mod undo_new;
mod undo_talk;
mod undo_tree;
mod undo_upkeep;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::approval::{Approvals, Line, Record};
use crate::domain::group::Group;
use crate::domain::limits;
use crate::domain::shape::shape;
use crate::policy::{Caller, Gate, ToolFacts};

pub use catalog::Catalog;
pub use reads::Reads;
pub use several::{Single, Step};
use submit::Submission;
pub use take_back::NotTakenBack;

use super::{Answer, Context, Output, ReadTool, SessionTool, ToolError, WriteTool, facts_of_read, facts_of_write};

/// Who calls, through which gate, with what to work with.
pub struct Call<'a> {
    /// The gate.
    pub gate: &'a Gate,
    /// The agent and its profile.
    pub caller: &'a Caller,
    /// What the tool works with.
    pub context: &'a Context,
    /// The queue of writes.
    pub approvals: &'a Arc<Approvals>,
    /// What carries approved writes out.
    pub line: &'a Arc<Line>,
    /// Name of the connection: site and account.
    pub connection: &'a str,
}

/// How far a call has come.
#[derive(Debug)]
pub enum Begun {
    /// It has its answer.
    Ended(Answer),
    /// Its write waits for a person, or what became of it is being found out.
    Waits(Box<Record>),
}

impl Call<'_> {
    /// DECIDE → parse → read → SIFT → answer.
    pub async fn read<T: ReadTool>(&self, arguments: Map<String, Value>) -> Result<Answer, ToolError> {
        let tool = facts_of_read::<T>();
        let permit = self.gate.admit(self.caller, tool, shape(&arguments)).await?;
        let input = parse::<T::Input>(arguments)?;
        self.gate.visible(self.caller, &T::subject(&input)).await?;
        let unsifted = T::read(input, &permit, self.context).await?;
        Ok(self.gate.sift(self.caller, unsifted).await?.answer())
    }

    /// DECIDE → parse → plan → DECIDE → durable record → where nobody has to be asked: DECIDE, RECORD, send, RECORD.
    /// What a write only begins is followed to its end, as long as the caller waits.
    /// An equal request finds the record of the first, before anything is read.
    pub async fn write<T: WriteTool>(&self, arguments: Map<String, Value>) -> Result<Begun, ToolError> {
        let tool = facts_of_write::<T>();
        let permit = self.gate.admit(self.caller, tool, shape(&arguments)).await?;
        let submission = Submission::of(self, tool, &arguments, None)?;
        let reads = Reads::new(self.gate, self.caller, permit, self.context, submission.id.clone());
        if let Some(known) = self.approvals.equal(&self.caller.agent, submission.same).await? {
            return followed(submit::follow(known, told::Replayed::Yes)?, &reads).await;
        }
        let input = parse::<T::Input>(arguments)?;
        let tool = self.in_its_group::<T>(&input, tool).await?;
        let submission = Submission { tool, ..submission };
        // A plan only reads, so it may be dropped halfway; from then on the write goes its way.
        let plan = tokio::select! {
            biased;
            () = self.context.cancelled.cancelled() => return Err(ToolError::cancelled()),
            plan = T::plan(&input, &reads) => plan?,
        };
        if T::only_shows(&input) {
            return self.shown(&submission, &plan).await.map(Begun::Ended);
        }
        followed(self.submit(submission, plan).await?, &reads).await
    }

    /// The tool in the group that its arguments name: where that is another, it has to let the call pass too.
    async fn in_its_group<T: WriteTool>(&self, input: &T::Input, tool: ToolFacts) -> Result<ToolFacts, ToolError> {
        let group = T::group(input);
        if group != tool.group {
            let _as_before = self.gate.admit(self.caller, ToolFacts { group, ..tool }, String::new()).await?;
        }
        Ok(ToolFacts { group, ..tool })
    }

    /// DECIDE → parse → whatever it is about the caller's own approvals.
    pub async fn session<T: SessionTool>(&self, arguments: Map<String, Value>) -> Result<Begun, ToolError> {
        let tool = ToolFacts { name: T::NAME, group: Group::Session, class: T::CLASS };
        let _nothing_to_read = self.gate.admit(self.caller, tool, shape(&arguments)).await?;
        T::run(parse::<T::Input>(arguments)?, self).await
    }
}

/// The same, with what the write began in Confluence followed to its end.
async fn followed(begun: Begun, reads: &Reads<'_>) -> Result<Begun, ToolError> {
    match begun {
        Begun::Ended(answer) => Ok(Begun::Ended(follow::followed(answer, limits::TASK_FOLLOWED, reads).await?)),
        waits @ Begun::Waits(_) => Ok(waits),
    }
}

/// Reads the arguments strictly: unknown names, wrong types and missing ones are said by name.
pub(in crate::tools) fn parse<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, ToolError> {
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        let cause: String = error.inner().to_string().chars().take(400).collect();
        let message = if path == "." { cause } else { format!("`{}`: {cause}", shortened(&path)) };
        ToolError::input(message, "mend the argument and call again; the tool's input schema lists them all")
    })
}

fn shortened(path: &str) -> String {
    path.chars().take(60).collect()
}
