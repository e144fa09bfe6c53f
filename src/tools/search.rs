//! Tools of the group Search.

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[];
