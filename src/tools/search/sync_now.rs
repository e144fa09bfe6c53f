//! Has the site copied now instead of when it is due.

use super::library;
use super::standing::SyncStanding;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::sync::Kind;
use crate::tools::{Context, NoInput, ReadTool, ToolError};

/// Asks for a sync.
pub(super) struct SyncNow;

impl ReadTool for SyncNow {
    const NAME: &'static str = "sync_now";
    const GROUP: Group = Group::Search;
    const TITLE: &'static str = "Sync now";
    const DESCRIPTION: &'static str =
        "Has what changed copied now for search_docs, once a minute at most; get_sync_status says when it is done.";
    const SCOPES: &'static [&'static str] = &[];
    type Access = Read;
    type Input = NoInput;
    type Output = SyncStanding;

    fn subject(_: &NoInput) -> Place {
        Place::Nowhere
    }

    async fn read(_: NoInput, _: &Permit<Read>, context: &Context) -> Result<Unsifted<SyncStanding>, ToolError> {
        let library = context.library.as_ref().ok_or_else(library::missing)?;
        library.ask_for_sync(Kind::Incremental);
        Ok(Unsifted::one(Place::Nowhere, SyncStanding::of(&library.sync().status(), &context.scope)))
    }
}
