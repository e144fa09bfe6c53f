//! Where the browser comes back to after a person has consented: one address of this machine, for one answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use crate::clock::Clock;
use crate::config::Callback;
use crate::domain::text::one_line;

/// How long a person has to sign in and consent.
pub const PATIENCE: Duration = Duration::from_mins(10);
/// A query is never longer than this, in bytes: codes have a few hundred characters.
const LONGEST: usize = 16 * 1024;

/// What is waited for.
pub struct Waiting {
    listener: TcpListener,
    callback: Callback,
}

/// Nothing usable came back.
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    /// The address cannot be had.
    #[error(
        "the callback `{url}` cannot be listened at: {source}; end what listens there, or register another and give it with `--callback`"
    )]
    Address {
        /// Which.
        url: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// Nobody came.
    #[error("nobody came back from the browser within ten minutes; run `sluice connect` again")]
    Late,
    /// The person, or Atlassian, said no.
    #[error("the sign-in was not completed: {0}")]
    Declined(String),
    /// What was pasted is no answer to this sign-in.
    #[error("{0}")]
    Strange(&'static str),
}

/// What a browser brought back.
#[derive(Clone)]
enum Brought {
    Code(SecretString),
    Declined(String),
}

impl Waiting {
    /// Takes the address.
    pub async fn at(callback: Callback) -> Result<Self, CallbackError> {
        let failed = |source| CallbackError::Address { url: callback.url.clone(), source };
        let listener = TcpListener::bind(callback.address).await.map_err(failed)?;
        Ok(Self { listener, callback })
    }

    /// Waits for the one answer that brings this state, and gives its code. Other requests get a page that says so, and
    /// change nothing.
    pub async fn code(self, state: &SecretString, clock: &dyn Clock) -> Result<SecretString, CallbackError> {
        let (answered, answer) = oneshot::channel();
        let desk = Arc::new(Desk {
            state: digest(state),
            host: self.callback.host.clone(),
            answered: Mutex::new(Some(answered)),
        });
        let router = Router::new().route(&self.callback.path, get(come_back)).with_state(desk);
        let serving = axum::serve(self.listener, router);
        let brought = tokio::select! {
            brought = answer => brought.map_err(|_| CallbackError::Late)?,
            _ = serving => return Err(CallbackError::Late),
            () = clock.sleep(PATIENCE) => return Err(CallbackError::Late),
        };
        // The page is on its way; whoever reads it needs the address no longer.
        clock.sleep(Duration::from_millis(100)).await;
        code_of(brought)
    }
}

/// The code of the address that a browser was sent to, as a person copied it.
pub fn code_in(pasted: &str, callback: &Callback, state: &SecretString) -> Result<SecretString, CallbackError> {
    let pasted = pasted.trim();
    let url = Url::parse(pasted).map_err(|_| {
        CallbackError::Strange("that is no address; copy the whole of what the browser's address bar shows")
    })?;
    if !pasted.starts_with(&callback.url) {
        return Err(CallbackError::Strange(
            "that is not the callback's address; copy the one you were sent to at the end",
        ));
    }
    let brought = brought(url.query().unwrap_or_default(), digest(state)).ok_or(CallbackError::Strange(
        "that address belongs to another sign-in; use the one this command has just shown",
    ))?;
    code_of(brought)
}

fn code_of(brought: Brought) -> Result<SecretString, CallbackError> {
    match brought {
        Brought::Code(code) => Ok(code),
        Brought::Declined(why) => Err(CallbackError::Declined(why)),
    }
}

struct Desk {
    state: [u8; 32],
    host: String,
    answered: Mutex<Option<oneshot::Sender<Brought>>>,
}

async fn come_back(State(desk): State<Arc<Desk>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if host != Some(desk.host.as_str()) {
        return page(StatusCode::MISDIRECTED_REQUEST, "This is not where you wanted to go", "Nothing was done.");
    }
    let query = query.unwrap_or_default();
    let Some(brought) = brought(&query, desk.state).filter(|_| query.len() <= LONGEST) else {
        let what = "It was not asked for by the command that waits here, or somebody has changed it. Nothing was done.";
        return page(StatusCode::BAD_REQUEST, "This sign-in is not ours", what);
    };
    let answered = desk.answered.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(answered) = answered else {
        return page(StatusCode::GONE, "This sign-in is done", "It was used already. You can close this window.");
    };
    let declined = matches!(brought, Brought::Declined(_));
    // Whoever waited may have given up; the page says the same.
    let _ = answered.send(brought);
    if declined {
        page(StatusCode::OK, "Not connected", "The sign-in was not completed. The terminal says more.")
    } else {
        page(StatusCode::OK, "Back to the terminal", "Sluice goes on there. You can close this window.")
    }
}

/// What a query brings, where it holds this state, once.
fn brought(query: &str, state: [u8; 32]) -> Option<Brought> {
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let only = |name: &str| {
        let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        values.next().filter(|_| values.next().is_none())
    };
    let given = digest(&SecretString::from(only("state")?.to_string()));
    // Digests are compared, so that the time it takes tells nothing of the state.
    if given != state {
        return None;
    }
    match (only("code"), only("error")) {
        (Some(code), None) if !code.is_empty() => Some(Brought::Code(SecretString::from(code.to_string()))),
        (_, Some(error)) => {
            let more =
                only("error_description").map(|more| format!(" (`{}`)", one_line(more, 160))).unwrap_or_default();
            Some(Brought::Declined(format!("`{}`{more}", one_line(error, 60))))
        }
        _ => None,
    }
}

fn digest(state: &SecretString) -> [u8; 32] {
    Sha256::digest(state.expose_secret()).into()
}

/// A small page without anything that runs or is fetched. Its words are ours alone.
fn page(status: StatusCode, title: &'static str, text: &'static str) -> Response {
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sluice: {title}</title>\
        <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:20vh auto;padding:0 1em}}</style></head>\
        <body><h1>{title}</h1><p>{text}</p></body></html>\n"
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, Html(html)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &str = "state-4711";

    fn bring(query: &str) -> Option<Brought> {
        brought(query, digest(&STATE.into()))
    }

    #[test]
    fn only_the_state_that_was_given_out_brings_a_code() {
        assert!(matches!(bring("code=c&state=state-4711"), Some(Brought::Code(code)) if code.expose_secret() == "c"));
        for query in [
            "",
            "code=c",
            "code=c&state=",
            "code=c&state=state-4712",
            "code=c&state=state-4711&state=state-4711",
            "code=&state=state-4711",
            "code=a&code=b&state=state-4711",
            "state=state-4711",
        ] {
            assert!(bring(query).is_none(), "{query}");
        }
    }

    #[test]
    fn an_error_is_told_in_one_harmless_line() {
        let query = "error=access_denied&error_description=%3Cscript%3E%0Aalert&state=state-4711";
        let Some(Brought::Declined(why)) = bring(query) else { panic!("not declined") };
        assert!(why.starts_with("`access_denied`") && !why.contains('\n'), "{why}");
    }

    #[test]
    fn a_pasted_address_must_be_the_callback_with_the_state() {
        let callback = Callback {
            url: "http://127.0.0.1:7978/callback".into(),
            address: "127.0.0.1:7978".parse().unwrap(),
            host: "127.0.0.1:7978".into(),
            path: "/callback".into(),
        };
        let state = SecretString::from(STATE);
        let good = " http://127.0.0.1:7978/callback?state=state-4711&code=c\n";
        assert_eq!(code_in(good, &callback, &state).unwrap().expose_secret(), "c");
        for pasted in
            ["", "c", "https://evil.example/callback?state=state-4711&code=c", "http://127.0.0.1:7978/callback?code=c"]
        {
            assert!(code_in(pasted, &callback, &state).is_err(), "{pasted}");
        }
    }
}
