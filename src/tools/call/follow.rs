//! Follows a long task that a write began, as long as somebody waits for it; the task itself goes on by itself.

use std::time::Duration;

use serde_json::{Map, Value};

use super::Call;
use crate::approval::Record;
use crate::confluence::api::tree;
use crate::confluence::model::LongTask;
use crate::domain::access::AccessClass;
use crate::domain::ids::LongTaskId;
use crate::domain::place::Place;
use crate::domain::shape::shape;
use crate::domain::text::quoted;
use crate::policy::ToolFacts;
use crate::tools::answer::{Answer, Output as _, Status, Written};
use crate::tools::{Reads, ToolError, find};

/// How long to wait before the first look, and how much longer each time.
const FIRST: Duration = Duration::from_millis(500);
/// The longest wait between two looks.
const LONGEST: Duration = Duration::from_secs(5);

/// What was seen of a task at last.
enum Seen {
    /// Its end.
    Ended(Box<LongTask>),
    /// So much done, in percent, when nobody waited any longer.
    Running(u8),
    /// Nothing: it could not be looked at.
    Nothing(ToolError),
}

/// The answer of a write that began a long task, followed to its end for so long at most, or as it was where it began
/// none. A task that failed is an error.
pub(in crate::tools) async fn followed(answer: Answer, most: Duration, reads: &Reads<'_>) -> Result<Answer, ToolError> {
    let Some(mut written) = running(&answer) else { return Ok(answer) };
    let Some(task) = written.task_id.clone() else { return Ok(answer) };
    let note = match follow(&task, most, reads).await {
        Seen::Ended(task) if !task.successful => {
            let why = task.complaint().map_or_else(|| "it gave no reason".to_owned(), |why| quoted(why, 300));
            return Err(ToolError {
                code: "task_failed".into(),
                message: format!("Confluence took the write up and did not finish it: {why}"),
                hint: "look what it has done so far before you try again".to_owned(),
                try_again: crate::confluence::failure::TryAgain::No,
            });
        }
        Seen::Ended(task) => {
            (written.status, written.task_id) = (Status::Done, None);
            written.id = task.additional_details.destination_id.map(|id| id.to_string()).or(written.id);
            None
        }
        Seen::Running(percent) => Some(format!("{percent} % done; {GOES_ON}")),
        Seen::Nothing(error) => Some(format!("how far it is could not be read ({}); {GOES_ON}", error.code)),
    };
    written.note = [written.note, note].into_iter().flatten().reduce(|one, other| format!("{one}; {other}"));
    Ok(written.answer())
}

const GOES_ON: &str = "Confluence goes on with it by itself; the same call again follows it on and sends nothing twice";

impl Call<'_> {
    /// What a write answered, with the long task that it began followed for so long at most.
    pub(in crate::tools) async fn followed_on(
        &self,
        record: &Record,
        result: Map<String, Value>,
        most: Duration,
    ) -> Result<Map<String, Value>, ToolError> {
        let answer = Answer { content: Vec::new(), structured: Some(result.clone()) };
        let Some(entry) = find(&record.asked.tool).filter(|_| running(&answer).is_some()) else { return Ok(result) };
        let tool = ToolFacts { name: entry.facts.name, group: record.asked.group, class: AccessClass::Read };
        let permit = self.gate.admit(self.caller, tool, shape(&Map::new())).await?;
        let reads = Reads::new(self.gate, self.caller, permit, self.context, record.asked.id.clone());
        Ok(followed(answer, most, &reads).await?.structured.unwrap_or(result))
    }
}

/// A write that has begun and not ended, as its answer says.
fn running(answer: &Answer) -> Option<Written> {
    let fields = answer.structured.clone()?;
    let written: Written = serde_json::from_value(Value::Object(fields)).ok()?;
    (written.status == Status::Running).then_some(written)
}

async fn follow(id: &LongTaskId, most: Duration, reads: &Reads<'_>) -> Seen {
    let context = reads.context();
    let (began, mut wait) = (context.clock.steady(), FIRST);
    loop {
        // A task is in no space, and says nothing of what it is about.
        let task = match reads.one(tree::long_task(id), |_: &LongTask| Place::Nowhere).await {
            Ok(task) if task.finished => return Seen::Ended(Box::new(task)),
            Ok(task) => task,
            Err(error) => return Seen::Nothing(error),
        };
        let percent = task.percentage_complete.min(100);
        context.progress.report(percent.into(), Some(100), "Confluence is at work");
        let left = most.saturating_sub(context.clock.steady().saturating_sub(began));
        if left.is_zero() {
            return Seen::Running(percent);
        }
        tokio::select! {
            biased;
            () = context.cancelled.cancelled() => return Seen::Running(percent),
            () = context.clock.sleep(wait.min(left)) => {}
        }
        wait = wait.saturating_mul(2).min(LONGEST);
    }
}
