//! Reads the dates of CQL as Confluence does: in the searcher's time zone, to the minute.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp, Unit, Zoned};

use super::syntax::Value;

/// What a date value covers: a minute, or a whole day when no time was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// Where it begins, on the minute.
    pub(super) start: Timestamp,
    /// Where it ends, exclusive.
    pub(super) end: Timestamp,
}

/// What dates are read against.
pub(super) struct Clock {
    now: Timestamp,
    zone: TimeZone,
}

impl Clock {
    /// A clock in the named zone; an unknown name reads as UTC.
    pub(super) fn new(now: Timestamp, zone: &str) -> Clock {
        Clock { now, zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC) }
    }

    /// What `value` covers, or why it is no date.
    pub(super) fn period(&self, value: &Value) -> Result<Period, String> {
        match value {
            Value::Literal(text) => self.literal(text),
            Value::Function { name, argument } => self.function(name, argument.as_deref()),
        }
    }

    fn literal(&self, text: &str) -> Result<Period, String> {
        let refused = || format!("`{text}` is not a date such as `2026-03-31` or `2026-03-31 14:05`");
        let (day, time) = match text.trim().split_once(' ') {
            None => (text.trim(), None),
            Some((day, time)) => (day, Some(time.trim())),
        };
        let date = date(day).ok_or_else(refused)?;
        let Some(time) = time else {
            let start = self.at(date.to_datetime(Time::midnight()));
            let end = self.at(date.tomorrow().map_err(|_| refused())?.to_datetime(Time::midnight()));
            return Ok(Period { start: start?, end: end? });
        };
        let (hour, minute) = time.split_once(':').ok_or_else(refused)?;
        let clock = Time::new(number(hour).ok_or_else(refused)?, number(minute).ok_or_else(refused)?, 0, 0)
            .map_err(|_| refused())?;
        Ok(minute_from(self.at_exactly(date.to_datetime(clock))?))
    }

    /// Midnight can fall into a gap of some zones; a day then begins after it.
    fn at(&self, when: DateTime) -> Result<Timestamp, String> {
        self.zone.to_ambiguous_timestamp(when).compatible().map_err(|_| format!("`{when}` is out of range"))
    }

    fn at_exactly(&self, when: DateTime) -> Result<Timestamp, String> {
        let ambiguous = self.zone.to_ambiguous_timestamp(when);
        if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
            return Err(format!("`{}` does not exist in the time zone of the user", when.strftime("%Y-%m-%d %H:%M")));
        }
        ambiguous.compatible().map_err(|_| format!("`{when}` is out of range"))
    }

    fn function(&self, name: &str, argument: Option<&str>) -> Result<Period, String> {
        let now = self.now.to_zoned(self.zone.clone());
        let moved = match argument {
            None => now,
            Some(step) => now
                .checked_add(increment(step).ok_or_else(|| format!("`{step}` is not a step such as `-2h`"))?)
                .map_err(|_| format!("`{step}` leads out of range"))?,
        };
        let moment = match name {
            "now" => Ok(moved),
            "startofday" => moved.start_of_day(),
            "startofweek" => week_start(&moved),
            "startofmonth" => moved.first_of_month().and_then(|day| day.start_of_day()),
            "startofyear" => moved.first_of_year().and_then(|day| day.start_of_day()),
            "endofday" => moved.end_of_day(),
            "endofweek" => week_start(&moved).and_then(|day| day.checked_add(Span::new().days(6))?.end_of_day()),
            "endofmonth" => moved.last_of_month().and_then(|day| day.end_of_day()),
            "endofyear" => moved.last_of_year().and_then(|day| day.end_of_day()),
            _ => return Err(format!("there is no date function `{name}`")),
        };
        moment.map(|moment| minute_from(moment.timestamp())).map_err(|_| format!("`{name}` leads out of range"))
    }
}

fn week_start(moment: &Zoned) -> Result<Zoned, jiff::Error> {
    let back = i64::from(moment.weekday().to_monday_zero_offset());
    moment.checked_sub(Span::new().days(back))?.start_of_day()
}

