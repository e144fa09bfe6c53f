//! What was asked, decided and done: the rows of the audit trail.

pub mod entry;
mod error;
mod filter;
mod folder;
mod line;
pub mod trail;
mod verify;

pub use entry::Entry;
pub use error::{Broken, TrailError};
pub use filter::Filter;
pub use trail::{Shown, Trail};
pub use verify::{Known, Verified};
