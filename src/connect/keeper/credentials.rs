//! What each request to Confluence is signed with, and what follows when Confluence does not take it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Current, JUST_GIVEN, Keeper, MARGIN, Opened};
use crate::confluence::credentials::{Allowance, Authorization, Credentials, Refusal, Remedy};
use crate::confluence::failure::Failure;
use crate::connect::record::{Method, State};
use crate::connect::secrets::Secrets;

impl Credentials for Keeper {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Failure>> {
        async move {
            let current = self.opened.usable().await?;
            match current.access {
                Some(life) if self.opened.clock.steady() + MARGIN >= life.ends => {
                    match self.renew(current.record.generation).await {
                        Ok(renewed) => header(&renewed),
                        // It holds a little longer.
                        Err(Failure::NotRenewed { .. }) if self.opened.clock.steady() < life.ends => header(&current),
                        Err(failure) => Err(failure),
                    }
                }
                _ => header(&current),
            }
        }
        .boxed()
    }

    fn refused<'a>(
        &'a self,
        authorization: &'a Authorization,
        attempt: Refusal,
    ) -> BoxFuture<'a, Result<Remedy, Failure>> {
        async move {
            let current = self.opened.usable().await?;
            if current.record.generation > authorization.generation() {
                return Ok(Remedy::SendAgain);
            }
            let Some(life) = current.access else {
                return match attempt {
                    Refusal::First => Ok(Remedy::SendAgain),
                    Refusal::Second => {
                        let why = "Confluence does not take the API token any more";
                        Err(self.opened.end(current.record.generation, why).await)
                    }
                };
            };
            // A new one would be refused just the same.
            if life.is_younger(JUST_GIVEN, self.opened.clock.steady()) {
                return Ok(Remedy::None);
            }
            self.renew(current.record.generation).await?;
            Ok(Remedy::SendAgain)
        }
        .boxed()
    }

    fn allowance(&self) -> Allowance {
        match self.opened.known().record.method {
            Method::ApiToken | Method::ScopedApiToken => Allowance::BurstOnly,
            Method::OAuth | Method::ServiceAccount => Allowance::HourlyPoints,
        }
    }
}

impl Opened {
    /// The connection as it is now, unless somebody has to sign in again.
    async fn usable(&self) -> Result<Arc<Current>, Failure> {
        let current = self.latest().await?;
        match &current.record.state {
            State::ReconnectNeeded { why, .. } => {
                Err(Failure::ReconnectNeeded { connection: self.name.to_string(), why: why.clone() })
            }
            State::Connected | State::Failing { .. } => Ok(current),
        }
    }
}

fn header(current: &Current) -> Result<Authorization, Failure> {
    let value = match &current.secrets {
        Secrets::OAuth { tokens, .. } | Secrets::ServiceAccount { tokens, .. } => {
            format!("Bearer {}", tokens.access.secret().expose_secret())
        }
        Secrets::ApiToken { email, token } => {
            let pair = SecretString::from(format!("{email}:{}", token.secret().expose_secret()));
            format!("Basic {}", STANDARD.encode(pair.expose_secret()))
        }
    };
    let authorization = Authorization::new(&SecretString::from(value));
    let authorization = authorization.map_err(|_| Failure::Bug { what: "unsendable credentials" })?;
    Ok(authorization.of_generation(current.record.generation))
}
