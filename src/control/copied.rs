//! What is copied of sites and other sources, as far as people ask about it and have it forgotten.

use futures_util::future::BoxFuture;

use crate::sources::Standing;

/// The copies of a data directory.
pub trait Copied: Send + Sync {
    /// How it stands with the copies of every other source; `ask` has all of them looked through first.
    fn sources(&self, ask: bool) -> BoxFuture<'_, Vec<Standing>>;

    /// Forgets what was copied into the part of the index with this name, and everything that is known of it.
    fn forget<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), String>>;
}
