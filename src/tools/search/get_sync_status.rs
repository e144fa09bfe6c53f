//! Tells how old the local copies are and what is being done about it.

use super::library;
use super::standing::SyncStanding;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, NoInput, ReadTool, ToolError};

/// Tells how it stands with the copies.
pub(super) struct GetSyncStatus;

impl ReadTool for GetSyncStatus {
    const NAME: &'static str = "get_sync_status";
    const GROUP: Group = Group::Search;
    const TITLE: &'static str = "Get sync status";
    const DESCRIPTION: &'static str = "Says how old the copies of search_docs are, and how far a sync is.";
    const SCOPES: &'static [&'static str] = &[];
    type Access = Read;
    type Input = NoInput;
    type Output = SyncStanding;

    fn subject(_: &NoInput) -> Place {
        Place::Nowhere
    }

    async fn read(_: NoInput, _: &Permit<Read>, context: &Context) -> Result<Unsifted<SyncStanding>, ToolError> {
        let library = context.library.as_ref().ok_or_else(library::missing)?;
        Ok(Unsifted::one(Place::Nowhere, SyncStanding::of(&library.sync().status(), &context.scope)))
    }
}
