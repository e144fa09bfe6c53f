//! The chained log: each row is tied to the one before it by a keyed hash, so that none can be changed unseen.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Ties rows together. Whoever has not the key can forge no row.
#[derive(Clone)]
pub struct Chain(Hmac<Sha256>);

/// The keyed hash of a row and of everything before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link(pub [u8; 32]);

/// A place in the log: a row's number, from 1, and its link. Number 0 is where the log begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The row's number.
    pub number: u64,
    /// Its link.
    pub link: Link,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place.
    pub head: Head,
    /// What it says.
    pub text: Bytes,
}

impl Chain {
    /// A chain under this key.
    pub fn new(key: &[u8; 32]) -> Self {
        // As RFC 2104 has it: a key shorter than a block is filled up with zeros.
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(key) {
            *place = *byte;
        }
        Self(Hmac::new(&block.into()))
    }

    /// Where the log begins.
    pub fn start(&self) -> Head {
        Head { number: 0, link: self.link(0, &[], b"sluice log 1") }
    }

    /// The row that follows `head` with this text.
    pub fn next(&self, head: Head, text: Bytes) -> Row {
        let number = head.number.saturating_add(1);
        Row { head: Head { number, link: self.link(number, &head.link.0, &text) }, text }
    }

    /// Whether `row` is the one that follows `head`.
    pub fn follows(&self, head: Head, row: &Row) -> bool {
        self.next(head, row.text.clone()).head == row.head
    }

    fn link(&self, number: u64, before: &[u8], text: &[u8]) -> Link {
        let mut mac = self.0.clone();
        mac.update(&number.to_be_bytes());
        mac.update(before);
        mac.update(text);
        Link(mac.finalize().into_bytes().into())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl FromStr for Link {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let mut link = [0; 32];
        if text.len() != 64 || !text.bytes().all(|sign| matches!(sign, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(NotAHead);
        }
        for (byte, place) in link.iter_mut().zip((0..64).step_by(2)) {
            let pair = text.get(place..place + 2).unwrap_or_default();
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NotAHead)?;
        }
        Ok(Self(link))
    }
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.number, self.link)
    }
}

impl FromStr for Head {
    type Err = NotAHead;

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (number, link) = text.split_once(':').ok_or(NotAHead)?;
        Ok(Self { number: number.parse().map_err(|_| NotAHead)?, link: link.parse()? })
    }
}

/// A text that names no place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a place in the log is a row's number, a colon and 64 hexadecimal digits in lower case")]
pub struct NotAHead;
