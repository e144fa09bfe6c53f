//! Who asks: an approver who proves it with a secret, or anyone at this machine where no approver is set up.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};

use super::answer::Failure;
use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::people::{Approver, Approvers, Attempts};

/// How long a proven secret is remembered, so that its slow hash is not computed for each request.
const REMEMBERED: Duration = Duration::from_mins(5);
/// No longer secret was made here.
const LONGEST: usize = 1024;

/// Who asks.
pub(super) enum Visitor {
    /// An approver.
    Approver(Approver),
    /// Anyone, where no approver is set up.
    Anyone,
}

/// Tells who asks.
pub(super) struct Credentials {
    /// Where approvers are read from, where there can be any.
    file: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    attempts: Attempts,
    /// One slow hash at a time: each takes much memory.
    proving: tokio::sync::Mutex<()>,
    proven: Mutex<Proven>,
}

/// Secrets that were proven a short while ago, by their digests.
#[derive(Default)]
struct Proven {
    /// To these approvers; where the file has others now, nothing is remembered.
    among: Approvers,
    until: HashMap<Digest, (Approver, Duration)>,
}

impl Credentials {
    pub(super) fn new(file: Option<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        let attempts = Attempts::new(Arc::clone(&clock));
        Self { file, clock, attempts, proving: tokio::sync::Mutex::default(), proven: Mutex::default() }
    }

    /// Who asks with these headers. Where approvers are set up, nobody but them is let in.
    pub(super) async fn visitor(&self, headers: &HeaderMap) -> Result<Visitor, Failure> {
        let approvers = self.approvers().await?;
        if approvers.is_empty() {
            return Ok(Visitor::Anyone);
        }
        let secret = bearer(headers).ok_or_else(Failure::not_proven)?;
        Ok(Visitor::Approver(self.proven_by(secret, approvers).await?))
    }

    /// The approver whose secret this is.
    pub(super) async fn prove(&self, secret: SecretString) -> Result<Approver, Failure> {
        let approvers = self.approvers().await?;
        if secret.expose_secret().len() > LONGEST {
            return Err(Failure::not_proven());
        }
        self.proven_by(secret, approvers).await
    }

    async fn proven_by(&self, secret: SecretString, approvers: Approvers) -> Result<Approver, Failure> {
        let digest = Digest::of_bytes(secret.expose_secret().as_bytes());
        if let Some(approver) = self.remembered(&approvers, digest) {
            return Ok(approver);
        }
        let _alone = self.proving.lock().await;
        // Whoever waited may have been proven by a request of their own meanwhile.
        if let Some(approver) = self.remembered(&approvers, digest) {
            return Ok(approver);
        }
        let attempt = self.attempts.begin()?;
        let asked = approvers.clone();
        let approver = blocking(move || asked.prove(&secret)).await?.map_err(|_| Failure::not_proven())?;
        attempt.succeeded();
        self.remember(approvers, digest, approver.clone());
        Ok(approver)
    }

    pub(super) async fn approvers(&self) -> Result<Approvers, Failure> {
        let Some(file) = self.file.clone() else { return Ok(Approvers::default()) };
        Ok(blocking(move || Approvers::load(&file)).await??)
    }

    fn remembered(&self, approvers: &Approvers, digest: Digest) -> Option<Approver> {
        let proven = self.proven();
        let (approver, until) = proven.until.get(&digest).filter(|_| proven.among == *approvers)?;
        (self.clock.steady() < *until).then(|| approver.clone())
    }

    fn remember(&self, approvers: Approvers, digest: Digest, approver: Approver) {
        let now = self.clock.steady();
        let mut proven = self.proven();
        if proven.among == approvers {
            proven.until.retain(|_, (_, until)| now < *until);
        } else {
            *proven = Proven { among: approvers, until: HashMap::new() };
        }
        proven.until.insert(digest, (approver, now + REMEMBERED));
    }

    fn proven(&self) -> MutexGuard<'_, Proven> {
        self.proven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The secret of the one `Authorization` header there is.
fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let mut given = headers.get_all(AUTHORIZATION).into_iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    let (scheme, secret) = only.to_str().ok()?.split_once(' ')?;
    let fits = scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty() && secret.len() <= LONGEST;
    fits.then(|| SecretString::from(secret))
}

/// Runs what would hold other requests up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "something broke in here; the log says what")
    })
}
