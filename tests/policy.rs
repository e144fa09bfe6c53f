//! Profiles: what their files may say, what the decision makes of them, and what comes with Sluice.

mod catalog;
mod hostile;
mod laws;
mod mistakes;
mod shipped;
mod tables;
mod twin;
