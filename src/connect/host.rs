//! Atlassian's sign-in host: where a person consents, and where tokens are given and renewed.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::http::Response;
use oauth2::{
    AccessToken, AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use reqwest::header::RETRY_AFTER;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::secrets::{ClientSecrets, Tokens};
use crate::config::WayOut;
use crate::domain::text::one_line;
use crate::outside::{Outside, OutsideError};

/// How long the host may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an access token holds where the answer does not say. Atlassian's hold an hour.
const USUAL: Duration = Duration::from_hours(1);
/// No access token holds longer, whatever the answer says.
const LONGEST: Duration = Duration::from_hours(24);

/// The sign-in host.
pub struct SignInHost {
    base: Url,
    outside: Outside,
}

/// A consent that was asked for: where the person goes, and what the answer is checked by.
pub struct Asked {
    /// Where the person signs in and consents.
    pub address: Url,
    /// Comes back with the answer.
    pub state: SecretString,
    /// Goes along when the code is exchanged (RFC 7636).
    verifier: PkceCodeVerifier,
    redirect: String,
}

/// What the host gave.
pub struct Granted {
    /// The tokens.
    pub tokens: Tokens,
    /// How long the access token holds.
    pub lasts: Duration,
    /// What it may be used for; empty where the answer does not say.
    pub scopes: Vec<String>,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The host says no, and will say so again.
    #[error("the sign-in host refuses: {code}{}", described(.description))]
    Refused {
        /// OAuth's name for it (RFC 6749 section 5.2).
        code: String,
        /// The host's words.
        description: String,
    },
    /// Not now.
    #[error("the sign-in host answered with status {status}")]
    Busy {
        /// Its status.
        status: u16,
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// No answer.
    #[error("the sign-in host: {0}")]
    Outside(#[from] OutsideError),
    /// An answer that is none.
    #[error("the sign-in host answered what cannot be used: {0}")]
    Answer(&'static str),
    /// An address that is none.
    #[error("`{0}` is no address")]
    Address(&'static str),
}

impl SignInError {
    /// How long the host asks to wait.
    pub const fn after(&self) -> Option<Duration> {
        match self {
            Self::Busy { after, .. } => *after,
            _ => None,
        }
    }
}

fn described(description: &str) -> String {
    if description.is_empty() { String::new() } else { format!(" (`{}`)", one_line(description, 160)) }
}

/// The answer of the token endpoint. Atlassian's names no type; every token is a bearer token.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    access_token: AccessToken,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "oauth2::helpers::deserialize_space_delimited_vec")]
    scope: Option<Vec<Scope>>,
}

/// Tokens must not be lost over how long they hold: what is no whole number of seconds counts as not said.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let said = serde_json::Value::deserialize(deserializer)?;
    Ok(said.as_u64().or_else(|| said.as_str()?.parse().ok()))
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scope.as_ref()
    }
}

type OAuthClient = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

type Failed = RequestTokenError<SignInError, BasicErrorResponse>;

impl SignInHost {
    /// The host at this address, `https://auth.atlassian.com` for Atlassian.
    pub fn new(base: &Url, way: &WayOut) -> Result<Self, SignInError> {
        Ok(Self { base: base.clone(), outside: Outside::new(way, PATIENCE)? })
    }

    /// Asks for a consent: where the person goes. `redirect` is the app's callback address, letter by letter as it is
    /// registered.
    pub fn ask(&self, client: &str, redirect: &str, scopes: &[&str]) -> Result<Asked, SignInError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(client, None)?.set_redirect_uri(callback(redirect)?);
        let (mut address, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .add_extra_param("audience", "api.atlassian.com")
            .add_extra_param("prompt", "consent")
            .set_pkce_challenge(challenge)
            .url();
        // Atlassian's pages write the spaces between scopes so. A plus sign of its own is written otherwise.
        let query = address.query().map(|query| query.replace('+', "%20"));
        address.set_query(query.as_deref());
        let state = SecretString::from(state.secret().clone());
        Ok(Asked { address, state, verifier, redirect: redirect.to_owned() })
    }

    /// Exchanges the code that a consent brought.
    pub async fn exchange(
        &self,
        client: &ClientSecrets,
        asked: Asked,
        code: &SecretString,
    ) -> Result<Granted, SignInError> {
        let of_client = self.client(&client.id, Some(client))?.set_redirect_uri(callback(&asked.redirect)?);
        let request = of_client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(asked.verifier);
        request.request_async(self).await.map(|answer| granted(&answer)).map_err(told)
    }

    /// Exchanges a refresh token for a new pair. From then on the old one is good for ten minutes more.
    pub async fn renew(&self, client: &ClientSecrets, refresh: &SecretString) -> Result<Granted, SignInError> {
        let of_client = self.client(&client.id, Some(client))?;
        let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
        of_client
            .exchange_refresh_token(&refresh)
            .request_async(self)
            .await
            .map(|answer| granted(&answer))
            .map_err(told)
    }

    /// A service account's token (RFC 6749 section 4.4).
    pub async fn client_credentials(&self, client: &ClientSecrets) -> Result<Granted, SignInError> {
        let of_client = self.client(&client.id, Some(client))?;
        of_client.exchange_client_credentials().request_async(self).await.map(|answer| granted(&answer)).map_err(told)
    }

    fn client(&self, id: &str, secrets: Option<&ClientSecrets>) -> Result<OAuthClient, SignInError> {
        let below = |path| self.base.join(path).map_err(|_| SignInError::Address("the sign-in host"));
        let client = oauth2::Client::new(ClientId::new(id.to_owned()))
            .set_auth_uri(AuthUrl::from_url(below("authorize")?))
            .set_token_uri(TokenUrl::from_url(below("oauth/token")?))
            .set_auth_type(AuthType::RequestBody);
        Ok(match secrets {
            Some(secrets) => {
                client.set_client_secret(ClientSecret::new(secrets.secret.secret().expose_secret().to_owned()))
            }
            None => client,
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, SignInError> {
        let unsendable = || SignInError::Answer("no request could be made of it");
        let request = reqwest::Request::try_from(request).map_err(|_| unsendable())?;
        let said = self.outside.ask(request).await?;
        match said.status {
            429 | 500.. => {
                let header = said.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                let after = header.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
                return Err(SignInError::Busy { status: said.status, after });
            }
            300..=399 => return Err(SignInError::Answer("a redirect")),
            _ => {}
        }
        // Whatever it says of its type, it is read as what it has to be.
        Response::builder().status(said.status).body(said.body).map_err(|_| unsendable())
    }
}

impl<'c> AsyncHttpClient<'c> for SignInHost {
    type Error = SignInError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, SignInError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn callback(address: &str) -> Result<RedirectUrl, SignInError> {
    RedirectUrl::new(address.to_owned()).map_err(|_| SignInError::Address("the callback"))
}

fn granted(answer: &Answer) -> Granted {
    let secret = |text: &String| SecretString::from(text.clone()).into();
    let scopes = answer.scope.iter().flatten().map(|scope| scope.to_string()).collect();
    let tokens = Tokens {
        access: secret(answer.access_token.secret()),
        refresh: answer.refresh_token.as_ref().map(|token| secret(token.secret())),
    };
    Granted { tokens, lasts: answer.expires_in().unwrap_or(USUAL).min(LONGEST), scopes }
}

/// What went wrong, without the body of an answer, which may hold tokens.
fn told(error: Failed) -> SignInError {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(answer) => {
            let description = answer.error_description().cloned().unwrap_or_default();
            let code = match answer.error() {
                BasicErrorResponseType::Extension(code) => one_line(code, 60),
                known => known.as_ref().to_owned(),
            };
            match code.as_str() {
                "temporarily_unavailable" | "server_error" | "slow_down" => {
                    SignInError::Busy { status: 503, after: None }
                }
                _ => SignInError::Refused { code, description },
            }
        }
        RequestTokenError::Parse(..) => SignInError::Answer("no JSON with the promised fields"),
        RequestTokenError::Other(_) => SignInError::Answer("neither tokens nor an error"),
    }
}
