//! A time or day from which on something is asked.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A time such as `2026-01-31T09:30:00Z`, or the beginning of a day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tools) struct Since(pub(in crate::tools) Timestamp);

impl Since {
    /// Its day, as `2026-01-31`.
    pub(super) fn day(self) -> String {
        self.0.strftime("%Y-%m-%d").to_string()
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let wrong = || de::Error::custom("a time is written like 2026-01-31T09:30:00Z, a day like 2026-01-31");
        if text.len() > 40 {
            return Err(wrong());
        }
        let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
        text.parse::<Timestamp>().ok().or_else(day).map(Self).ok_or_else(wrong)
    }
}

impl JsonSchema for Since {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Since".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 40 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_utc_and_anything_else_is_refused() {
        let read = |text: &str| serde_json::from_value::<Since>(text.into()).map(|since| since.0.to_string());
        assert_eq!(read("2026-01-31").unwrap(), "2026-01-31T00:00:00Z");
        assert_eq!(read("2026-01-31T09:30:00+01:00").unwrap(), "2026-01-31T08:30:00Z");
        for bad in ["", "yesterday", "2026-13-01", "2026-01-31 or so", &"1".repeat(99)] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
