//! The hourly quota: what requests cost, what is left, and when it begins anew.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use super::retry::{header, header_in, reset_time};

const HOUR: i64 = 3600;

/// What is left of the hourly quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointsLeft {
    /// Points per hour.
    pub quota: u32,
    /// Points left in this hour.
    pub left: u32,
    /// When the next hour begins.
    pub resets_at: Timestamp,
}

/// The points of one account at one site: every client that has a clone counts what it spends into it, and keeps to what
/// is left for all of them.
#[derive(Clone, Default)]
pub struct Purse(Arc<Mutex<Option<Account>>>);

impl Purse {
    /// Counts against this quota, where nobody has said another before.
    pub(super) fn open(&self, quota: u32) {
        self.with(|account| {
            account.get_or_insert_with(|| Account::new(quota));
        });
    }

    /// Does something with the account, where one is open.
    pub(super) fn account<T>(&self, act: impl FnOnce(&mut Account) -> T) -> Option<T> {
        self.with(|account| account.as_mut().map(act))
    }

    /// Whether somebody else has a clone.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    fn with<T>(&self, act: impl FnOnce(&mut Option<Account>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Our own account of the current hour, corrected by what Confluence says.
#[derive(Debug)]
pub(super) struct Account {
    configured: u32,
    quota: u32,
    used: u32,
    hour: i64,
}

impl Account {
    pub(super) fn new(quota: u32) -> Self {
        Self { configured: quota, quota, used: 0, hour: i64::MIN }
    }

    /// The state of the account, after starting a new hour where one began.
    pub(super) fn left(&mut self, now: Timestamp) -> PointsLeft {
        let hour = now.as_second().div_euclid(HOUR);
        if hour != self.hour {
            *self = Self { hour, ..Self::new(self.configured) };
        }
        let next = Timestamp::from_second(hour.saturating_add(1).saturating_mul(HOUR)).unwrap_or(Timestamp::MAX);
        PointsLeft { quota: self.quota, left: self.quota.saturating_sub(self.used), resets_at: next }
    }

    /// How long to wait when nothing is left.
    pub(super) fn wait(&mut self, now: Timestamp) -> Option<Duration> {
        let state = self.left(now);
        (state.left == 0).then(|| Duration::try_from(state.resets_at.duration_since(now)).unwrap_or_default())
    }

    pub(super) fn charge(&mut self, points: u32, now: Timestamp) {
        self.left(now);
        self.used = self.used.saturating_add(points);
    }

    /// Takes over what the answer's headers say.
    pub(super) fn correct(&mut self, headers: &HeaderMap, now: Timestamp) {
        self.left(now);
        let Some(Statement { limit, remaining }) = stated(headers, now) else { return };
        self.quota = limit.unwrap_or(self.quota).max(remaining);
        self.used = self.quota - remaining;
    }
}

/// What one answered request costs.
pub(super) fn cost(writes: bool, template: &str, objects: u32) -> u32 {
    if writes {
        return 1;
    }
    let each =
        if template.split('/').any(|segment| matches!(segment, "user" | "users-bulk" | "group")) { 2 } else { 1 };
    objects.saturating_mul(each).saturating_add(1)
}

struct Statement {
    limit: Option<u32>,
    remaining: u32,
}

/// What the headers say about the hourly quota; headers about bursts are left aside.
fn stated(headers: &HeaderMap, now: Timestamp) -> Option<Statement> {
    structured(headers, "ratelimit", "ratelimit-policy")
        .or_else(|| structured(headers, "beta-ratelimit", "beta-ratelimit-policy"))
        .or_else(|| plain(headers, now))
}

/// `RateLimit: "global-app-quota";r=11000;t=600`, several separated by commas: the tightest counts.
fn structured(headers: &HeaderMap, state: &str, policy: &str) -> Option<Statement> {
    let tightest = entries(headers, state)
        .filter_map(|(name, parameters)| Some((parameter(parameters, "r")?, name)))
        .min_by_key(|(remaining, _)| *remaining);
    let (remaining, name) = tightest?;
    let limit = entries(headers, policy).find(|(other, _)| *other == name).and_then(|(_, rest)| parameter(rest, "q"));
    Some(Statement { limit, remaining })
}

fn entries<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    header_in(headers, name)
        .flat_map(|value| value.split(','))
        .map(|entry| entry.split_once(';').unwrap_or((entry, "")))
        .map(|(name, parameters)| (name.trim().trim_matches('"'), parameters))
        .filter(|(name, _)| name.contains("quota"))
}

