//! How often somebody may try to prove who they are: after five failures within a minute, not yet.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// So many failures within [`WINDOW`] are one too many.
const MOST_FAILURES: usize = 5;
/// How long a failure counts.
const WINDOW: Duration = Duration::from_mins(1);

/// Counts failed attempts at one door; cheap to ask before each attempt.
pub struct Attempts {
    clock: Arc<dyn Clock>,
    /// When each began, on the steady clock, oldest first.
    failures: Mutex<VecDeque<Duration>>,
}

/// There were too many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts failed; try again in {} s", wait.as_secs().saturating_add(1))]
pub struct TooManyAttempts {
    /// How long until the next attempt is let through.
    pub wait: Duration,
}

impl Attempts {
    /// None so far.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, failures: Mutex::default() }
    }

    /// Leave to try once. It counts as a failure until it [succeeded](Attempt::succeeded), so that many at once gain
    /// nothing.
    pub fn begin(&self) -> Result<Attempt<'_>, TooManyAttempts> {
        let now = self.clock.steady();
        let mut failures = self.failures();
        while failures.front().is_some_and(|began| now.saturating_sub(*began) >= WINDOW) {
            failures.pop_front();
        }
        match failures.front() {
            Some(oldest) if failures.len() >= MOST_FAILURES => {
                Err(TooManyAttempts { wait: WINDOW.saturating_sub(now.saturating_sub(*oldest)) })
            }
            _ => {
                failures.push_back(now);
                Ok(Attempt { attempts: self, began: now })
            }
        }
    }

    fn failures(&self) -> MutexGuard<'_, VecDeque<Duration>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One attempt; dropped, it has failed.
pub struct Attempt<'a> {
    attempts: &'a Attempts,
    began: Duration,
}

impl Attempt<'_> {
    /// It was no failure.
    pub fn succeeded(self) {
        let mut failures = self.attempts.failures();
        if let Some(own) = failures.iter().position(|began| *began == self.began) {
            failures.remove(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn after_five_failures_within_a_minute_one_has_to_wait_out_the_minute() {
        let clock = Arc::new(ManualClock::at("2025-01-01T00:00:00Z"));
        let attempts = Attempts::new(Arc::clone(&clock) as Arc<dyn Clock>);
        for _ in 0..5 {
            assert!(attempts.begin().is_ok());
            clock.advance(Duration::from_secs(1));
        }
        assert_eq!(attempts.begin().err(), Some(TooManyAttempts { wait: Duration::from_secs(55) }));
        clock.advance(Duration::from_secs(55));
        assert!(attempts.begin().is_ok());
        assert_eq!(attempts.begin().err(), Some(TooManyAttempts { wait: Duration::from_secs(1) }));
    }

    #[test]
    fn a_success_does_not_count_and_forgives_no_failure() {
        let attempts = Attempts::new(Arc::new(ManualClock::at("2025-01-01T00:00:00Z")));
        for _ in 0..20 {
            attempts.begin().unwrap().succeeded();
        }
        for _ in 0..5 {
            assert!(attempts.begin().is_ok());
        }
        assert!(attempts.begin().is_err());
    }
}
