//! Tools of the group Users.

mod get_current_user;
mod get_user;
mod get_users;
mod list_group_members;
mod person;
mod search_users;

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::read::<get_user::GetUser>(),
    Entry::read::<get_users::GetUsers>(),
    Entry::read::<list_group_members::ListGroupMembers>(),
    Entry::read::<search_users::SearchUsers>(),
    Entry::read::<get_current_user::GetCurrentUser>(),
];
