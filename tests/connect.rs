//! Connections are kept, sealed and renewed, whatever happens in between.

mod away;
mod clocks;
mod consent;
mod disk;
mod ear;
mod ended;
mod files;
mod flight;
mod forgetting;
mod house;
mod killed;
mod meanwhile;
mod renewals;
mod secrets;
mod together;
