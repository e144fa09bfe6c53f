//! Asks the API of a source: only GET, with its key, slowly enough, and with patience where it asks for some.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Request};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use url::Url;

use super::error::SourceError;
use crate::clock::Clock;
use crate::config::WayOut;
use crate::confluence::address::checked_base;
use crate::domain::limits::ANSWER;
use crate::outside::{Outside, OutsideError, Said};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a question that failed on the other side is asked at most.
const TRIES: u32 = 4;
/// How often it is waited because of too many questions.
const PAUSES: u32 = 8;
/// No pause is longer, whatever the answer says: the limits are counted over five minutes at most.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// The first pause where the answer does not say how long.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
/// The first wait after a failure.
const FIRST_BACK_OFF: Duration = Duration::from_secs(1);

/// An API that wants its key in the header `x-api-key`.
pub(super) struct Api {
    base: Url,
    key: HeaderValue,
    manners: Manners,
    outside: Outside,
    clock: Arc<dyn Clock>,
    /// When the next question may be asked, in steady time.
    next: Mutex<Duration>,
}

/// How an API wants to be asked.
#[derive(Clone, Copy)]
pub(super) struct Manners {
    /// The media type of its answers.
    pub(super) accept: &'static str,
    /// The time between two questions.
    pub(super) pace: Duration,
    /// An address it could have, for messages.
    pub(super) example: &'static str,
    /// Where a good key comes from.
    pub(super) key_remedy: &'static str,
}

/// What is needed to get there.
#[derive(Clone)]
pub(super) struct Way {
    /// Proxy and authority.
    pub(super) out: WayOut,
    /// The time, and waiting.
    pub(super) clock: Arc<dyn Clock>,
}

/// A right that is needed for a question, and what to do where it is lacking.
#[derive(Clone, Copy)]
pub(super) struct Right {
    /// In words that follow "may not".
    pub(super) to: &'static str,
    /// What to do.
    pub(super) remedy: &'static str,
}

impl Api {
    /// The API at that base: `https`, or `http` on this machine.
    pub(super) fn new(base: &str, key: &SecretString, manners: Manners, way: &Way) -> Result<Self, SourceError> {
        let base =
            checked_base("url", base, manners.example).map_err(|error| SourceError::Unusable(error.to_string()))?;
        let unusable = || SourceError::Unusable("its key holds signs that no key has".to_owned());
        let mut key = HeaderValue::from_str(key.expose_secret().trim()).map_err(|_| unusable())?;
        if key.is_empty() {
            return Err(SourceError::Unusable("its key is empty".to_owned()));
        }
        key.set_sensitive(true);
        let outside = Outside::new(&way.out, PATIENCE)?.taking(ANSWER);
        Ok(Self { base, key, manners, outside, clock: Arc::clone(&way.clock), next: Mutex::default() })
    }

    /// The base address.
    pub(super) const fn base(&self) -> &Url {
        &self.base
    }

