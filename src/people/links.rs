//! One-time links that let the person at this machine into the dashboard, where nobody has been set up.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::PeopleError;
use super::secret::random;
use crate::domain::digest::Digest;

/// How long a link holds.
const HOLDS: Duration = Duration::from_mins(10);

/// The link that was made last, as long as nobody has used it.
#[derive(Debug, Default)]
pub struct Links(Mutex<Option<(Digest, Duration)>>);

impl Links {
    /// A new link's secret part; an earlier one holds no more. `now` is the steady clock's.
    pub fn make(&self, now: Duration) -> Result<SecretString, PeopleError> {
        let secret = random("")?;
        *self.kept() = Some((Digest::of([secret.expose_secret().as_bytes()]), now + HOLDS));
        Ok(secret)
    }

    /// Whether this is the secret part of the link that holds. It holds no more then.
    pub fn take(&self, secret: &str, now: Duration) -> bool {
        let mut kept = self.kept();
        let fits =
            kept.as_ref().is_some_and(|(digest, until)| *digest == Digest::of([secret.as_bytes()]) && now < *until);
        if fits {
            *kept = None;
        }
        fits
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Digest, Duration)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_once_for_ten_minutes_and_only_the_last() {
        let links = Links::default();
        let now = Duration::from_secs(5);
        let first = links.make(now).unwrap();
        let second = links.make(now).unwrap();
        assert!(!links.take(first.expose_secret(), now));
        assert!(links.take(second.expose_secret(), now));
        assert!(!links.take(second.expose_secret(), now));
        let late = links.make(now).unwrap();
        assert!(!links.take(late.expose_secret(), now + HOLDS));
    }
}
