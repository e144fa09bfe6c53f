//! `sluice connect`, `disconnect`, `sites`, `status` and `sources`: where Sluice gets pages from.

mod account;
mod asking;
pub(super) mod connect;
mod consent;
pub(super) mod disconnect;
mod establish;
mod given;
pub(super) mod keys;
pub(super) mod list;
mod scopes;
pub(super) mod sources;
pub(super) mod status;
