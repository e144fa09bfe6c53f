//! One call through the gate and back: the read line and the write line.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::approval::carry_out;
use crate::policy::{Caller, Gate};

use super::{Answer, Context, Output, ReadTool, Reads, ToolError, WriteTool, facts_of_read, facts_of_write};

/// Who calls, through which gate, with what to work with.
pub struct Call<'a> {
    /// The gate.
    pub gate: &'a Gate,
    /// The agent and its profile.
    pub caller: &'a Caller,
    /// What the tool works with.
    pub context: &'a Context,
}

impl Call<'_> {
    /// DECIDE → parse → read → SIFT → answer.
    pub async fn read<T: ReadTool>(&self, arguments: Map<String, Value>) -> Result<Answer, ToolError> {
        let tool = facts_of_read::<T>();
        let permit = self.gate.admit(self.caller, tool).await?;
        let input = parse::<T::Input>(arguments)?;
        self.gate.visible(self.caller, &T::subject(&input)).await?;
        let unsifted = T::read(input, &permit, self.context).await?;
        Ok(self.gate.sift(self.caller, unsifted).await?.answer())
    }

    /// DECIDE → parse → plan → DECIDE, APPROVE, RECORD, send, RECORD → answer.
    pub async fn write<T: WriteTool>(&self, arguments: Map<String, Value>) -> Result<Answer, ToolError> {
        let tool = facts_of_write::<T>();
        let permit = self.gate.admit(self.caller, tool).await?;
        let input = parse::<T::Input>(arguments)?;
        let reads = Reads { gate: self.gate, caller: self.caller, permit, context: self.context };
        // A plan only reads, so it may be dropped halfway; from then on the write runs to its end.
        let plan = tokio::select! {
            biased;
            () = self.context.cancelled.cancelled() => return Err(ToolError::cancelled()),
            plan = T::plan(&input, &reads) => plan?,
        };
        let loss = plan.loss();
        let reply = carry_out(self.gate, &self.context.client, self.caller, tool, plan).await?;
        let answer = T::answer(&input, &reply, self.context)?.answer();
        Ok(match loss {
            Some(loss) => answer.noting(loss),
            None => answer,
        })
    }
}

/// Reads the arguments strictly: unknown names, wrong types and missing ones are said by name.
fn parse<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, ToolError> {
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
