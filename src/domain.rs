//! The words every layer shares: ids, access classes, groups, places, text. No I/O, no clock.

pub mod access;
pub mod digest;
pub mod group;
pub mod ids;
pub mod limits;
pub mod method;
pub mod place;
pub mod shape;
pub mod spelling;
pub mod text;
