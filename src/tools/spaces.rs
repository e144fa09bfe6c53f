//! Tools of the group Spaces.

mod create_space;
mod described;
mod get_space;
mod get_space_permissions;
mod list_space_labels;
mod list_space_properties;
mod list_spaces;
mod naming;
mod set_space_property;
pub(super) mod update_space;

use crate::confluence::model::WrittenSpace;
use crate::domain::text::clean_text;

use super::answer::Written;
use super::{Context, Entry};

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::read::<list_spaces::ListSpaces>(),
    Entry::read::<get_space::GetSpace>(),
    Entry::read::<get_space_permissions::GetSpacePermissions>(),
    Entry::read::<list_space_properties::ListSpaceProperties>(),
    Entry::read::<list_space_labels::ListSpaceLabels>(),
    Entry::write::<create_space::CreateSpace>(),
    Entry::write::<update_space::UpdateSpace>(),
    Entry::write::<set_space_property::SetSpaceProperty>(),
];

/// What a write answers about the space it made or changed.
fn written(space: &WrittenSpace, context: &Context) -> Written {
    Written {
        id: space.id.map(|id| id.to_string()),
        title: Some(clean_text(&space.name).text),
        url: Some(context.url(space.links.webui.as_deref())),
        note: Some(format!("key {}", space.key)),
        ..Written::done()
    }
}
