//! `sluice agents` and `sluice approvers`: who they are, and what each proves it with.

pub(super) mod agents;
pub(super) mod approvers;
pub(super) mod dashboard;
pub(super) mod permissions;
