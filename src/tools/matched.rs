//! The raw request: any published operation that the table lets pass, judged by its own row.

mod confluence_request;
mod eyes;
mod reading;
mod selecting;
mod shown;
mod sites;
mod watching;
mod writing;

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[Entry::matched::<confluence_request::ConfluenceRequest>()];
