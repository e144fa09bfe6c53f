//! Why a question got no reply.

use crate::approval::approvals::DecideError;
use crate::approval::rules::NotYours;
use crate::audit::TrailError;
use crate::domain::ids::ApprovalId;
use crate::people::{NotProven, PeopleError, TooManyAttempts};
use crate::store::StoreError;
use crate::store::backup::BackupError;
use crate::tools::NotTakenBack;

/// Why a question got no reply.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The data directory is not handed over.
    #[error("whoever owns the data directory needs it itself")]
    Kept,
    /// What was copied is still there.
    #[error("what was copied could not be forgotten: {0}")]
    Copies(String),
    /// It is none.
    #[error("the owner of the data directory does not understand the question: {0}")]
    NotUnderstood(String),
    /// There is no such record.
    #[error("there is no approval `{0}`; `sluice approvals list --all` shows those there are")]
    Absent(ApprovalId),
    /// The decision was not taken.
    #[error(transparent)]
    Decide(DecideError),
    /// Nobody's secret.
    #[error(transparent)]
    NotProven(#[from] NotProven),
    /// Too many failures.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// An approver has to say who they are.
    #[error("approvers have been set up: set SLUICE_APPROVER_SECRET, or run this in a terminal to be asked")]
    NoSecret,
    /// A secret, and nobody it could belong to.
    #[error("no approver has been set up, so there is nothing to prove; `sluice approvers add NAME` sets one up")]
    NobodySetUp,
    /// Not for this person.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// There is no such tool that writes.
    #[error("there is no tool {tool} that writes{meant}")]
    NoTool {
        /// What was asked for, quoted.
        tool: String,
        /// What was probably meant, as half a sentence.
        meant: String,
    },
    /// One tool for many kinds of writes.
    #[error("`{0}` can be any write, so that nobody can say yes to it in advance; grant the tools that are meant")]
    NotInAdvance(&'static str),
    /// No pages are served.
    #[error("no dashboard is served; give `sluice serve` an address with `--dashboard 127.0.0.1:7433`")]
    NoDashboard,
    /// Whoever can sign in needs no link.
    #[error("somebody has been set up who can sign in: open {0}")]
    SignIn(String),
    /// There is no such grant.
    #[error("there is no grant {0}; `sluice approvals grants` lists those that hold")]
    NoGrant(String),
    /// A grant for too long.
    #[error("a grant holds for at most 7 days")]
    TooLong,
    /// The connection is not open.
    #[error(
        "nothing serves `{0}` at the moment; start a server for it, or end this owner and try from the command line"
    )]
    NotConnected(String),
    /// The write was not taken back.
    #[error(transparent)]
    NotTakenBack(#[from] NotTakenBack),
    /// `approvers.toml` or `agents.toml` cannot be used.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The audit trail cannot be read.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store cannot be backed up.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// What is kept lies in no files.
    #[error("this store is kept in no files")]
    NoFiles,
    /// A fault of ours.
    #[error("a fault in Sluice ended this; its log says which")]
    Fault,
}

impl From<DecideError> for ControlError {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Absent(id) => Self::Absent(id),
            DecideError::NotYours(error) => Self::NotYours(error),
            DecideError::Store(error) => Self::Store(error),
            error => Self::Decide(error),
        }
    }
}
