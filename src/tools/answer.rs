//! What a tool answers: one document of text, or compact text beside structured content.

pub mod schema;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::ids::LongTaskId;
use crate::domain::text::quoted;

/// An answer as it goes to the agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What models read.
    pub content: Vec<Content>,
    /// The same as data, where the tool declares an output schema.
    pub structured: Option<Map<String, Value>>,
}

impl Answer {
    /// Adds what else there is to know, to the text and, where there is any, to the data.
    pub(super) fn noting(mut self, note: String) -> Self {
        if let Some(Content::Text(text)) = self.content.first_mut() {
            text.push_str(" · ");
            text.push_str(&note);
        }
        if let Some(fields) = &mut self.structured {
            let note = match fields.get("note").and_then(Value::as_str) {
                Some(before) => format!("{before} · {note}"),
                None => note,
            };
            fields.insert("note".into(), Value::String(note));
        }
        self
    }
}

impl Answer {
    /// Says which site it is from, where it could be from several.
    #[must_use]
    pub fn naming_site(mut self, site: &str) -> Self {
        if let Some(Content::Text(text)) = self.content.first_mut() {
            text.push_str("\n\nsite: ");
            text.push_str(site);
        }
        if let Some(fields) = &mut self.structured {
            fields.insert("site".into(), Value::String(site.to_owned()));
        }
        self
    }
}

/// One piece of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Markdown or plain text.
    Text(String),
    /// A picture, base64.
    Image {
        /// The bytes, base64.
        base64: String,
        /// Its media type.
        media_type: String,
    },
    /// Another file, base64.
    File {
        /// Names it.
        uri: String,
        /// The bytes, base64.
        base64: String,
        /// Its media type.
        media_type: String,
    },
}

/// What a tool may answer.
pub trait Output: Send + 'static {
    /// Schema of the structured content, where there is any.
    fn schema() -> Option<Map<String, Value>>;
    /// The answer.
    fn answer(self) -> Answer;
}

/// An answer that is mostly text: a short header, then Markdown. It has no structured content, so that the body
/// is sent once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document(Vec<Content>);

impl Document {
    /// A document of text alone.
    pub fn new(text: String) -> Self {
        Self(vec![Content::Text(text)])
    }

    /// A document of text followed by a file or picture.
    pub fn with(text: String, file: Content) -> Self {
        Self(vec![Content::Text(text), file])
    }
}

impl Output for Document {
    fn schema() -> Option<Map<String, Value>> {
        None
    }

    fn answer(self) -> Answer {
        Answer { content: self.0, structured: None }
    }
}

/// An answer that is mostly data; its text alone is enough too.
pub trait Text: Serialize + JsonSchema + Send + 'static {
    /// The same in compact Markdown.
    fn text(&self) -> String;
}

impl<T: Text> Output for T {
    fn schema() -> Option<Map<String, Value>> {
        Some(schema::of_answer::<T>())
    }

    fn answer(self) -> Answer {
        let text = self.text();
        let structured = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => Some(fields),
            _ => None,
        };
        Answer { content: vec![Content::Text(text)], structured }
    }
}

/// How far a write has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Status {
    /// It has happened.
    Done,
    /// It has begun, and Confluence goes on with it by itself.
    Running,
    /// It has not: it waits for a person.
    PendingApproval,
    /// It has not, and will not: only what it would do was asked.
    DryRun,
}

/// What a write made or changed. Everything but the status is there only where it makes sense.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// `done`: the write has happened. `running`: it has begun. `pending_approval`: it has not, and waits for a person.
    /// `dry_run`: it has not.
    pub status: Status,
    /// Id of what was made or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its title, name or file name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its version now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Where people open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The labels the page has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// What else there is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The long task of Confluence's that does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<LongTaskId>,
    /// False while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed: Option<bool>,
    /// For `get_approval`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<String>,
    /// Where a person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_url: Option<String>,
    /// When it is given up undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Written {
    /// Done, and nothing more to say yet.
    pub fn done() -> Self {
        Self {
            status: Status::Done,
            id: None,
            title: None,
            version: None,
            url: None,
            labels: None,
            note: None,
            task_id: None,
            executed: None,
            approval_id: None,
            review_url: None,
            expires_at: None,
            next: None,
        }
    }
}

impl Written {
    /// Begun, and Confluence goes on with it in this long task.
    pub fn begun(task: &LongTaskId) -> Self {
        Self { status: Status::Running, task_id: Some(task.clone()), ..Self::done() }
    }
}

impl Text for Written {
    fn text(&self) -> String {
        let mut parts = match self.status {
            Status::Done => vec!["done".to_owned()],
            Status::Running => vec!["running: NOT DONE YET".to_owned()],
            Status::PendingApproval => vec!["pending_approval: NOT DONE YET".to_owned()],
            Status::DryRun => vec!["dry_run: NOTHING WAS WRITTEN".to_owned()],
        };
        parts.extend(self.approval_id.as_ref().map(|id| format!("approval_id {id}")));
        parts.extend(self.expires_at.as_ref().map(|at| format!("expires {at}")));
        parts.extend(self.id.as_ref().map(|id| format!("id {id}")));
        parts.extend(self.title.as_ref().map(|title| quoted(title, 80)));
        parts.extend(self.version.map(|version| format!("version {version}")));
        parts.extend(self.labels.as_ref().map(|labels| format!("labels {}", labels_in_words(labels))));
        parts.extend(self.url.clone());
        parts.extend(self.task_id.as_ref().map(|task| format!("task {task}")));
        parts.extend(self.note.clone());
        parts.extend(self.next.clone());
        parts.join(" · ")
    }
}

/// Labels as a sentence of ours quotes them.
pub(super) fn labels_in_words(labels: &[String]) -> String {
    labels.iter().map(|label| quoted(label, 255)).collect::<Vec<_>>().join(", ")
}
