//! `sluice connect`, `disconnect`, `sites` and `status`: the sites Sluice is connected to.

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
pub(super) mod status;
