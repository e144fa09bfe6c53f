//! Texts, times and moods as pages show them.

use jiff::{SignedDuration, Timestamp};

use crate::approval::State;
use crate::domain::text::escaped;

/// A text that is not ours, with nothing in it that nobody sees. The template escapes what is markup.
pub(super) fn words(text: &str) -> String {
    escaped(text)
}

/// A name and what it stands for.
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// Facts, without those that say nothing.
pub(super) fn facts(named: impl IntoIterator<Item = (&'static str, String)>) -> Vec<Fact> {
    let said = named.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(name, text)| Fact { name, text: words(&text) }).collect()
}

/// A moment, to the minute.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long ago or ahead a moment is, in the largest unit that fits.
pub(super) fn distance(at: Timestamp, now: Timestamp) -> String {
    let between = at.duration_since(now);
    let words = span(between.abs());
    if between.is_negative() { format!("{words} ago") } else { format!("in {words}") }
}

fn span(long: SignedDuration) -> String {
    let seconds = long.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// How a state looks: well, wrong, or waiting for somebody.
pub(super) const fn mood(state: State) -> &'static str {
    match state {
        State::Succeeded => "good",
        State::Pending | State::NeedsHuman | State::Unknown | State::Reconciling => "warn",
        State::Approved | State::Executing | State::Cancelled | State::Expired => "",
        _ => "bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_from_now() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let at = |seconds: i64| distance(now + SignedDuration::from_secs(seconds), now);
        assert_eq!(at(-30), "30 s ago");
        assert_eq!(at(90), "in 1 min");
        assert_eq!(at(7_200), "in 2 h");
        assert_eq!(at(-200_000), "2 days ago");
    }
}
