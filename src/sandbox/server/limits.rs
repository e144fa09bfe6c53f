//! Rate limits as Confluence Cloud announces them: points per hour and a burst limit per operation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Answer, Dialect, Failure, Payload};

/// Limits to switch on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Points per clock hour; absent: no limit.
    pub points_per_hour: Option<u64>,
    /// Requests of one operation that may come at once; absent: no limit.
    pub burst: Option<u32>,
    /// Requests of one operation regained per second.
    pub burst_per_second: u32,
    /// Which header names announce the points.
    pub announced: Announced,
}

/// Whether the structured headers carry the trial prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Announced {
    /// `RateLimit`, `RateLimit-Policy`.
    #[default]
    Enforced,
    /// `Beta-RateLimit`, `Beta-RateLimit-Policy`.
    Beta,
}

/// The account of points and bursts.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    limits: Limits,
    hour: i64,
    used: u64,
    buckets: BTreeMap<String, (u32, i64)>,
}

impl Quota {
    pub(crate) fn set(&mut self, limits: Limits) {
        *self = Self { limits, ..Self::default() };
    }

    /// Refuses a request that would exceed a limit.
    pub(crate) fn refuse(&mut self, template: &str, dialect: Dialect, now: Timestamp) -> Option<Answer> {
        let second = now.as_second();
        if self.hour != second.div_euclid(3_600) {
            self.hour = second.div_euclid(3_600);
            self.used = 0;
        }
        if self.limits.points_per_hour.is_some_and(|limit| self.used >= limit) {
            let wait = 3_600 - second.rem_euclid(3_600);
            return Some(refusal(dialect, wait, "confluence-quota-global-based"));
        }
        let size = self.limits.burst?;
        let bucket = self.buckets.entry(template.to_owned()).or_insert((size, second));
        let regained = u32::try_from(second.saturating_sub(bucket.1).max(0)).unwrap_or(u32::MAX);
        let regained = regained.saturating_mul(self.limits.burst_per_second);
        *bucket = (bucket.0.saturating_add(regained).min(size), second);
        match bucket.0.checked_sub(1) {
            Some(left) => {
                bucket.0 = left;
                None
            }
            None => Some(refusal(dialect, 1, "confluence-burst-based")),
        }
    }

    /// Charges an answered request.
    pub(crate) fn charge(&mut self, method: &str, answer: &Answer) {
        if self.limits.points_per_hour.is_some() {
            self.used = self.used.saturating_add(cost(method, answer));
        }
    }

    /// The headers that announce the account.
    pub(crate) fn headers(&self, now: Timestamp) -> Vec<(&'static str, String)> {
        let Some(limit) = self.limits.points_per_hour else { return Vec::new() };
        let left = limit.saturating_sub(self.used);
        let wait = 3_600 - now.as_second().rem_euclid(3_600);
        let reset = Timestamp::from_second(now.as_second() + wait).unwrap_or(now);
        let (policy, state) = match self.limits.announced {
            Announced::Enforced => ("ratelimit-policy", "ratelimit"),
            Announced::Beta => ("beta-ratelimit-policy", "beta-ratelimit"),
        };
        let mut headers = vec![
            ("x-ratelimit-limit", limit.to_string()),
            ("x-ratelimit-remaining", left.to_string()),
            ("x-ratelimit-reset", reset.strftime("%Y-%m-%dT%H:%MZ").to_string()),
            ("x-ratelimit-nearlimit", (left.saturating_mul(5) < limit).to_string()),
            (policy, format!("\"global-app-quota\";q={limit};w=3600")),
        ];
        if left.saturating_mul(5) < limit {
            headers.push((state, format!("\"global-app-quota\";r={left};t={wait}")));
        }
        headers
    }
}

fn refusal(dialect: Dialect, wait: i64, reason: &str) -> Answer {
    Failure { status: 429, code: "TOO_MANY_REQUESTS", title: "Rate limit exceeded".to_owned() }
        .answer(dialect)
        .with("retry-after", wait.to_string())
        .with("ratelimit-reason", reason)
}

/// One point for a request, and one for each object it reads; people cost two.
fn cost(method: &str, answer: &Answer) -> u64 {
    let Payload::Json(document) = &answer.payload else { return 1 };
    if method != "GET" || answer.status != 200 {
        return 1;
    }
    let weight = |object: &Value| if object.get("accountId").is_some() { 2 } else { 1 };
    match document.get("results").and_then(Value::as_array) {
        Some(results) => results.iter().map(weight).sum::<u64>().saturating_add(1),
        None => 1 + weight(document),
    }
}
