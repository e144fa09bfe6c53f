//! How it stands with the local copies, as tools answer it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::policy::profile::Scope;
use crate::sync::{Phase, RunRecord, Status};
use crate::tools::answer::Text;
use crate::tools::pages::header::minute;

/// How it stands with the copies of the site.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SyncStanding {
    /// Whether a sync is under way.
    running: bool,
    /// When the last one ended well, UTC: the copies are that old.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
    /// Pages and posts that the one under way has looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pages_done: Option<u64>,
    /// Of so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pages_total: Option<u64>,
    /// How long it will still take, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_left: Option<u64>,
    /// How the last one ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// What is wrong with the copies; the next sync makes good.
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<&'static str>,
    /// When the next one is due, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl SyncStanding {
    /// The standing that a status tells; how much there is at the site only to whoever may see all of it.
    pub(super) fn of(status: &Status, scope: &Scope) -> Self {
        let running = status.phase != Phase::Idle;
        let counts = running && scope.is_everything();
        Self {
            running,
            as_of: status.synced.map(minute),
            pages_done: counts.then_some(status.pages.done),
            pages_total: status.pages.total.filter(|_| counts),
            seconds_left: status.seconds_left.filter(|_| counts),
            last: status.last.as_ref().map(ended),
            damage: status.damage.as_ref().map(|_| "the local index was damaged; some copies may be missing"),
            next: status.next.filter(|_| !running).map(minute),
        }
    }
}

/// How and when a run ended.
fn ended(last: &RunRecord) -> String {
    let down =
        last.down_since.map(|since| format!(", the connection to the site has been down since {}", minute(since)));
    format!("{} {}{}", last.how.word(), minute(last.ended), down.unwrap_or_default())
}

impl Text for SyncStanding {
    fn text(&self) -> String {
        let mut parts = vec![match &self.as_of {
            Some(at) => format!("copies as of {at}"),
            None => "the site has not been copied whole yet".to_owned(),
        }];
        if self.running {
            let total = self.pages_total.map(|total| format!(" of about {total}")).unwrap_or_default();
            let done = self.pages_done.map(|done| format!(": {done}{total} pages")).unwrap_or_default();
            let left = self.seconds_left.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
            parts.push(format!("a sync is under way{done}{left}"));
        }
        parts.extend(self.last.as_ref().map(|last| format!("the last one {last}")));
        parts.extend(self.damage.map(|damage| format!("{damage} until the next sync")));
        parts.extend(self.next.as_ref().map(|next| format!("the next one is due {next}")));
        parts.join("; ")
    }
}
