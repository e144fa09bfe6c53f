//! Tools of the group Attachments.

pub mod folder;

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[];
