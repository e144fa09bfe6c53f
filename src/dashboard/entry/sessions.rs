//! Who is signed in: sessions by the digest of a random token that only the browser has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::people::{PeopleError, random_secret};

/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_mins(30);
/// How long a session lasts at most.
const LONGEST: Duration = Duration::from_hours(12);
/// Sessions at once; the one that was used longest ago goes first.
const MOST: usize = 500;

/// Whom a session lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::dashboard) enum Who {
    /// The approver of that name.
    Approver(String),
    /// The person at this machine, as long as nobody has been set up.
    Owner,
}

/// A session as it is kept.
struct Session {
    who: Who,
    csrf: SecretString,
    began: Duration,
    used: Duration,
}

/// The sessions of one process; they end with it.
pub(in crate::dashboard) struct Sessions {
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    pub(in crate::dashboard) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    /// Begins a session and gives its token. Nobody chooses a token: what a browser brought before is worth nothing.
    pub(in crate::dashboard) fn begin(&self, who: Who) -> Result<SecretString, PeopleError> {
        let (token, csrf, now) = (random_secret("")?, random_secret("")?, self.clock.steady());
        let mut kept = self.kept();
        kept.retain(|_, session| session.lasts(now));
        if kept.len() >= MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, session)| session.used).map(|(digest, _)| *digest)
        {
            kept.remove(&oldest);
        }
        kept.insert(digest(token.expose_secret()), Session { who, csrf, began: now, used: now });
        Ok(token)
    }

    /// Whom a token lets in, and the secret that its forms must bring back.
    pub(in crate::dashboard) fn find(&self, token: &str) -> Option<(Who, SecretString)> {
        let now = self.clock.steady();
        let mut kept = self.kept();
        let session = kept.get_mut(&digest(token)).filter(|session| session.lasts(now))?;
        session.used = now;
        Some((session.who.clone(), session.csrf.clone()))
    }

    /// Ends a session.
    pub(in crate::dashboard) fn end(&self, token: &str) {
        self.kept().remove(&digest(token));
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn lasts(&self, now: Duration) -> bool {
        now.saturating_sub(self.used) < IDLE && now.saturating_sub(self.began) < LONGEST
    }
}

fn digest(token: &str) -> Digest {
    Digest::of([token.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn sessions() -> (Arc<ManualClock>, Sessions) {
        let clock = Arc::new(ManualClock::at("2026-01-01T00:00:00Z"));
        let sessions = Sessions::new(Arc::clone(&clock) as Arc<dyn Clock>);
        (clock, sessions)
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_after_half_a_day_whoever_uses_it() {
        let (clock, sessions) = sessions();
        let token = sessions.begin(Who::Owner).unwrap();
        let token = token.expose_secret();
        for _ in 0..(12 * 60 / 25) {
            assert!(sessions.find(token).is_some());
            clock.advance(Duration::from_mins(25));
        }
        clock.advance(Duration::from_mins(20));
        assert!(sessions.find(token).is_none());
        let idle = sessions.begin(Who::Owner).unwrap();
        clock.advance(IDLE);
        assert!(sessions.find(idle.expose_secret()).is_none());
    }

    #[test]
    fn a_token_that_was_not_made_here_lets_nobody_in_and_a_session_that_ended_is_over() {
        let (_, sessions) = sessions();
        assert!(sessions.find("chosen").is_none() && sessions.find("").is_none());
        let token = sessions.begin(Who::Approver("ada".into())).unwrap();
        let (who, csrf) = sessions.find(token.expose_secret()).unwrap();
        assert_eq!(who, Who::Approver("ada".into()));
        assert_ne!(csrf.expose_secret(), token.expose_secret());
        sessions.end(token.expose_secret());
        assert!(sessions.find(token.expose_secret()).is_none());
    }

    #[test]
    fn sessions_do_not_grow_without_end() {
        let (clock, sessions) = sessions();
        let first = sessions.begin(Who::Owner).unwrap();
        for _ in 0..MOST {
            clock.advance(Duration::from_millis(1));
            sessions.begin(Who::Owner).unwrap();
        }
        assert_eq!(sessions.kept().len(), MOST);
        assert!(sessions.find(first.expose_secret()).is_none());
    }
}
