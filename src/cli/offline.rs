//! What needs neither settings nor a site: the list of tools, the command line for shells, bodies converted.

pub(super) mod completions;
pub(super) mod convert;
pub(super) mod tools;
