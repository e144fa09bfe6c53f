//! When a request is sent again by itself, and after how long.

use std::time::Duration;

use crate::domain::access::AccessClass;

/// How often a request is sent again at most.
const RETRIES: u32 = 4;
/// A host that cannot be reached is tried this often more.
const CONNECTION_RETRIES: u32 = 2;
const FIRST_BACK_OFF: Duration = Duration::from_millis(500);

/// What went wrong with one attempt, as far as sending again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// 429: not executed.
    TooFast,
    /// No connection was made: not executed.
    NotStarted,
    /// 502, 503, 504, a reset or silence: may have been executed.
    Interrupted,
    /// Anything else; sending again would not help.
    Final,
}

impl Trouble {
    /// Whether a request of this class may be sent once more after `attempts` attempts.
    pub(super) fn again(self, class: AccessClass, attempts: u32) -> bool {
        match self {
            Self::TooFast => attempts <= RETRIES,
            Self::NotStarted => attempts <= CONNECTION_RETRIES,
            Self::Interrupted => !class.writes() && attempts <= RETRIES,
            Self::Final => false,
        }
    }
}

/// The wait before the attempt that follows `attempts` attempts: doubled each time, scattered by 30 % both ways.
pub(super) fn back_off(attempts: u32) -> Duration {
    let doubled = FIRST_BACK_OFF.saturating_mul(1 << attempts.saturating_sub(1).min(RETRIES));
    doubled.mul_f64(0.7 + 0.6 * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_writes_that_were_not_executed_are_sent_again() {
        let again = |trouble: Trouble, class| (1..10).take_while(|attempts| trouble.again(class, *attempts)).count();
        for class in AccessClass::ALL {
            assert_eq!(again(Trouble::TooFast, class), 4);
            assert_eq!(again(Trouble::NotStarted, class), 2);
            assert_eq!(again(Trouble::Interrupted, class), if class.writes() { 0 } else { 4 });
            assert_eq!(again(Trouble::Final, class), 0);
        }
    }

    #[test]
    fn back_offs_double_and_are_scattered() {
        for attempts in 1..=4 {
            let middle = 0.5 * f64::from(1 << (attempts - 1));
            for _ in 0..200 {
                let wait = back_off(attempts).as_secs_f64();
                assert!((0.69 * middle..=1.31 * middle).contains(&wait), "{attempts}: {wait}");
            }
        }
    }
}
