//! One data directory has one owner, and whoever comes later is served through it.

mod door;
mod lock;
mod takeover;
