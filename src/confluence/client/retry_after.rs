//! How long Confluence asks us to wait, in any of the ways it says so.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// Longer demands are taken for mistakes, unless they concern the hourly quota.
const LONGEST: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);

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
