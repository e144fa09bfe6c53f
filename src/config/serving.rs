//! Where Sluice listens: for people, and for agents over HTTP.

mod dashboard;
mod http;

pub use http::{HttpSettings, TlsFiles};
