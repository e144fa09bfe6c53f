//! HTTP to hosts that are not Confluence, such as the sign-in host or a key vault: bounded, and never where an answer points.

use std::time::Duration;

use reqwest::header::HeaderMap;
use url::Url;

use crate::config::WayOut;

/// An answer is never longer than this, in bytes, where nothing else is said.
pub const LONGEST: usize = 256 * 1024;

/// The way to hosts that are not Confluence. Clones share connections.
#[derive(Clone)]
pub struct Outside {
    client: reqwest::Client,
    patience: Duration,
    longest: usize,
}

/// What a host answered. The body may hold secrets, so nothing prints it.
pub struct Said {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// No connections can be made at all.
    #[error("no connections can be made: {}; look at `ca_file` and `proxy`", root(.0))]
    Setup(reqwest::Error),
    /// Not one byte of the request was sent.
    #[error("it cannot be reached: {}", root(.0))]
    Unreachable(reqwest::Error),
    /// The request was sent, or may have been.
    #[error("the connection broke: {}", root(.0))]
    Broken(reqwest::Error),
    /// It took too long.
    #[error("it did not answer in time")]
    Late,
    /// More than is taken in.
    #[error("its answer is longer than {0} bytes")]
    Long(usize),
}

impl Outside {
    /// A way that gives up on a host after `patience`. What is not encrypted goes through no proxy: it stays on this
    /// machine.
    pub fn new(way: &WayOut, patience: Duration) -> Result<Self, OutsideError> {
        // Another part of the process may have chosen a provider before: any is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_gzip()
            .timeout(patience)
            .no_proxy();
        if let Some(proxy) = &way.proxy {
            builder = builder.proxy(reqwest::Proxy::https(proxy.clone()).map_err(OutsideError::Setup)?);
        }
        if let Some(pem) = &way.authority {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(OutsideError::Setup)?;
            builder = builder.tls_certs_merge(certificates);
        }
        Ok(Self { client: builder.build().map_err(OutsideError::Setup)?, patience, longest: LONGEST })
    }

    /// The same for answers of up to `longest` bytes.
    #[must_use]
    pub fn taking(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// Sends one request, once, and takes its answer in.
    pub async fn ask(&self, request: reqwest::Request) -> Result<Said, OutsideError> {
        tokio::time::timeout(self.patience, self.exchange(request)).await.unwrap_or(Err(OutsideError::Late))
    }

    /// Asks for what anyone may see.
    pub async fn get(&self, address: Url) -> Result<Said, OutsideError> {
        self.ask(reqwest::Request::new(reqwest::Method::GET, address)).await
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Said, OutsideError> {
        let mut answer = self.client.execute(request).await.map_err(obstacle)?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(obstacle)? {
            body.extend_from_slice(&piece);
            if body.len() > self.longest {
                return Err(OutsideError::Long(self.longest));
            }
        }
        Ok(Said { status, headers, body })
    }
}

fn obstacle(error: reqwest::Error) -> OutsideError {
    // An address may hold what belongs in no log.
    let error = error.without_url();
    match () {
        () if error.is_timeout() => OutsideError::Late,
        () if error.is_connect() || error.is_builder() => OutsideError::Unreachable(error),
        () => OutsideError::Broken(error),
    }
}

/// The innermost cause, which says what really happened.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
