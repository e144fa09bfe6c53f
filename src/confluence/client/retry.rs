//! When a request is sent again by itself, and after how long: by our own reckoning and by what Confluence asks.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

use crate::domain::access::AccessClass;

/// How often a request is sent again at most.
const RETRIES: u32 = 4;
/// A host that cannot be reached is tried this often more.
const CONNECTION_RETRIES: u32 = 2;
const FIRST_BACK_OFF: Duration = Duration::from_millis(500);
/// Longer demands are taken for mistakes, unless they concern the hourly quota.
const LONGEST: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);

/// What went wrong with one attempt, as far as sending again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// 429: not executed.
    TooFast,
    /// No connection was made: not executed.
    NotStarted,
    /// 502, 503, 504, a reset or silence: may have been executed.
    Interrupted,
    /// Anything else; sending again would not help.
    Final,
}

impl Trouble {
    /// Whether a request of this class may be sent once more after `attempts` attempts.
    pub(super) fn again(self, class: AccessClass, attempts: u32) -> bool {
        match self {
            Self::TooFast => attempts <= RETRIES,
            Self::NotStarted => attempts <= CONNECTION_RETRIES,
            Self::Interrupted => !class.writes() && attempts <= RETRIES,
            Self::Final => false,
        }
    }
}

/// The wait before the attempt that follows `attempts` attempts: doubled each time, scattered by 30 % both ways.
pub(super) fn back_off(attempts: u32) -> Duration {
    let doubled = FIRST_BACK_OFF.saturating_mul(1 << attempts.saturating_sub(1).min(RETRIES));
    doubled.mul_f64(0.7 + 0.6 * fastrand::f64())
}

/// What a 429 is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The hourly quota: everything has to wait.
    Everything,
    /// A burst: requests of the same kind have to wait.
    Lane,
}

/// What the answer is about: the quota or a burst.
pub(super) fn reach(headers: &HeaderMap) -> Reach {
    let quota = header(headers, "ratelimit-reason").is_some_and(|reason| reason.contains("quota"));
    if quota { Reach::Everything } else { Reach::Lane }
}

/// The wait an answer asks for; `None` where it does not say, or says nothing that makes sense.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let until = |moment: Timestamp| Duration::try_from(moment.duration_since(now)).unwrap_or_default();
    let stated = ["retry-after", "beta-retry-after"].into_iter().find_map(|name| {
        let value = header(headers, name)?.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More digits than fit are still a very long time.
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let date = jiff::fmt::rfc2822::parse(value).ok()?;
        Some(until(date.timestamp()))
    });
    let longest = if reach(headers) == Reach::Everything { HOUR } else { LONGEST };
    stated.or_else(|| reset_time(headers).map(until)).map(|wait| wait.min(longest))
}

/// `X-RateLimit-Reset`: RFC 3339, now and then without seconds, or seconds since 1970.
pub(super) fn reset_time(headers: &HeaderMap) -> Option<Timestamp> {
    let value = header(headers, "x-ratelimit-reset")?.trim();
    if let Ok(seconds) = value.parse::<i64>() {
        return Timestamp::from_second(seconds).ok();
    }
    let with_seconds = || value.strip_suffix('Z').and_then(|start| format!("{start}:00Z").parse().ok());
    value.parse().ok().or_else(with_seconds)
}

/// The first value of a header, where it is text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    header_in(headers, name).next()
}

/// Every value of a header that is text.
pub(super) fn header_in<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: (&str, &str) = ("ratelimit-reason", "confluence-quota-tenant-based");

    #[test]
    fn only_writes_that_were_not_executed_are_sent_again() {
        let again = |trouble: Trouble, class| (1..10).take_while(|attempts| trouble.again(class, *attempts)).count();
        for class in AccessClass::ALL {
            assert_eq!(again(Trouble::TooFast, class), 4);
            assert_eq!(again(Trouble::NotStarted, class), 2);
            assert_eq!(again(Trouble::Interrupted, class), if class.writes() { 0 } else { 4 });
            assert_eq!(again(Trouble::Final, class), 0);
        }
    }

    #[test]
    fn back_offs_double_and_are_scattered() {
        for attempts in 1..=4 {
            let middle = 0.5 * f64::from(1 << (attempts - 1));
            for _ in 0..200 {
                let wait = back_off(attempts).as_secs_f64();
                assert!((0.69 * middle..=1.31 * middle).contains(&wait), "{attempts}: {wait}");
            }
        }
    }

    #[test]
    fn every_way_to_say_how_long() {
        type Pairs = &'static [(&'static str, &'static str)];
        let now = "2026-11-22T10:30:00Z".parse().unwrap();
        let cases: [(Pairs, Option<u64>); 16] = [
            (&[("retry-after", "7")], Some(7)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", "1000000000")], Some(900)),
            (&[("retry-after", "99999999999999999999999999")], Some(900)),
            (&[("retry-after", "1847"), QUOTA], Some(1847)),
            (&[("retry-after", "999999"), QUOTA], Some(3600)),
            (&[("retry-after", "Sun, 22 Nov 2026 10:30:09 GMT")], Some(9)),
            (&[("retry-after", "Sun, 22 Nov 2015 10:30:09 GMT")], Some(0)),
            (&[("retry-after", "-5")], None),
            (&[("retry-after", "1e9")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "")], None),
            (&[("retry-after", "soon"), ("x-ratelimit-reset", "2026-11-22T10:30:05Z")], Some(5)),
            (&[("x-ratelimit-reset", "2026-11-22T10:31Z")], Some(60)),
            (&[], None),
        ];
        for (pairs, expected) in cases {
            let headers = pairs.iter().map(|(key, value)| (key.parse().unwrap(), value.parse().unwrap())).collect();
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{pairs:?}");
        }
    }
}
