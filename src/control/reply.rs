//! The replies, as they travel.

use serde::{Deserialize, Serialize};

use super::shown::{Listed, Shown};
use crate::approval::approvals::Pause;
use crate::approval::grants::Grant;
use crate::audit::Entry;
use crate::sources::Standing;
use crate::store::check::Counts;
use crate::sync::Status;

/// A reply, or one of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Whether approvers have been set up.
    Approvers {
        /// At least one.
        set_up: bool,
    },
    /// Writes, newest first.
    List {
        /// The writes.
        approvals: Vec<Listed>,
        /// Who paused all writing, where somebody has.
        paused: Option<Pause>,
    },
    /// One write.
    Shown(Box<Shown>),
    /// What was sent to take a write back.
    Undone(Vec<Shown>),
    /// A yes in advance.
    Granted(Grant),
    /// Those that hold.
    Grants(Vec<Grant>),
    /// How many writes were cancelled.
    Cancelled(usize),
    /// What became of a disconnected site's writes.
    Forgotten {
        /// How many waited, or were approved and not sent, and are cancelled.
        closed: usize,
        /// How many are no longer in the store, those that were closed among them.
        removed: usize,
        /// How many are being sent, or need a person to look; they go once their end is known.
        left: usize,
    },
    /// It was done; or, after several replies, there are no more.
    Done,
    /// A row of the audit trail.
    Row {
        /// Its number.
        number: u64,
        /// What it says; `None` where that is no entry.
        entry: Option<Box<Entry>>,
        /// The row as one line of JSON, as in an export.
        json: String,
    },
    /// The audit trail holds.
    Verified {
        /// Number of the row before the first that is kept.
        after: u64,
        /// Number of the last row.
        last: u64,
        /// The last place, as `--head` takes it.
        head: String,
    },
    /// The audit trail or the store is not as it was written.
    Broken {
        /// Where, in a sentence.
        why: String,
    },
    /// What cannot be used of the files that say who may do what.
    Mistakes(Vec<String>),
    /// What is left of each open connection's quota.
    Quotas(Vec<Quota>),
    /// How it stands with the copies of each open connection's site.
    Syncs(Vec<Status>),
    /// How it stands with the copies of each other source.
    Sources(Vec<Standing>),
    /// A page of the dashboard that lets one browser in.
    Link(String),
    /// What the store holds.
    Counted(Counts),
}

/// What is left of a connection's quota in this hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Name of the connection: site and account.
    pub connection: String,
    /// Points that are left; nothing where it is not counted in points.
    pub left: Option<u32>,
    /// Of so many.
    pub of: Option<u32>,
}

/// A line over the owner's socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A reply.
    Reply(Reply),
    /// There is none; why.
    Error(String),
}
