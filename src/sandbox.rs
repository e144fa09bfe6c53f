//! A simulated Confluence Cloud site: spaces, pages and people in memory, answered as Confluence answers.
//!
//! It uses no layer of the product but `domain`, so that the two cannot share a mistake.

pub mod cql;
pub mod import;
pub mod model;
pub mod seed;
