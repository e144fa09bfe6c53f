//! Who may in with a browser: whoever signed in, or came by a one-time link where nobody has been set up.

mod forms;
mod person;
mod sessions;
mod sign_in;

pub(super) use forms::Form;
pub(super) use person::{Person, see};
pub(super) use sessions::Sessions;
pub(super) use sign_in::routes;