fn minute_from(moment: Timestamp) -> Period {
    let start = on_the_minute(moment);
    Period { start, end: start.checked_add(Span::new().minutes(1)).unwrap_or(start) }
}

/// `moment` without its seconds, as the search index keeps it.
pub(super) fn on_the_minute(moment: Timestamp) -> Timestamp {
    let seconds = moment.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(moment)
}

fn date(text: &str) -> Option<Date> {
    let separator = if text.contains('/') { '/' } else { '-' };
    let mut parts = text.split(separator);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, number(month)?, number(day)?).ok()
}

fn number(text: &str) -> Option<i8> {
    if text.is_empty() || text.len() > 2 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `-2h`, `+1d`, `3M`: minutes `m`, hours `h`, days `d`, weeks `w`, months `M`, years `y`.
fn increment(step: &str) -> Option<Span> {
    let step = step.trim();
    let (count, unit) = step.split_at_checked(step.len().checked_sub(1)?)?;
    let unit = match unit {
        "m" => Unit::Minute,
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        "M" => Unit::Month,
        "y" => Unit::Year,
        _ => return None,
    };
    let count: i32 = count.trim().parse().ok()?;
    let span = Span::new();
    match unit {
        Unit::Minute => span.try_minutes(count),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
        _ => span.try_years(count),
    }
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(zone: &str) -> Clock {
        Clock::new("2026-03-31T14:05:42Z".parse().unwrap(), zone)
    }

    fn start(clock: &Clock, text: &str) -> Result<String, String> {
        clock.period(&Value::Literal(text.to_owned())).map(|period| period.start.to_string())
    }

    fn called(clock: &Clock, name: &str, argument: Option<&str>) -> Result<String, String> {
        let value = Value::Function { name: name.to_owned(), argument: argument.map(str::to_owned) };
        clock.period(&value).map(|period| period.start.to_string())
    }

    #[test]
    fn dates_are_read_in_the_time_zone_of_the_user() {
        let berlin = clock("Europe/Berlin");
        assert_eq!(start(&berlin, "2026-01-15 09:30").unwrap(), "2026-01-15T08:30:00Z");
        assert_eq!(start(&berlin, "2026/07/15 09:30").unwrap(), "2026-07-15T07:30:00Z");
        assert_eq!(start(&berlin, "2026-07-15").unwrap(), "2026-07-14T22:00:00Z");
        assert_eq!(start(&clock("UTC"), "2026-07-15").unwrap(), "2026-07-15T00:00:00Z");
    }

    #[test]
    fn a_time_that_the_clock_skipped_is_refused() {
        assert!(start(&clock("Europe/Berlin"), "2026-03-29 02:30").unwrap_err().contains("does not exist"));
        assert!(start(&clock("UTC"), "2026-03-29 02:30").is_ok());
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["yesterday", "2026-13-01", "2026-02-30", "26-01-01", "2026-01-01 25:00", "2026-01-01 10:00:30", "", "-2h"]
        {
            assert!(start(&clock("UTC"), text).is_err(), "{text}");
        }
    }

    #[test]
    fn functions_step_from_now() {
        let utc = clock("UTC");
        assert_eq!(called(&utc, "now", None).unwrap(), "2026-03-31T14:05:00Z");
        assert_eq!(called(&utc, "now", Some("-2h")).unwrap(), "2026-03-31T12:05:00Z");
        assert_eq!(called(&utc, "startofday", Some("-1d")).unwrap(), "2026-03-30T00:00:00Z");
        assert_eq!(called(&utc, "startofweek", None).unwrap(), "2026-03-30T00:00:00Z");
        assert_eq!(called(&utc, "startofmonth", Some("-1M")).unwrap(), "2026-02-01T00:00:00Z");
        assert_eq!(called(&utc, "endofyear", None).unwrap(), "2026-12-31T23:59:00Z");
        assert!(called(&utc, "now", Some("-99999999999d")).is_err());
        assert!(called(&utc, "now", Some("soon")).is_err());
        assert!(called(&utc, "tomorrow", None).is_err());
    }
}
