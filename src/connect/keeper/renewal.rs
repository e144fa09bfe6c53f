//! One renewal of tokens: locked, written down before use, and told apart from the end of the grant.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Current, Life, Opened};
use crate::confluence::failure::Failure;
use crate::connect::cabinet::{CabinetError, Draft};
use crate::connect::host::{Granted, SignInError, SignInHost};
use crate::connect::record::{Access, Record, State};
use crate::connect::sealed::Sealed;
use crate::connect::secrets::{FormerToken, Secrets, Tokens};

/// How long the sign-in host takes a refresh token again after it was exchanged.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);
/// How long a failed renewal is not tried again at first, and at most.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How long the sign-in host may have itself not asked again.
const LONGEST_WISH: Duration = Duration::from_mins(10);

/// Renewals that failed one after the other.
#[derive(Default)]
pub(super) struct Setbacks {
    count: u32,
    /// Until then, in steady time, the answer is this without asking.
    pause: Option<(Duration, String)>,
}

/// What a renewal brought.
enum Renewed {
    /// Another process was faster.
    Elsewhere,
    /// These.
    Granted(Granted),
}

/// Why a renewal brought nothing.
enum Unrenewed {
    /// The grant has ended.
    Ended(String),
    /// Not this time.
    Later(String, Option<Duration>),
}

impl Opened {
    /// Renews the tokens of this generation, unless they have been meanwhile.
    pub(super) async fn renew(&self, generation: u64) -> Result<Arc<Current>, Failure> {
        let mut setbacks = self.renewing.lock().await;
        let known = self.latest().await?;
        if known.record.generation > generation {
            return Ok(known);
        }
        let now = self.clock.steady();
        if let Some((until, why)) = setbacks.pause.as_ref().filter(|(until, _)| now < *until) {
            return Err(self.not_renewed(why.clone(), until.saturating_sub(now)));
        }
        match self.exchange(generation).await {
            Ok(current) => {
                *setbacks = Setbacks::default();
                Ok(current)
            }
            Err(Unrenewed::Ended(why)) => Err(self.end(generation, &why).await),
            Err(Unrenewed::Later(why, after)) => {
                let doubled = PAUSE.saturating_mul(1 << setbacks.count.min(5)).min(LONGEST_PAUSE);
                let pause = after.map_or(doubled, |after| after.clamp(PAUSE, LONGEST_WISH));
                setbacks.count += 1;
                setbacks.pause = Some((self.clock.steady() + pause, why.clone()));
                tracing::warn!(connection = %self.name, why, ?pause, "tokens could not be renewed");
                self.note_failing(generation, &why).await;
                Err(self.not_renewed(why, pause))
            }
        }
    }

    /// The grant of this generation has ended: that is written down, and told.
    pub(super) async fn end(&self, generation: u64, why: &str) -> Failure {
        let since = self.clock.now();
        tracing::error!(connection = %self.name, why, "somebody has to sign in again");
        self.set_state(generation, State::ReconnectNeeded { since, why: why.to_owned() }).await;
        Failure::ReconnectNeeded { connection: self.name.to_string(), why: why.to_owned() }
    }

    async fn note_failing(&self, generation: u64, why: &str) {
        let since = match self.known().record.state {
            State::Failing { since, .. } => since,
            _ => self.clock.now(),
        };
        self.set_state(generation, State::Failing { since, why: why.to_owned() }).await;
    }

    /// Writes the state of a generation down. Where that cannot be done it holds for this process.
    async fn set_state(&self, generation: u64, state: State) {
        if self.known().record.state == state {
            return;
        }
        let written = async {
            let _lock = self.cabinet.lock(&self.name, &*self.clock).await?;
            let known = self.up_to_date().await?;
            // Somebody has renewed it or signed in again meanwhile: what is wrong was wrong with what came before.
            if known.record.generation > generation {
                return Ok(known);
            }
            let record = Record { state: state.clone(), ..known.record.clone() };
            let mut draft = self.cabinet.reserve(&self.name)?;
            self.put(&mut draft, &known, record, known.secrets.clone(), known.access)
        };
        let written: Result<_, CabinetError> = written.await;
        if let Err(error) = written {
            tracing::error!(connection = %self.name, %error, "the state of a connection could not be written down");
            let known = self.known();
            if known.record.generation > generation {
                return;
            }
            let record = Record { state, ..known.record.clone() };
            let (data_key, wrapped) = (Arc::clone(&known.data_key), known.wrapped.clone());
            let secrets = known.secrets.clone();
            self.take(Current { record, secrets, data_key, wrapped, stamp: known.stamp, access: known.access });
        }
    }

