//! When the site is copied into the local index, what of it, and at what cost.

use std::time::Duration;

use crate::config::declared::{SEARCH_VERIFY, SYNC, SYNC_EVERY, SYNC_EXCEPT, SYNC_SHARE, SYNC_SPACES};
use crate::config::{SettingError, Settings};
use crate::domain::ids::SpaceKey;

const EVERY: Duration = Duration::from_mins(15);
const SHARE: u8 = 60;

/// When and how a site is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncSettings {
    /// When.
    pub when: SyncWhen,
    /// From the end of one run to the next.
    pub every: Duration,
    /// Only these spaces, where any are named.
    pub spaces: Vec<SpaceKey>,
    /// Never these.
    pub except: Vec<SpaceKey>,
    /// Percent of the hourly points.
    pub share: u8,
}

/// When a site is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncWhen {
    /// Again and again.
    Scheduled,
    /// When somebody asks for it.
    Asked,
    /// Never; nothing is searched locally.
    Off,
}

/// What a search of the copies answers from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchVerify {
    /// From the copies.
    #[default]
    Copy,
    /// Each hit is looked up at the site.
    Live,
}

impl Settings {
    /// When and how the site is copied.
    pub fn sync(&self) -> Result<SyncSettings, SettingError> {
        let every = self.understood(&SYNC_EVERY, minutes)?.unwrap_or(EVERY);
        Ok(SyncSettings {
            when: self.understood(&SYNC, when)?.unwrap_or(SyncWhen::Scheduled),
            every,
            spaces: self.understood(&SYNC_SPACES, keys)?.unwrap_or_default(),
            except: self.understood(&SYNC_EXCEPT, keys)?.unwrap_or_default(),
            share: self.understood(&SYNC_SHARE, percent)?.unwrap_or(SHARE),
        })
    }

    /// What a search of the copies answers from.
    pub fn search_verify(&self) -> Result<SearchVerify, SettingError> {
        Ok(self.understood(&SEARCH_VERIFY, verify)?.unwrap_or_default())
    }
}

fn when(text: &str) -> Result<SyncWhen, String> {
    match text {
        "scheduled" => Ok(SyncWhen::Scheduled),
        "asked" => Ok(SyncWhen::Asked),
        "off" => Ok(SyncWhen::Off),
        _ => Err("it is scheduled, asked or off".to_owned()),
    }
}

fn verify(text: &str) -> Result<SearchVerify, String> {
    match text {
        "copy" => Ok(SearchVerify::Copy),
        "live" => Ok(SearchVerify::Live),
        _ => Err("it is copy or live".to_owned()),
    }
}

fn minutes(text: &str) -> Result<Duration, String> {
    let minutes = text.parse::<u64>().ok().filter(|minutes| (1..=7 * 24 * 60).contains(minutes));
    minutes.map(Duration::from_mins).ok_or_else(|| "it is a number of minutes from 1 to 10080".to_owned())
}

fn percent(text: &str) -> Result<u8, String> {
    let percent = text.parse().ok().filter(|percent| (1..=100).contains(percent));
    percent.ok_or_else(|| "it is a number from 1 to 100".to_owned())
}

fn keys(text: &str) -> Result<Vec<SpaceKey>, String> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let keys: Result<Vec<SpaceKey>, _> = names.map(str::parse).collect();
    keys.map_err(|error| format!("it is keys of spaces with commas between them, such as IT,OPS; {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_separated_by_commas() {
        let words = |text| keys(text).map(|keys| keys.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(words("IT, OPS,"), Ok(vec!["IT".to_owned(), "OPS".to_owned()]));
        assert_eq!(words(""), Ok(Vec::new()));
        assert!(words("IT;OPS").unwrap_err().contains("such as IT,OPS"));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_what_does() {
        assert_eq!(minutes("15"), Ok(EVERY));
        for wrong in ["0", "10081", "-1", "1.5", "soon"] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
        for wrong in ["0", "101", "60%"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
        assert!(when("never").unwrap_err().contains("off"));
        assert!(verify("on").unwrap_err().contains("live"));
    }
}
