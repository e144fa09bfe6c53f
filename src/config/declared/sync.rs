//! The settings of the local index: when the site is copied, what of it, and at what cost.

use super::{Kind, Setting};

/// When.
pub const SYNC: Setting = Setting {
    key: "sync",
    variable: "SLUICE_SYNC",
    flag: Some("sync"),
    value: "WHEN",
    default: Some("scheduled"),
    help: "When the site is copied into the local index: scheduled, asked (only when somebody asks for it) or off",
    kind: Kind::Text,
};
/// How often.
pub const SYNC_EVERY: Setting = Setting {
    key: "sync_every",
    variable: "SLUICE_SYNC_EVERY",
    flag: Some("sync-every"),
    value: "MINUTES",
    default: Some("15"),
    help: "Minutes from the end of one scheduled sync to the next, give or take a tenth",
    kind: Kind::Number,
};
/// Which spaces.
pub const SYNC_SPACES: Setting = Setting {
    key: "sync_spaces",
    variable: "SLUICE_SYNC_SPACES",
    flag: Some("sync-spaces"),
    value: "KEY,…",
    default: None,
    help: "Only these spaces are copied; every global, collaboration and knowledge-base space where it is not given",
    kind: Kind::Text,
};
/// Which not.
pub const SYNC_EXCEPT: Setting = Setting {
    key: "sync_except",
    variable: "SLUICE_SYNC_EXCEPT",
    flag: Some("sync-except"),
    value: "KEY,…",
    default: None,
    help: "Spaces that are never copied",
    kind: Kind::Text,
};
/// How much of the quota.
pub const SYNC_SHARE: Setting = Setting {
    key: "sync_share",
    variable: "SLUICE_SYNC_SHARE",
    flag: Some("sync-share"),
    value: "PERCENT",
    default: Some("60"),
    help: "Share of the hourly points that syncs may spend, at most; half of it while agents are at work",
    kind: Kind::Number,
};
/// Whether hits are looked at again.
pub const SEARCH_VERIFY: Setting = Setting {
    key: "search_verify",
    variable: "SLUICE_SEARCH_VERIFY",
    flag: Some("search-verify"),
    value: "HOW",
    default: Some("copy"),
    help: "What search_docs answers from: copy, or live, which asks the site about each hit and drops what is gone or moved",
    kind: Kind::Text,
};
