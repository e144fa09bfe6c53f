//! Profiles: what their files may say, what the decision makes of them, and what comes with Sluice.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its own words or not")]
#![expect(clippy::format_collect, reason = "short lists, made once")]
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them so")]

mod catalog;
mod form;
mod hostile;
mod laws;
mod meaning;
mod shipped;
mod syntax;
mod tables;
mod there_and_back;
mod twin;
