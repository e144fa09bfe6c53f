//! Calls that become tasks. Nothing runs: what a task has come to is worked out when somebody asks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rmcp::ErrorData;
use rmcp::model::{
    ClientCapabilities, CreateTaskResult, DetailedTask, GetTaskResult, InputRequests, InputResponses, Task,
    TaskPayload, TaskStatus,
};
use serde_json::{Map, Value, json};
use sluice::clock::Clock;

use crate::fixtures::{Context, of};
use crate::input_required::{ask, require};

/// How many tasks are kept; the oldest are forgotten.
const KEPT: usize = 256;
/// How long a client may expect a task to be kept, in milliseconds.
const LASTS: u64 = 600_000;
/// How often a client should ask, in milliseconds.
const PACE: u64 = 200;

/// What a task is made of: how long it works, what it asks for, and how it ends.
pub(crate) struct Job {
    works: SignedDuration,
    asks: Value,
    ends: TaskPayload,
}

impl Job {
    /// Ends with this text after so many seconds.
    pub(crate) fn text(seconds: i64, words: &str) -> Self {
        Self { works: SignedDuration::from_secs(seconds), asks: json!({}), ends: ends(words, false) }
    }

    /// The task that the tool of this name always is.
    pub(crate) fn of_tool(name: &str) -> Option<Self> {
        let (asks, ends) = match name {
            "failing_job" => (json!({}), ends("The job failed.", true)),
            "protocol_error_job" => {
                let error = json!({ "code": -32603, "message": "The job could not be run." });
                (json!({}), TaskPayload::Failed { error: object(error) })
            }
            "confirm_delete" => (json!({ "confirm": ask("Delete the file?", "confirm") }), ends("Deleted.", false)),
            "multi_input" => {
                let asks =
                    json!({ "first": ask("The first name?", "name"), "second": ask("The second name?", "name") });
                (asks, ends("Both answered.", false))
            }
            _ => return None,
        };
        Some(Self { works: SignedDuration::ZERO, asks, ends })
    }
}

fn ends(words: &str, error: bool) -> TaskPayload {
    let result = json!({ "content": [{ "type": "text", "text": words }], "isError": error });
    TaskPayload::Completed { result: object(result) }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// Refuses clients that did not declare that they follow tasks.
pub(crate) fn required(context: &Context) -> Result<(), ErrorData> {
    if followed(context) {
        return Ok(());
    }
    Err(ErrorData::missing_required_client_capability(ClientCapabilities::builder().enable_tasks().build()))
}

/// Whether the client declared that it follows tasks.
pub(crate) fn followed(context: &Context) -> bool {
    context.client_capabilities().is_some_and(|declared| declared.supports_tasks())
}

struct Record {
    id: String,
    created: Timestamp,
    updated: Timestamp,
    done: Timestamp,
    cancelled: bool,
    pending: InputRequests,
    ends: TaskPayload,
}

impl Record {
    fn payload(&self, now: Timestamp) -> TaskPayload {
        if self.cancelled {
            TaskPayload::Cancelled
        } else if !self.pending.is_empty() {
            TaskPayload::InputRequired { input_requests: self.pending.clone() }
        } else if now < self.done {
            TaskPayload::Working
        } else {
            self.ends.clone()
        }
    }

    fn task(&self, now: Timestamp) -> Task {
        let updated = if now < self.done { self.updated } else { self.updated.max(self.done) };
        let status = self.payload(now).status();
        Task::new(self.id.clone(), status, self.created.to_string(), updated.to_string())
            .with_ttl_ms(LASTS)
            .with_poll_interval_ms(PACE)
    }
}

/// The tasks of this process.
pub(crate) struct Tasks {
    clock: Arc<dyn Clock>,
    records: Mutex<VecDeque<Record>>,
}

impl Tasks {
    /// No tasks yet.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, records: Mutex::default() }
    }

    /// Makes a task, for a client that follows tasks and can answer what this one asks.
    pub(crate) fn start(&self, job: Job, context: &Context) -> Result<CreateTaskResult, ErrorData> {
        required(context)?;
        let pending: InputRequests = of(job.asks)?;
        if !pending.is_empty() {
            require("elicitation/create", context)?;
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        let now = self.clock.now();
        let record = Record {
            id: format!("task-{:032x}", u128::from_be_bytes(random)),
            created: now,
            updated: now,
            done: now.saturating_add(job.works).unwrap_or(now),
            cancelled: false,
            pending,
            ends: job.ends,
        };
        // A seed shows no end, even if there is one by now.
        let mut seed = record.task(now);
        if seed.status.is_terminal() {
            seed.status = TaskStatus::Working;
        }
        let mut records = self.records();
        if records.len() >= KEPT {
            records.pop_front();
        }
        records.push_back(record);
        Ok(CreateTaskResult::new(seed))
    }

    /// What the task has come to.
    pub(crate) fn get(&self, id: &str) -> Result<GetTaskResult, ErrorData> {
        let now = self.clock.now();
        let task = self.with(id, |record| DetailedTask::new(record.task(now), record.payload(now)))?;
        Ok(GetTaskResult::new(task))
    }

    /// Takes answers to what the task still asks; others are passed over.
    pub(crate) fn update(&self, id: &str, responses: &InputResponses) -> Result<(), ErrorData> {
        let now = self.clock.now();
        self.with(id, |record| {
            if record.cancelled {
                return;
            }
            let before = record.pending.len();
            record.pending.retain(|key, _| !responses.get(key).is_some_and(Value::is_object));
            if record.pending.len() < before {
                record.updated = now;
            }
        })
    }

    /// Ends the task unless it has ended.
    pub(crate) fn cancel(&self, id: &str) -> Result<(), ErrorData> {
        let now = self.clock.now();
        self.with(id, |record| {
            if !record.payload(now).status().is_terminal() {
                record.cancelled = true;
                record.updated = now;
            }
        })
    }

    fn with<T>(&self, id: &str, then: impl FnOnce(&mut Record) -> T) -> Result<T, ErrorData> {
        let mut records = self.records();
        let record = records.iter_mut().find(|record| record.id == id);
        record.map(then).ok_or_else(|| ErrorData::invalid_params("Unknown task", None))
    }

    fn records(&self) -> MutexGuard<'_, VecDeque<Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
