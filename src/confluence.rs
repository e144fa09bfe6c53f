//! Confluence Cloud's REST API: requests as values, and the one client that sends them.

pub mod address;
pub mod api;
pub mod client;
pub mod cql;
pub mod credentials;
pub mod failure;
pub mod memory;
pub mod model;
pub mod people;
pub mod places;
pub mod reply;
pub mod request;

pub use address::Address;
pub use client::{Client, Settings};
pub use credentials::{ApiToken, Bearer, Credentials};
pub use failure::{Failure, TryAgain};
pub use reply::Reply;
pub use request::Request;
