//! Tells people outside that a write waits for them, or a connection: a webhook that only tells, and a command that may
//! answer.

pub mod asking;
pub mod command;
pub mod connections;
pub mod message;
pub mod outbox;
mod shapes;
pub mod telling;
#[cfg(test)]
mod tests;
pub mod webhook;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::approval::Record;
use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::domain::place::Place;
use crate::policy::ask::AgentId;

pub use command::{CommandHook, HookAnswer};
pub use message::{ConnectionNotice, Message};
pub use telling::{Listening, Telling};
pub use webhook::{Webhook, WebhookError};

/// Most characters of one line of a notice.
const LONGEST_LINE: usize = 300;
/// Most characters of a preview; the whole of it is where people decide.
const LONGEST_PREVIEW: usize = 4000;
/// Most places of a notice.
const MOST_PLACES: usize = 20;

/// That a write waits for approval, and what it would do. It carries no authority: who has it can decide nothing by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The write's durable record.
    pub approval: ApprovalId,
    /// Which agent asks.
    pub agent: AgentId,
    /// Whose agent it is.
    pub owner: String,
    /// With which tool.
    pub tool: String,
    /// What it amounts to.
    pub class: AccessClass,
    /// The target in words, such as `page 123 "VPN runbook"`.
    pub target: String,
    /// One line for people.
    pub summary: String,
    /// The beginning of what will change.
    pub preview: String,
    /// Every place it touches.
    pub places: Vec<Place>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when it may be decided.
    pub decide_by: Timestamp,
    /// Fingerprint of the request.
    pub digest: Digest,
    /// Where people decide, if there is such a page. Opening it decides nothing.
    pub review_url: Option<String>,
    /// The Confluence site.
    pub site: String,
}

impl Notice {
    /// The notice of a record that waits. `review` is the base of the pages where people decide.
    pub fn of(record: &Record, preview: &str, review: Option<&str>) -> Self {
        let asked = &record.asked;
        // A connection is named by its site, and by what it signs in with behind that.
        let site = asked.connection.split(" (").next().unwrap_or_default();
        let notice = Self {
            approval: asked.id.clone(),
            agent: asked.agent.clone(),
            owner: asked.owner.clone(),
            tool: asked.tool.clone(),
            class: asked.effect,
            target: asked.target.clone(),
            summary: asked.summary.clone(),
            preview: cut(preview, LONGEST_PREVIEW),
            places: asked.places.clone(),
            asked_at: asked.at,
            decide_by: asked.decide_by,
            digest: asked.request.digest(),
            review_url: review.map(|base| format!("{}/approvals/{}", base.trim_end_matches('/'), asked.id)),
            site: site.to_owned(),
        };
        notice.cut()
    }

    /// The notice with every text and list cut to what a notice may hold.
    #[must_use]
    pub fn cut(mut self) -> Self {
        for line in [&mut self.owner, &mut self.tool, &mut self.target, &mut self.summary, &mut self.site] {
            *line = cut(line, LONGEST_LINE);
        }
        self.preview = cut(&self.preview, LONGEST_PREVIEW);
        self.places.truncate(MOST_PLACES);
        self
    }
}

/// At most `most` characters, with a mark where something is missing.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
        None => text.to_owned(),
    }
}
