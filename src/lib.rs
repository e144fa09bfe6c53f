//! Sluice: a Model Context Protocol server for Confluence Cloud in which every call passes one gate.

pub mod domain;
pub mod sandbox;
