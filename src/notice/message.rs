//! What goes to the webhook: that a write waits, or how a connection stands; one way and one outbox for both.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{LONGEST_LINE, Notice, cut};

/// How long a connection's message is of any use.
const OF_USE: SignedDuration = SignedDuration::from_hours(24);

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    /// A write waits.
    Write(Box<Notice>),
    /// A connection is in trouble, or well again.
    Connection(ConnectionNotice),
}

/// That a connection is in trouble, or well again after that was told. It carries no authority and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionNotice {
    /// Id of the message: the same each time this is told.
    pub id: String,
    /// What people call the connection.
    pub connection: String,
    /// The Confluence site.
    pub site: String,
    /// `reconnect needed`, `failing`, or `well again`.
    pub state: String,
    /// Since when; for one that is well again, when that was seen.
    pub since: Timestamp,
    /// Why, in one line; nothing where it is well.
    pub why: Option<String>,
    /// What a person can do about it; nothing where it is well.
    pub how: Option<String>,
    /// When it was told first.
    pub told_at: Timestamp,
}

impl ConnectionNotice {
    /// Whether it says that all is well.
    pub const fn is_good(&self) -> bool {
        self.how.is_none()
    }

    /// The notice with every text cut to what a notice may hold.
    #[must_use]
    pub fn cut(mut self) -> Self {
        for line in [&mut self.connection, &mut self.site, &mut self.state].into_iter().chain(&mut self.why) {
            *line = cut(line, LONGEST_LINE);
        }
        self
    }
}

impl Message {
    /// The id under which a receiver knows it when it comes again.
    pub fn id(&self) -> &str {
        match self {
            Self::Write(notice) => notice.approval.as_str(),
            Self::Connection(notice) => &notice.id,
        }
    }

    /// When it is told first.
    pub const fn first_at(&self) -> Timestamp {
        match self {
            Self::Write(notice) => notice.asked_at,
            Self::Connection(notice) => notice.told_at,
        }
    }

    /// From when on it is of no use.
    pub fn until(&self) -> Timestamp {
        match self {
            Self::Write(notice) => notice.decide_by,
            Self::Connection(notice) => notice.told_at.saturating_add(OF_USE).unwrap_or(Timestamp::MAX),
        }
    }

    /// The message with every text cut to what it may hold.
    #[must_use]
    pub fn cut(self) -> Self {
        match self {
            Self::Write(notice) => Self::Write(Box::new(notice.cut())),
            Self::Connection(notice) => Self::Connection(notice.cut()),
        }
    }
}

impl From<Notice> for Message {
    fn from(notice: Notice) -> Self {
        Self::Write(Box::new(notice))
    }
}

impl From<ConnectionNotice> for Message {
    fn from(notice: ConnectionNotice) -> Self {
        Self::Connection(notice)
    }
}
