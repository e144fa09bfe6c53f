//! A simulated Confluence Cloud site: spaces, pages and people in memory, answered as Confluence answers.
//!
//! It uses no layer of the product but `domain`, so that the two cannot share a mistake.

mod around;
pub mod cql;
pub mod import;
mod media;
pub mod model;
mod rules;
pub mod seed;
mod server;
pub mod signin;
mod v1;
mod v2;

pub use server::{
    Announced, CLOUD_ID, Clock, Effect, Fault, Limits, Logged, Moment, RetryAfter, SECOND_CLOUD_ID, Sandbox,
    SandboxError, SandboxOptions, SpaceDeleteHook, TaskPace, Tenant,
};

/// Whether the site's own router reads a request as the deletion of a space, however it is spelled.
pub fn reads_as_space_delete(method: &str, path: &str, query: &str) -> bool {
    let headers = axum::http::HeaderMap::new();
    rules::space_delete::space_key(method, path, query, &headers, b"").is_some()
}