    async fn exchange(&self, generation: u64) -> Result<Arc<Current>, Unrenewed> {
        let later = |error: CabinetError| Unrenewed::Later(error.to_string(), None);
        let host = self.host.as_ref().ok_or_else(|| Unrenewed::Later("it names no sign-in host".into(), None))?;
        let _lock = self.cabinet.lock(&self.name, &*self.clock).await.map_err(later)?;
        let known = self.up_to_date().await.map_err(later)?;
        if known.record.generation > generation {
            return Ok(known);
        }
        let mut draft = self.cabinet.reserve(&self.name).map_err(later)?;
        let granted = match self.granted(host, &known).await? {
            Renewed::Granted(granted) => granted,
            Renewed::Elsewhere => return Ok(self.known()),
        };
        let (now, steady) = (self.clock.now(), self.clock.steady());
        let ends_at = now.saturating_add(granted.lasts).unwrap_or(now);
        let secrets = renewed(&known.secrets, granted.tokens, now.saturating_add(LEEWAY).unwrap_or(now));
        let scopes = if granted.scopes.is_empty() { known.record.scopes.clone() } else { granted.scopes };
        let record = Record {
            generation: known.record.generation + 1,
            state: State::Connected,
            access: Some(Access { given_at: now, ends_at }),
            scopes,
            ..known.record.clone()
        };
        let life = Life { ends: steady.saturating_add(granted.lasts), lasts: granted.lasts };
        // Nobody has the new tokens before they are on disk; until then the old ones hold.
        self.put(&mut draft, &known, record, secrets, Some(life)).map_err(later)
    }

    /// The tokens that come after these.
    async fn granted(&self, host: &SignInHost, known: &Current) -> Result<Renewed, Unrenewed> {
        let (client, tokens, former) = match &known.secrets {
            Secrets::OAuth { client, tokens, former } => (client, tokens, former.as_ref()),
            Secrets::ServiceAccount { client, .. } => {
                let granted = match host.client_credentials(client).await {
                    Err(SignInError::Outside(_) | SignInError::Answer(_)) => host.client_credentials(client).await,
                    other => other,
                };
                return granted.map(Renewed::Granted).map_err(|error| unrenewed(&error));
            }
            Secrets::ApiToken { .. } => return Ok(Renewed::Elsewhere),
        };
        let Some(refresh) = &tokens.refresh else {
            return Err(Unrenewed::Ended("the grant was given without `offline_access`".to_owned()));
        };
        let usable = former.filter(|former| former.until > self.clock.now());
        // What went wrong once is tried once more before anything is concluded: the host takes the same token again
        // for a while, and an answer may have been lost.
        let mut renewed = host.renew(client, refresh.secret()).await;
        if !matches!(renewed, Ok(_) | Err(SignInError::Busy { .. })) {
            renewed = host.renew(client, refresh.secret()).await;
        }
        // The one before is for a pair that the host does not know. Any other time it could end the whole grant: the
        // host may find that it comes too late, whatever the clock here says.
        if let (Err(SignInError::Refused { .. }), Some(former)) = (&renewed, usable) {
            renewed = host.renew(client, former.refresh.secret()).await;
        }
        renewed.map(Renewed::Granted).map_err(|error| unrenewed(&error))
    }

    /// What the file holds, read under the lock.
    async fn up_to_date(&self) -> Result<Arc<Current>, CabinetError> {
        let stamp = self.cabinet.stamp(&self.name);
        if stamp.is_some() && stamp == self.known().stamp {
            return Ok(self.known());
        }
        match self.read_again(stamp).await {
            Ok(current) => Ok(current),
            Err(super::ConnectError::Cabinet(error)) => Err(error),
            Err(error) => {
                let source = std::io::Error::other(error.to_string());
                Err(CabinetError::System { path: self.name.as_str().into(), source })
            }
        }
    }

    /// Writes a connection, and only then takes it for what is.
    fn put(
        &self,
        draft: &mut Draft<'_>,
        known: &Current,
        record: Record,
        secrets: Secrets,
        access: Option<Life>,
    ) -> Result<Arc<Current>, CabinetError> {
        let (data_key, wrapped) = (Arc::clone(&known.data_key), known.wrapped.clone());
        let sealed = Sealed::close(record.clone(), &secrets, &data_key, wrapped.clone()).map_err(|error| {
            let source = std::io::Error::other(error.to_string());
            CabinetError::System { path: self.name.as_str().into(), source }
        })?;
        draft.put(&sealed)?;
        let stamp = self.cabinet.stamp(&self.name);
        Ok(self.take(Current { record, secrets, data_key, wrapped, stamp, access }))
    }

    fn not_renewed(&self, why: String, after: Duration) -> Failure {
        Failure::NotRenewed { connection: self.name.to_string(), why, after }
    }
}

fn unrenewed(error: &SignInError) -> Unrenewed {
    match error {
        SignInError::Refused { .. } => Unrenewed::Ended(error.to_string()),
        _ => Unrenewed::Later(error.to_string(), error.after()),
    }
}

/// The secrets with new tokens; the refresh token before them is kept for as long as it may be of use.
fn renewed(secrets: &Secrets, new: Tokens, until: jiff::Timestamp) -> Secrets {
    match secrets {
        Secrets::OAuth { client, tokens, .. } => {
            let former = tokens.refresh.clone().map(|refresh| FormerToken { refresh, until });
            // A host that gives no new one lets the old one be used again.
            let refresh = new.refresh.or_else(|| tokens.refresh.clone());
            Secrets::OAuth { client: client.clone(), tokens: Tokens { access: new.access, refresh }, former }
        }
        Secrets::ServiceAccount { client, .. } => Secrets::ServiceAccount { client: client.clone(), tokens: new },
        Secrets::ApiToken { email, token } => Secrets::ApiToken { email: email.clone(), token: token.clone() },
    }
}
