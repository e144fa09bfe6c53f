//! One data directory, one owner: the lock, the socket beside it, and the bridges of those who came later.
//!
//! Clients start `serve --stdio` as they please; what lies in a data directory has one owner all the same. The first
//! process takes the [`Lock`] and listens at a [`Listener`]; later ones [enter](entry::Entry::enter) as bridges, which pass messages
//! through. When the owner goes, the bridges find a new one among themselves, and their clients notice a delay.
//! What the owner serves behind its door is a parameter: [`Doors`].

pub mod bridge;
mod control;
mod cut;
mod doors;
mod entry;
mod hello;
mod link;
mod lock;
mod message;
mod pending;
mod session;
#[cfg_attr(not(unix), path = "owner/socket/none.rs")]
mod socket;

pub use control::{Control, ControlError};
pub use doors::{Doors, Session, Stream, serve};
pub use entry::{EnterError, Entry, Place};
pub use lock::{Holder, Lock, LockError};
pub use socket::{Listener, SocketError};