fn parameter(parameters: &str, key: &str) -> Option<u32> {
    let values = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    values.filter(|(name, _)| name.trim() == key).find_map(|(_, value)| value.trim().parse().ok())
}

/// `X-RateLimit-*` speaks of the quota or of a burst limit; only the quota's window ends on the hour.
fn plain(headers: &HeaderMap, now: Timestamp) -> Option<Statement> {
    let number = |name| header(headers, name)?.trim().parse::<u32>().ok();
    let remaining = number("x-ratelimit-remaining")?;
    let about_quota = match header(headers, "ratelimit-reason") {
        Some(reason) => reason.contains("quota"),
        None => reset_time(headers).is_some_and(|reset| {
            reset.as_second().rem_euclid(HOUR) == 0 && reset.duration_since(now).as_secs() <= HOUR
        }),
    };
    about_quota.then(|| Statement { limit: number("x-ratelimit-limit"), remaining })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(key, value)| (key.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn an_hour_is_spent_and_begins_anew() {
        let mut account = Account::new(10);
        let now = at("2026-11-22T10:59:30Z");
        account.charge(4, now);
        assert_eq!(account.left(now), PointsLeft { quota: 10, left: 6, resets_at: at("2026-11-22T11:00:00Z") });
        assert_eq!(account.wait(now), None);
        account.charge(7, now);
        assert_eq!(account.wait(now), Some(Duration::from_secs(30)));
        assert_eq!(account.wait(at("2026-11-22T11:00:00Z")), None);
        assert_eq!(account.left(at("2026-11-22T11:00:01Z")).left, 10);
    }

    #[test]
    fn requests_cost_by_what_they_read() {
        assert_eq!(cost(false, "/wiki/api/v2/pages/{id}", 1), 2);
        assert_eq!(cost(false, "/wiki/api/v2/pages", 250), 251);
        assert_eq!(cost(false, "/wiki/rest/api/search/user", 10), 21);
        assert_eq!(cost(false, "/wiki/api/v2/users-bulk", 2), 5);
        assert_eq!(cost(true, "/wiki/api/v2/pages", 1), 1);
        assert_eq!(cost(false, "/wiki/rest/api/user", u32::MAX), u32::MAX);
    }

    #[test]
    fn headers_correct_the_account() {
        let now = at("2026-11-22T10:30:00Z");
        let cases: [(&[_], u32, u32); 9] = [
            (&[("ratelimit", "\"global-app-quota\";r=11000;t=600")], 65_000, 11_000),
            (&[("beta-ratelimit", "\"tenant-app-quota\";t=600;r=7, \"global-app-quota\";r=9")], 65_000, 7),
            (
                &[
                    ("ratelimit", "\"tenant-app-quota\";r=90000;t=6"),
                    ("ratelimit-policy", "\"global-app-quota\";q=65000;w=3600, \"tenant-app-quota\";q=100000;w=3600"),
                ],
                100_000,
                90_000,
            ),
            (
                &[
                    ("x-ratelimit-limit", "40000"),
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "2026-11-22T11:00Z"),
                ],
                40_000,
                0,
            ),
            (&[("x-ratelimit-remaining", "5"), ("ratelimit-reason", "confluence-quota-global-based")], 65_000, 5),
            (&[("x-ratelimit-remaining", "0"), ("ratelimit-reason", "confluence-burst-based")], 65_000, 64_000),
            (&[("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "2026-11-22T10:30:05Z")], 65_000, 64_000),
            (&[("ratelimit", "\"global-app-quota\";t=600"), ("x-ratelimit-remaining", "many")], 65_000, 64_000),
            (&[("ratelimit", ";;;=,,\"quota\";r=-1;r=x")], 65_000, 64_000),
        ];
        for (pairs, quota, left) in cases {
            let mut account = Account::new(65_000);
            account.charge(1_000, now);
            account.correct(&headers(pairs), now);
            let state = account.left(now);
            assert_eq!((state.quota, state.left), (quota, left), "{pairs:?}");
        }
    }
}
