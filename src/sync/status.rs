//! How far a run is and how earlier ones ended, for people and programs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::confluence::Failure;
use crate::index::CopiesError;
use crate::store::StoreError;

use super::plan::Kind;

/// How many troubles a status names.
pub const TROUBLES: usize = 20;

/// What a run is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing runs.
    #[default]
    Idle,
    /// Finds out which spaces there are.
    Spaces,
    /// Reads pages and posts.
    Pages,
    /// Reads what is known of files.
    Files,
    /// Removes what is gone.
    Removing,
    /// Tells copies what has changed above them.
    Settling,
    /// Looks accounts up.
    People,
    /// Lets searches see what is new.
    Publishing,
}

impl Phase {
    /// What people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Spaces => "spaces",
            Self::Pages => "pages",
            Self::Files => "files",
            Self::Removing => "removing",
            Self::Settling => "settling",
            Self::People => "people",
            Self::Publishing => "publishing",
        }
    }
}

/// Something that went wrong and did not end the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The id of the page, post or file, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// What went wrong.
    pub what: String,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Well.
    Done,
    /// With something left out that the next run tries again.
    Incomplete,
    /// It could not go on; the next run does.
    Failed,
    /// Somebody stopped it; the next run goes on.
    Cancelled,
}

impl Ended {
    /// What people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Incomplete => "done, but for what the next one tries again",
            Self::Failed => "failed",
            Self::Cancelled => "stopped",
        }
    }
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Counts from 1.
    pub number: u64,
    /// How thorough it was.
    pub kind: Kind,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How.
    pub how: Ended,
    /// Why, where it did not end well.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// Copies that were made or changed.
    pub written: u64,
    /// Copies that were removed.
    pub removed: u64,
    /// Requests.
    pub requests: u64,
    /// Points, by our own count.
    pub points: u64,
    /// How many things went wrong.
    pub errors: u64,
    /// The first of them.
    pub troubles: Vec<Trouble>,
    /// Since when the connection has been down, where this run and none since then got through.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub down_since: Option<Timestamp>,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What is kept of it.
    pub record: RunRecord,
    /// What ended it, where something did.
    pub stopped: Option<Stop>,
}

/// Some of a number that need not be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// So many are done.
    pub done: u64,
    /// Of so many.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub total: Option<u64>,
}

/// How it stands with the copies of a site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The connection.
    pub connection: String,
    /// The site's address.
    pub site: String,
    /// What is done now.
    pub phase: Phase,
    /// How thorough the run is, while there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<Kind>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub began: Option<Timestamp>,
    /// Listings of spaces that are done.
    pub spaces: Progress,
    /// Pages and posts that were looked at.
    pub pages: Progress,
    /// Pages and posts a second since the run began.
    pub per_second: f64,
    /// Seconds until all are looked at, by that rate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seconds_left: Option<u64>,
    /// Copies made or changed by this run.
    pub written: u64,
    /// Copies removed by it.
    pub removed: u64,
    /// Requests of this run.
    pub requests: u64,
    /// Points it has spent, by our own count.
    pub points: u64,
    /// Until when it waits for Confluence to take requests again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waits_until: Option<Timestamp>,
    /// How many things went wrong in it.
    pub errors: u64,
    /// The first of them.
    pub troubles: Vec<Trouble>,
    /// When a run ended well last: the copies are that old.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub synced: Option<Timestamp>,
    /// When every page was looked at last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub swept: Option<Timestamp>,
    /// When the next run is due.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<Timestamp>,
    /// How the last run ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<RunRecord>,
    /// What is wrong with the copies, in words for people; the next run makes good.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub damage: Option<String>,
}

impl Status {
    /// Since when the connection has been down, as far as the last run could tell.
    pub fn down_since(&self) -> Option<Timestamp> {
        self.last.as_ref()?.down_since
    }

    /// Notes something that went wrong.
    pub(super) fn trouble(&mut self, id: Option<&str>, what: impl Into<String>) {
        self.errors += 1;
        if self.troubles.len() < TROUBLES {
            self.troubles.push(Trouble { id: id.map(str::to_owned), what: what.into() });
        }
    }

    /// Works out rate and time left.
    pub(super) fn reckon(&mut self, now: Timestamp) {
        let Some(began) = self.began else { return };
        let seconds = now.duration_since(began).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
        let done = self.pages.done as f64;
        self.per_second = if seconds > 0.0 { done / seconds } else { 0.0 };
        let left = self.pages.total.map(|total| total.saturating_sub(self.pages.done));
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
        let seconds_left = left.map(|left| left as f64 / self.per_second).filter(|seconds| seconds.is_finite());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is finite and not negative")]
        let seconds_left = seconds_left.map(|seconds| seconds.ceil() as u64);
        self.seconds_left = seconds_left;
    }
}

/// What ends a run before its time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Somebody stopped it.
    #[error("the run was stopped; the next one goes on where it was")]
    Cancelled,
    /// Confluence gives no answer that could be used.
    #[error("{failure}; {hint}", failure = .0, hint = .0.hint())]
    Confluence(#[from] Failure),
    /// The store does not work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The copies cannot be kept.
    #[error(transparent)]
    Copies(#[from] CopiesError),
    /// A mistake of ours.
    #[error("a fault in Sluice: {0}")]
    Fault(&'static str),
}

impl Stop {
    /// Whether nobody gets through to the site, or it lets nobody in, whatever is asked.
    pub(super) fn is_down(&self) -> bool {
        let Self::Confluence(failure) = self else { return false };
        matches!(
            failure,
            Failure::NotStarted { .. }
                | Failure::Unavailable { .. }
                | Failure::Timeout
                | Failure::Unreadable { .. }
                | Failure::NotSignedIn(_)
                | Failure::ReconnectNeeded { .. }
                | Failure::NotRenewed { .. }
                | Failure::Disconnected { .. }
        )
    }
}
