//! Sluice: a Model Context Protocol server for Confluence Cloud in which every call passes one gate.

pub mod app;
pub mod approval;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod confluence;
pub mod connect;
pub mod domain;
pub mod markup;
pub mod mcp;
pub mod policy;
pub mod sandbox;
pub mod tools;
