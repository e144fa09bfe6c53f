//! Tokens for Azure Key Vault: from Entra ID with a secret or a federated token, or from where a machine or app runs.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::clock::Clock;
use crate::config::AzureIdentity;
use crate::keys::KeepingError;
use crate::keys::asking::{meaning, post, problem, read, secret_header, token_in};
use crate::outside::{Outside, Said};

/// A token is not used in the last minutes of its life.
const MARGIN: Duration = Duration::from_mins(5);
/// No token is kept longer, whatever it says of itself.
const LONGEST: Duration = Duration::from_hours(24);
/// How a workload proves itself (RFC 7523 section 2.2).
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The versions of what machines and apps are asked.
const MACHINE_VERSION: &str = "2018-02-01";
const APP_VERSION: &str = "2019-08-01";

/// Tokens of one identity, each kept as long as it is good.
pub(super) struct Tokens {
    identity: AzureIdentity,
    resource: String,
    outside: Outside,
    clock: Arc<dyn Clock>,
    /// Held by whoever fetches one, so that it is fetched once for all who wait.
    held: Mutex<Option<Held>>,
}

struct Held {
    token: SecretString,
    /// By the steady clock.
    until: Duration,
}

/// What gives out tokens answers; numbers may be written as text.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// Seconds.
    #[serde(default)]
    expires_in: Value,
    /// Seconds since 1970.
    #[serde(default)]
    expires_on: Value,
}

/// The header that shows a token.
pub(super) fn bearer(token: &SecretString) -> Result<(HeaderName, HeaderValue), &'static str> {
    secret_header("authorization", &format!("Bearer {}", token.expose_secret()).into())
}

impl Tokens {
    pub(super) fn new(identity: AzureIdentity, resource: String, outside: Outside, clock: Arc<dyn Clock>) -> Self {
        Self { identity, resource, outside, clock, held: Mutex::default() }
    }

    /// A token that is good.
    pub(super) async fn present(&self) -> Result<SecretString, KeepingError> {
        let mut held = self.held.lock().await;
        match held.as_ref().filter(|held| self.clock.steady() < held.until) {
            Some(held) => Ok(held.token.clone()),
            None => self.fetched(&mut held).await,
        }
    }

    /// Another one than that, which was not accepted.
    pub(super) async fn after(&self, refused: &SecretString) -> Result<SecretString, KeepingError> {
        let mut held = self.held.lock().await;
        match held.as_ref().filter(|held| held.token.expose_secret() != refused.expose_secret()) {
            Some(held) => Ok(held.token.clone()),
            None => self.fetched(&mut held).await,
        }
    }

    async fn fetched(&self, held: &mut Option<Held>) -> Result<SecretString, KeepingError> {
        *held = None;
        let said = self.outside.ask(self.request().await?).await;
        let said = said.map_err(|error| problem(self.named(), self.unreachable(&error.to_string())))?;
        if said.status != 200 {
            return Err(problem(self.named(), self.refused(&said)));
        }
        let answer: Answer = read(said, self.named())?;
        let life = self.life(&answer).min(LONGEST).saturating_sub(MARGIN);
        let token = SecretString::from(answer.access_token);
        *held = Some(Held { token: token.clone(), until: self.clock.steady() + life });
        Ok(token)
    }

    async fn request(&self) -> Result<Request, KeepingError> {
        match &self.identity {
            AzureIdentity::Secret { token, client, secret } => {
                Ok(self.entra(token, client, &[("client_secret", secret.expose_secret())]))
            }
            AzureIdentity::Workload { token, client, file } => {
                let assertion = token_in(file).await.map_err(|wrong| problem(self.named(), wrong))?;
                let proof = [("client_assertion_type", ASSERTION), ("client_assertion", assertion.expose_secret())];
                Ok(self.entra(token, client, &proof))
            }
            AzureIdentity::AppService { token, header, client } => {
                let mut request = self.own(token, APP_VERSION, client.as_deref());
                let (name, value) =
                    secret_header("x-identity-header", header).map_err(|wrong| problem(self.named(), wrong))?;
                request.headers_mut().insert(name, value);
                Ok(request)
            }
            AzureIdentity::Machine { token, client } => {
                let mut request = self.own(token, MACHINE_VERSION, client.as_deref());
                request.headers_mut().insert("metadata", HeaderValue::from_static("true"));
                Ok(request)
            }
        }
    }

    fn entra(&self, address: &Url, client: &str, proof: &[(&str, &str)]) -> Request {
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials").append_pair("client_id", client);
        form.append_pair("scope", &format!("{}/.default", self.resource)).extend_pairs(proof);
        post(address.clone(), "application/x-www-form-urlencoded", form.finish())
    }

    fn own(&self, address: &Url, version: &str, client: Option<&str>) -> Request {
        let mut address = address.clone();
        address.query_pairs_mut().append_pair("api-version", version).append_pair("resource", &self.resource);
        if let Some(client) = client {
            address.query_pairs_mut().append_pair("client_id", client);
        }
        Request::new(Method::GET, address)
    }

    /// How long a token lives from now on; not at all where it does not say.
    fn life(&self, answer: &Answer) -> Duration {
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let left = || {
            let on = i64::try_from(number(&answer.expires_on)?).ok()?;
            u64::try_from(on.saturating_sub(self.clock.now().as_second())).ok()
        };
        Duration::from_secs(number(&answer.expires_in).or_else(left).unwrap_or_default())
    }

    fn named(&self) -> &'static str {
        match self.identity {
            AzureIdentity::Secret { .. } => "the sign-in at Azure with AZURE_CLIENT_SECRET",
            AzureIdentity::Workload { .. } => "the sign-in at Azure with AZURE_FEDERATED_TOKEN_FILE",
            AzureIdentity::AppService { .. } => "the managed identity of this app",
            AzureIdentity::Machine { .. } => "the managed identity of this machine",
        }
    }

    fn unreachable(&self, error: &str) -> String {
        match self.identity {
            AzureIdentity::Machine { .. } => {
                format!("{error}; outside Azure set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET")
            }
            _ => error.to_owned(),
        }
    }

    fn refused(&self, said: &Said) -> String {
        let status = said.status;
        match (status, &self.identity) {
            (400 | 401 | 403, AzureIdentity::Secret { .. }) => format!(
                "it is refused (status {status}); look at AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
            ),
            (400 | 401 | 403, AzureIdentity::Workload { .. }) => format!(
                "it is refused (status {status}); look at AZURE_TENANT_ID, AZURE_CLIENT_ID and the application's \
                 federated credential"
            ),
            (400 | 401 | 403 | 404, _) => {
                format!("there is none (status {status}); assign one, or set AZURE_CLIENT_ID to the one to use")
            }
            _ => meaning(status, &said.headers),
        }
    }
}
