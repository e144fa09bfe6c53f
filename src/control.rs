//! What people ask of a data directory and decide there: one set of questions, whoever brings them.
//!
//! The terminal asks the owner of the data directory over its socket, or is the owner itself; both end at a [`Desk`],
//! which makes people prove who they are before they decide. Whatever a person does here stands in the audit trail
//! under that person's name.

mod claims;
mod connections;
mod copied;
mod desk;
mod error;
mod lines;
mod question;
mod reply;
mod rows;
mod shown;
mod taking_back;
mod watch;

pub use connections::Connections;
pub use copied::Copied;
pub use desk::{Desk, Parts};
pub use error::ControlError;
pub use question::{Claim, Question, Which};
pub use reply::{Line, Quota, Reply};
pub use shown::{Ended, Listed, Reached, Request, Shown, UndoNow};
