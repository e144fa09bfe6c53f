//! What became of a write, and how that is known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::confluence::failure::TryAgain;
use crate::domain::ids::VersionNumber;

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// When it was known.
    pub at: Timestamp,
    /// Stable code of what went wrong; none where it succeeded.
    pub code: Option<String>,
    /// The same in one line.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether the same call may be made again.
    pub try_again: TryAgain,
    /// The tool's own answer, where it succeeded.
    pub answer: Option<Told>,
    /// Id of what was made or changed.
    pub id: Option<String>,
    /// Its version now.
    pub version: Option<VersionNumber>,
    /// How it is known.
    pub known: Known,
}

/// The tool's own answer to a write that succeeded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// For models.
    pub text: String,
    /// The same as data.
    pub structured: Option<Map<String, Value>>,
}

/// How an outcome is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Confluence answered.
    Answered,
    /// It was read afterwards.
    Found,
    /// A person looked.
    Seen,
    /// It was never sent.
    NotSent,
}

impl Outcome {
    /// Nothing said yet but how it is known.
    pub fn known(at: Timestamp, known: Known) -> Self {
        Self {
            at,
            code: None,
            message: None,
            hint: None,
            try_again: TryAgain::No,
            answer: None,
            id: None,
            version: None,
            known,
        }
    }
}
