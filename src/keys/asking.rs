//! Asks key vaults: requests that hide what they carry, and answers of which no word is repeated.

use std::path::Path;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Request};
use secrecy::zeroize::{Zeroize as _, Zeroizing};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use url::Url;

use super::KeepingError;
use crate::outside::Said;

/// A token is never longer than this, in bytes.
const LONGEST_TOKEN: u64 = 64 * 1024;

/// A request with this body.
pub(super) fn post(address: Url, content: &'static str, body: String) -> Request {
    let mut request = Request::new(Method::POST, address);
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content));
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(body.into());
    request
}

/// A request with this JSON.
pub(super) fn post_json(address: Url, body: &Value) -> Request {
    post(address, "application/json", body.to_string())
}

/// A header that nothing prints. Otherwise says what is wrong.
pub(super) fn secret_header(
    name: &'static str,
    value: &SecretString,
) -> Result<(HeaderName, HeaderValue), &'static str> {
    let mut header =
        HeaderValue::from_str(value.expose_secret()).map_err(|_| "its token holds signs that no token has")?;
    header.set_sensitive(true);
    Ok((HeaderName::from_static(name), header))
}

/// The token in a file, without the space around it. Otherwise says what is wrong.
pub(super) async fn token_in(path: &Path) -> Result<SecretString, String> {
    let problem =
        |problem: &dyn std::fmt::Display| format!("its token file `{}` cannot be read: {problem}", path.display());
    let file = tokio::fs::File::open(path).await.map_err(|error| problem(&error))?;
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST_TOKEN).read_to_string(&mut text).await.map_err(|error| problem(&error))?;
    let token = text.trim();
    if token.is_empty() { Err(problem(&"it is empty")) } else { Ok(SecretString::from(token)) }
}

/// What an answer says; its bytes are wiped, since they may hold a key.
pub(super) fn read<T: DeserializeOwned>(said: Said, provider: &str) -> Result<T, KeepingError> {
    let mut body = said.body;
    // What serde says may quote the body.
    let read = serde_json::from_slice(&body).map_err(|_| problem(provider, "its answer cannot be understood"));
    body.zeroize();
    read
}

/// What a status means that means the same everywhere.
pub(super) fn meaning(status: u16, headers: &HeaderMap) -> String {
    match status {
        429 => {
            let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
            let later = seconds.map_or("later".to_owned(), |seconds| format!("in {seconds} seconds"));
            format!("it is asked too often (status 429); try again {later}")
        }
        500..=599 => format!("it does not work at present (status {status}); try again later"),
        300..=399 => format!("it points elsewhere (status {status}), where nothing is sent; name its right address"),
        _ => format!("it answered with status {status}"),
    }
}

/// That a provider has this problem.
pub(super) fn problem(provider: &str, problem: impl Into<String>) -> KeepingError {
    KeepingError::Provider { provider: provider.to_owned(), problem: problem.into() }
}
