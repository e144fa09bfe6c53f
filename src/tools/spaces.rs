//! Tools of the group Spaces.

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[];
