//! Every way through the gate, with fakes for the site, the person and the record.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking, in its own words or not")]

mod fakes;
mod reads;
mod writes;
