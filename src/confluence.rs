//! Confluence Cloud's REST API: requests as values, and the one client that sends them.

pub mod api;
mod form;
pub mod model;
pub mod request;

pub use request::Request;
