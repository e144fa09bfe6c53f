//! The simulated site behaves as Confluence Cloud does where clients stumble.

mod access;
mod corpus;
mod faults;
mod files;
mod pages;
