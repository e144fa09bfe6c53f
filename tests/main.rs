//! One integration binary; each module is a subject, each test a sentence.

mod client;
mod contract;
mod desk;
mod gate;
mod markup;
mod pages;
mod policy;
#[cfg(test)]
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod small_site;
mod laws;
mod mcp;
mod world;
