//! What an operation does to the site: reads, creates, updates or deletes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The class of an operation, weakest first; a stronger class needs everything the weaker ones need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessClass {
    /// Changes nothing.
    Read,
    /// Makes something new.
    Create,
    /// Changes what is there, so that it can be changed back.
    Update,
    /// Removes, or amounts to removing.
    Delete,
}

impl AccessClass {
    /// Every class, weakest first.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Update, Self::Delete];

    /// Whether the class changes the site.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Read)
    }
}

impl fmt::Display for AccessClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        })
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Read {}
    impl Sealed for super::Create {}
    impl Sealed for super::Update {}
    impl Sealed for super::Delete {}
}

/// An access class as a type, so that permits and requests of different classes cannot be mixed up.
pub trait Access: sealed::Sealed + fmt::Debug + Send + Sync + 'static {
    /// The class as a value.
    const CLASS: AccessClass;
}

/// A class that changes the site.
pub trait WriteAccess: Access {}

/// Changes nothing, so that it may be asked for again.
#[derive(Clone, Copy, Debug)]
pub enum Read {}
/// Makes something new.
#[derive(Debug)]
pub enum Create {}
/// Changes what is there.
#[derive(Debug)]
pub enum Update {}
/// Removes.
#[derive(Debug)]
pub enum Delete {}

impl Access for Read {
    const CLASS: AccessClass = AccessClass::Read;
}
impl Access for Create {
    const CLASS: AccessClass = AccessClass::Create;
}
impl Access for Update {
    const CLASS: AccessClass = AccessClass::Update;
}
impl Access for Delete {
    const CLASS: AccessClass = AccessClass::Delete;
}
impl WriteAccess for Create {}
impl WriteAccess for Update {}
impl WriteAccess for Delete {}
