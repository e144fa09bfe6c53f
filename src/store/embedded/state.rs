//! Where a store stands: how often it was written, both ends of its log, and a sum over everything it holds.
//!
//! The state is kept, sealed, in the database and now and then in the file `mark` beside it. A seal shows that a record
//! was changed; the sum shows that one is missing or older than it should be; the mark shows the same of the whole.

use sha2::{Digest as _, Sha256};

use crate::store::Version;
use crate::store::chain::{Head, Link};

/// Where a store stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct State {
    /// How many batches changed it.
    pub(in crate::store) batches: u64,
    /// The oldest row's predecessor.
    pub(in crate::store) oldest: Head,
    /// The newest row.
    pub(in crate::store) newest: Head,
    /// Every record and row, in its version.
    pub(in crate::store) sum: Sum,
}

/// A sum over keys and versions, in no order: adding and taking away again leaves no trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Sum([u64; 4]);

impl Sum {
    /// Adds what is written.
    pub(in crate::store) fn add(&mut self, key: &[u8], version: Version) {
        for (lane, part) in self.0.iter_mut().zip(lanes(key, version)) {
            *lane = lane.wrapping_add(part);
        }
    }

    /// Takes away what is removed or replaced.
    pub(in crate::store) fn take(&mut self, key: &[u8], version: Version) {
        for (lane, part) in self.0.iter_mut().zip(lanes(key, version)) {
            *lane = lane.wrapping_sub(part);
        }
    }
}

fn lanes(key: &[u8], version: Version) -> [u64; 4] {
    // The version comes first: its length is always the same.
    let digest: [u8; 32] = Sha256::new().chain_update(version.0).chain_update(key).finalize().into();
    let mut lanes = [0; 4];
    for (lane, bytes) in lanes.iter_mut().zip(digest.as_chunks().0) {
        *lane = u64::from_be_bytes(*bytes);
    }
    lanes
}

impl State {
    /// An empty store whose log begins there.
    pub(in crate::store) fn new(start: Head) -> Self {
        Self { batches: 0, oldest: start, newest: start, sum: Sum::default() }
    }

    /// As bytes.
    pub(in crate::store) fn write(&self) -> Vec<u8> {
        let mut bytes = self.batches.to_be_bytes().to_vec();
        for head in [self.oldest, self.newest] {
            bytes.extend(head.number.to_be_bytes());
            bytes.extend(head.link.0);
        }
        bytes.extend(self.sum.0.iter().flat_map(|lane| lane.to_be_bytes()));
        bytes
    }

    /// From its bytes.
    pub(in crate::store) fn read(bytes: &[u8]) -> Option<Self> {
        let (batches, bytes) = number(bytes)?;
        let (oldest, bytes) = head(bytes)?;
        let (newest, mut bytes) = head(bytes)?;
        let mut sum = Sum::default();
        for lane in &mut sum.0 {
            (*lane, bytes) = number(bytes)?;
        }
        bytes.is_empty().then_some(Self { batches, oldest, newest, sum })
    }
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    bytes.split_first_chunk().map(|(number, rest)| (u64::from_be_bytes(*number), rest))
}

fn head(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let (number, bytes) = number(bytes)?;
    let (link, bytes) = bytes.split_first_chunk()?;
    Some((Head { number, link: Link(*link) }, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let head = |number, byte| Head { number, link: Link([byte; 32]) };
        let mut state = State { batches: 9, oldest: head(1, 2), newest: head(3, 4), sum: Sum::default() };
        state.sum.add(b"key", Version([5; 24]));
        let bytes = state.write();
        assert_eq!(State::read(&bytes), Some(state));
        assert_eq!(State::read(&bytes[1..]), None);
        assert_eq!(State::read(&[bytes.as_slice(), &[0]].concat()), None);
    }

    #[test]
    fn a_sum_knows_what_is_there_and_not_how_it_came() {
        let [old, new] = [1, 2].map(|byte| Version([byte; 24]));
        let mut long = Sum::default();
        long.add(b"a", old);
        long.add(b"b", old);
        long.take(b"a", old);
        long.add(b"a", new);
        let mut short = Sum::default();
        short.add(b"a", new);
        assert_ne!(long, short);
        short.add(b"b", old);
        assert_eq!(long, short);
    }
}
