//! The data directory: what its owner opens and serves, how a command reaches it, and what it says of trail and store.

pub(super) mod assemble;
pub(super) mod audit;
mod audit_row;
mod filling;
pub(super) mod kept;
pub(super) mod owned;
pub(super) mod sites;
pub(super) mod store;
pub(super) mod sync;
mod syncing;
pub(super) mod way;
