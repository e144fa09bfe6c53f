//! Sends notices to one address, signed as Standard Webhooks has it (<https://www.standardwebhooks.com>).
//!
//! A webhook only tells: whatever the other side answers, nothing is decided by it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretSlice};
use sha2::Sha256;
use url::Url;

use super::{Message, shapes};
use crate::config::{WebhookSettings, WebhookShape};

/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most of an answer that is read, in bytes; it is read only so that the connection can be used again.
const LONGEST: usize = 64 * 1024;

/// The address that notices go to.
pub struct Webhook {
    client: reqwest::Client,
    url: Url,
    secret: Option<SecretSlice<u8>>,
    shape: WebhookShape,
}

/// The connections of a webhook cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("no connections can be made for `approval_webhook`: {0}; look at `ca_file` and `proxy`")]
pub struct WebhookError(#[from] reqwest::Error);

/// Why a try did not deliver. The address is not repeated: its path may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// Nothing came of it.
    #[error("{}", root(.0))]
    Http(#[from] reqwest::Error),
    /// The answer is no success; redirects are not followed.
    #[error("it was answered with status {0}")]
    Status(u16),
}

impl Webhook {
    /// The webhook of these settings.
    pub fn new(settings: &WebhookSettings) -> Result<Self, WebhookError> {
        Self::with_patience(settings, PATIENCE)
    }

    pub(super) fn with_patience(settings: &WebhookSettings, patience: Duration) -> Result<Self, WebhookError> {
        // Another part of the process may have chosen a provider before: any is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(patience)
            .no_proxy();
        // What is not encrypted stays on this machine.
        if let Some(proxy) = settings.proxy.as_ref().filter(|_| settings.url.scheme() == "https") {
            builder = builder.proxy(reqwest::Proxy::all(proxy.clone())?);
        }
        if let Some(pem) = &settings.authority {
            builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        let WebhookSettings { url, secret, shape, .. } = settings;
        Ok(Self { client: builder.build()?, url: url.clone(), secret: secret.clone(), shape: *shape })
    }

    /// Tries once. A receiver knows a message by its id when it comes again; that of a write is its approval's.
    pub async fn send(&self, message: &Message, now: Timestamp) -> Result<(), Undelivered> {
        let body = shapes::body(message, self.shape).to_string();
        let (id, timestamp) = (message.id(), now.as_second().to_string());
        let mut request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", &timestamp);
        if let Some(signature) = self.signature(&format!("{id}.{timestamp}.{body}")) {
            request = request.header("webhook-signature", signature);
        }
        let mut answer = request.body(body).send().await?;
        let status = answer.status();
        let mut read = 0;
        // What it says, and whether it comes to an end, is of no interest.
        while let Ok(Some(piece)) = answer.chunk().await {
            read += piece.len();
            if read > LONGEST {
                break;
            }
        }
        if status.is_success() { Ok(()) } else { Err(Undelivered::Status(status.as_u16())) }
    }

    /// The host, which may be told.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    fn signature(&self, signed: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_ref()?.expose_secret()).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// The innermost cause, which says what really happened and names no address.
fn root(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "there was no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    // Without a cause the error speaks for itself, and would name the address.
    if std::ptr::addr_eq(cause, error) { "the request failed".to_owned() } else { cause.to_string() }
}
