//! Tools of the group Users.

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[];
