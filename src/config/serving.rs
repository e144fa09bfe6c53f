//! Where Sluice listens, for people and for agents over HTTP, and what it does there besides.

mod dashboard;
mod http;
mod sync;

pub use http::{HttpSettings, TlsFiles};
pub use sync::{SearchVerify, SyncSettings, SyncWhen};
