//! One integration binary; each module is a subject, each test a sentence.
#![cfg(test)]

mod approvals;
mod attachments;
mod binary;
mod cli;
mod client;
mod contract;
mod corpus;
mod costs;
mod desk;
mod find_out;
mod finding;
mod gate;
mod hostile;
mod laws;
mod layers;
mod markup;
mod mcp;
mod owner;
mod pages;
mod people;
mod policy;
mod program;
mod requests;
mod sandbox;
mod scope;
mod shared;
mod small_site;
mod store;
mod tool_sets;
mod trail;
mod undo;
mod views;
mod world;
mod writes;
