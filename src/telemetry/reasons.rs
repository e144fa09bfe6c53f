//! The words that requests are refused with, and that new settings are met with, as labels say them.

/// Why a request over HTTP was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody signed in, or what they signed in with is not known.
    Unauthenticated,
    /// What they signed in with is over.
    Expired,
    /// They signed in, but not for this.
    InsufficientScope,
    /// The request is for another host.
    Host,
    /// It comes from a page of another origin.
    Origin,
    /// Too many in too short a time.
    Rate,
    /// Too many at once.
    Concurrency,
    /// Too many sessions.
    Sessions,
    /// Its body is too long.
    Body,
    /// It cannot be understood.
    Malformed,
    /// The agent's site cannot be used.
    NoSite,
    /// Sluice is ending.
    Draining,
    /// The session belongs to somebody else.
    ForeignSession,
}

impl Refusal {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Unauthenticated,
        Self::Expired,
        Self::InsufficientScope,
        Self::Host,
        Self::Origin,
        Self::Rate,
        Self::Concurrency,
        Self::Sessions,
        Self::Body,
        Self::Malformed,
        Self::NoSite,
        Self::Draining,
        Self::ForeignSession,
    ];

    /// The label.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Expired => "expired",
            Self::InsufficientScope => "insufficient_scope",
            Self::Host => "host",
            Self::Origin => "origin",
            Self::Rate => "rate",
            Self::Concurrency => "concurrency",
            Self::Sessions => "sessions",
            Self::Body => "body",
            Self::Malformed => "malformed",
            Self::NoSite => "no_site",
            Self::Draining => "draining",
            Self::ForeignSession => "foreign_session",
        }
    }
}

/// What became of settings and profiles that were read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// They are in force.
    Done,
    /// Something is wrong with them; the old ones stay.
    Refused,
}

impl Reload {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Done, Self::Refused];

    /// The label.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}
