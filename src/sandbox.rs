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
