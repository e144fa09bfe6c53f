//! Profiles: what their files may say, what the decision makes of them, and what comes with Sluice.

#![expect(clippy::format_collect, reason = "short lists, made once")]

mod catalog;
mod form;
mod hostile;
mod laws;
mod meaning;
mod narrowed;
mod shipped;
mod syntax;
mod tables;
mod there_and_back;
mod twin;
