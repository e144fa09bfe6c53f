//! How the connections stand, as pages and programs are shown it: never more than a connection's record says in the open.

use jiff::Timestamp;
use serde::Serialize;

use crate::connect::Record;
use crate::connect::cabinet::Listed;
use crate::notice::connections::Trouble;

/// Tells how the connections stand now; it is asked for every page, so it should not have to look for long.
pub type Connections = Box<dyn Fn() -> Vec<Standing> + Send + Sync>;

/// How a connection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// What people call it.
    pub name: String,
    /// Its site; nothing where its file cannot be read.
    pub site: Option<String>,
    /// As whom it signs in, and how.
    pub signed_in_with: Option<String>,
    /// `connected`, `failing`, `reconnect needed` or `unreadable`.
    pub state: &'static str,
    /// Since when it is in trouble.
    pub since: Option<Timestamp>,
    /// Why.
    pub why: Option<String>,
    /// What a person can do about it.
    pub how: Option<String>,
}

impl Standing {
    /// How the connections of a data directory stand.
    pub fn of(listed: &[Listed]) -> Vec<Self> {
        let standing = |(name, record): &Listed| match record {
            Ok(record) => Self::of_record(record),
            Err(error) => Self {
                name: name.to_string(),
                site: None,
                signed_in_with: None,
                state: "unreadable",
                since: None,
                why: Some(error.to_string()),
                how: None,
            },
        };
        listed.iter().map(standing).collect()
    }

    fn of_record(record: &Record) -> Self {
        let trouble = Trouble::of(record);
        Self {
            name: record.name.to_string(),
            site: Some(record.place.site.clone()),
            signed_in_with: Some(record.signed_in_with()),
            state: record.state.word(),
            since: trouble.as_ref().map(|trouble| trouble.since),
            how: trouble.as_ref().map(Trouble::how),
            why: trouble.map(|trouble| trouble.why),
        }
    }
}
