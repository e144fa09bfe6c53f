//! Tools about the caller's own writes: several as one, what became of them, which wait, and taking one back.

mod apply_changes;
mod cancel_approval;
mod get_approval;
mod list_approvals;
pub mod outcome;
mod undo_write;
mod whoami;

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::session::<whoami::Whoami>(),
    Entry::several::<apply_changes::ApplyChanges>(),
    Entry::session::<get_approval::GetApproval>(),
    Entry::session::<list_approvals::ListApprovals>(),
    Entry::session::<cancel_approval::CancelApproval>(),
    Entry::session::<undo_write::UndoWrite>(),
];
