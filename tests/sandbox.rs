//! The simulated site behaves as Confluence Cloud does where clients stumble.

mod access;
mod consent;
mod corpus;
mod faults;
mod files;
mod pages;
mod second_site;
mod steering;
mod tokens;
mod visitor;
