//! How far a run is, for whoever looks while it runs, and how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::known::Run;
use super::{FillError, Seen};
use crate::domain::text::one_line;
use crate::sources::record::SourceName;
use crate::sources::source::Problem;

/// So many problems are told one by one; the others are counted.
const MOST_PROBLEMS: usize = 10;

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing.
    #[default]
    Idle,
    /// Going through the listing and reading what changed.
    Listing,
    /// Removing what is gone.
    Sweeping,
}

/// How it stands with the copies of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The source.
    pub source: SourceName,
    /// Whether a run is under way, or asked for and about to begin.
    pub busy: bool,
    /// How far the run is that is under way, or was last.
    pub progress: Snapshot,
    /// When the source was last seen from beginning to end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub complete: Option<Timestamp>,
    /// How the latest run went.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<Run>,
    /// What is wrong with the source or its copies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trouble: Option<String>,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What it is doing.
    pub phase: Phase,
    /// When it began.
    pub begun: Option<Timestamp>,
    /// Articles that were looked at.
    pub done: u64,
    /// How many there are, where the source says so.
    pub total: Option<u64>,
    /// Articles that were copied anew.
    pub copied: u64,
    /// Copies that were removed.
    pub removed: u64,
    /// Articles and parts of the listing that could not be read.
    pub errors: u64,
    /// The first of them.
    pub problems: Vec<Problem>,
}

/// Where a run tells how far it is, and others look.
#[derive(Debug)]
pub struct Progress(watch::Sender<Snapshot>);

impl Default for Progress {
    fn default() -> Self {
        Self(watch::Sender::new(Snapshot::default()))
    }
}

impl Progress {
    /// How far it is now.
    pub fn now(&self) -> Snapshot {
        self.0.borrow().clone()
    }

    /// For whoever wants to know of every change.
    pub fn follow(&self) -> watch::Receiver<Snapshot> {
        self.0.subscribe()
    }

    pub(super) fn begin(&self, now: Timestamp) {
        self.0.send_replace(Snapshot { begun: Some(now), ..Snapshot::default() });
    }

    pub(super) fn phase(&self, phase: Phase) {
        self.0.send_modify(|snapshot| snapshot.phase = phase);
    }

    pub(super) fn total(&self, total: u64) {
        self.0.send_modify(|snapshot| snapshot.total = Some(total));
    }

    pub(super) fn looked_at_one(&self) {
        self.0.send_modify(|snapshot| snapshot.done += 1);
    }

    pub(super) fn copied(&self, number: u64) {
        self.0.send_modify(|snapshot| snapshot.copied += number);
    }

    pub(super) fn removed(&self, number: u64) {
        self.0.send_modify(|snapshot| snapshot.removed += number);
    }

    pub(super) fn problem(&self, problem: Problem) {
        self.0.send_modify(|snapshot| {
            snapshot.errors += 1;
            if snapshot.problems.len() < MOST_PROBLEMS {
                snapshot.problems.push(problem);
            }
        });
    }

    /// The end of a run.
    pub(super) fn end(&self, done: Result<Seen, &FillError>) -> Outcome {
        let ended = match done {
            Ok(Seen::Everything) => Ended::Complete,
            Ok(Seen::NotEverything) => Ended::WithHoles,
            Err(FillError::Cancelled) => Ended::Cancelled,
            Err(error) => Ended::Failed { why: one_line(&error.to_string(), 400) },
        };
        self.phase(Phase::Idle);
        let Snapshot { done, copied, removed, errors, problems, .. } = self.now();
        Outcome { ended, seen: done, copied, removed, errors, problems }
    }
}

/// How a run went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub ended: Ended,
    /// Articles that were looked at.
    pub seen: u64,
    /// Articles that were copied anew.
    pub copied: u64,
    /// Copies that were removed.
    pub removed: u64,
    /// Articles and parts of the listing that could not be read.
    pub errors: u64,
    /// The first of them.
    pub problems: Vec<Problem>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Ended {
    /// Everything was seen; what is gone is removed.
    Complete,
    /// The end was reached, but something could not be listed, so that nothing was removed.
    WithHoles,
    /// Somebody ended it; the next run goes on from there.
    Cancelled,
    /// It could not go on; the next run does.
    Failed {
        /// Why, in words that follow the source's name.
        why: String,
    },
}

impl Outcome {
    /// Whether everything was seen.
    pub fn is_complete(&self) -> bool {
        self.ended == Ended::Complete
    }
}
