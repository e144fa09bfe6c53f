//! What a person decides about the copies of a site.

use std::time::Duration;

use crate::sync::plan::share::Shares;
use crate::sync::plan::spaces::Choice;

/// How a site is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which spaces.
    pub choice: Choice,
    /// How much of the hourly points.
    pub shares: Shares,
    /// How long runs are apart.
    pub every: Duration,
    /// How long runs are apart that look at every page.
    pub sweep_every: Duration,
    /// How many requests go on at once; leaves some of the client's to agents.
    pub at_once: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            choice: Choice::default(),
            shares: Shares { quiet: 60, busy: 30 },
            every: Duration::from_mins(15),
            sweep_every: Duration::from_hours(24),
            at_once: 6,
        }
    }
}