    /// Asks for that. Whatever stands in a part of the path, it stays one.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        right: Right,
    ) -> Result<T, SourceError> {
        let address = self.address(path, query);
        let (mut tries, mut pauses, mut waited) = (0, 0, Duration::ZERO);
        loop {
            let said = self.ask(address.clone()).await;
            let wait = match said {
                Ok(said) if said.status == 429 => {
                    pauses += 1;
                    if pauses > PAUSES {
                        return Err(SourceError::Busy { waited });
                    }
                    pause(&said.headers, self.clock.now(), pauses)
                }
                Ok(Said { status: 500..=599, .. }) | Err(OutsideError::Broken(_) | OutsideError::Late)
                    if tries + 1 < TRIES =>
                {
                    tries += 1;
                    FIRST_BACK_OFF.saturating_mul(1 << tries.min(5))
                }
                Ok(said) => return self.read(&said, right),
                Err(error) => return Err(error.into()),
            };
            waited = waited.saturating_add(wait);
            self.clock.sleep(wait).await;
        }
    }

    fn address(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut address = self.base.clone();
        // An address with a host has a path.
        if let Ok(mut parts) = address.path_segments_mut() {
            parts.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        address
    }

    async fn ask(&self, address: Url) -> Result<Said, OutsideError> {
        self.take_turn().await;
        let mut request = Request::new(Method::GET, address);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static(self.manners.accept));
        headers.insert(HeaderName::from_static("x-api-key"), self.key.clone());
        self.outside.ask(request).await
    }

    /// Waits until the next question may be asked.
    async fn take_turn(&self) {
        let mut next = self.next.lock().await;
        let wait = next.saturating_sub(self.clock.steady());
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        *next = self.clock.steady().saturating_add(self.manners.pace);
    }

    fn read<T: DeserializeOwned>(&self, said: &Said, right: Right) -> Result<T, SourceError> {
        match said.status {
            // What serde says may quote the answer.
            200 => serde_json::from_slice(&said.body)
                .map_err(|_| SourceError::Malformed("it is not the JSON it should be")),
            401 => Err(SourceError::KeyRefused { remedy: self.manners.key_remedy }),
            status @ (402 | 403) => Err(SourceError::Lacking { right: right.to, status, remedy: right.remedy }),
            404 | 410 => Err(SourceError::Missing),
            status @ 500..=599 => Err(SourceError::Down(status)),
            status => Err(SourceError::Strange(status)),
        }
    }
}

/// How long to wait before the next question: as the answer says, otherwise longer each time.
fn pause(headers: &HeaderMap, now: Timestamp, pauses: u32) -> Duration {
    let stated = headers.get(RETRY_AFTER).and_then(|value| stated(value.to_str().ok()?.trim(), now));
    let own = FIRST_PAUSE.saturating_mul(1 << pauses.saturating_sub(1).min(5));
    stated.unwrap_or(own).clamp(FIRST_BACK_OFF, LONGEST_PAUSE)
}

/// Seconds, or the date of an answer (RFC 9110 section 10.2.3).
fn stated(value: &str, now: Timestamp) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?;
    Some(Duration::try_from(date.timestamp().duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_what_was_asked_for_within_bounds_and_grows_where_nothing_was() {
        let now = "2026-03-01T10:00:00Z".parse().unwrap();
        let asked = |value: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).unwrap())]);
            pause(&headers, now, 1).as_secs()
        };
        assert_eq!(asked("17"), 17);
        assert_eq!(asked("0"), 1);
        assert_eq!(asked("99999999999999999999999"), 300);
        assert_eq!(asked("Sun, 01 Mar 2026 10:01:00 GMT"), 60);
        assert_eq!(asked("Sun, 01 Mar 2020 10:01:00 GMT"), 1);
        assert_eq!(asked("soon"), 15);
        assert_eq!([1, 2, 3, 9].map(|pauses| pause(&HeaderMap::new(), now, pauses).as_secs()), [15, 30, 60, 300]);
    }

    #[test]
    fn a_key_leaves_only_over_an_encrypted_way_or_to_this_machine() {
        let manners = Manners { accept: "", pace: Duration::ZERO, example: "https://a.example", key_remedy: "" };
        let way = Way {
            out: WayOut { proxy: None, authority: None },
            clock: Arc::new(crate::clock::ManualClock::at("2026-03-01T10:00:00Z")),
        };
        let made = |base: &str, key: &str| Api::new(base, &key.into(), manners, &way).is_ok();
        assert!(
            made("https://hudu.example.com", "k") && made("http://127.0.0.1:9", "k") && made("http://[::1]:9/x", "k")
        );
        for base in ["http://hudu.example.com", "ftp://a.example", "https://u:p@a.example", "a.example", "https://a/?q"]
        {
            assert!(!made(base, "k"), "{base}");
        }
        assert!(!made("https://a.example", " ") && !made("https://a.example", "a\nb"));
    }
}
