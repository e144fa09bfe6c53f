//! How records lie on disk: keys that sort as names do, and values in pieces small enough to stay inside the log of the
//! database.
//!
//! sled moves whatever is longer than an eighth of a megabyte to a file of its own, which it never makes durable: a power
//! cut would take such a record, and with it the page of up to twenty records that it stood on. So no value that sled
//! sees is longer than [`PIECE`], and no name longer than [`crate::store::batch::LONGEST_NAME`].

use std::ops::Bound;

use super::seal::NONCE;
use crate::store::{Order, Scan, Version};

/// Longest value handed to sled. Twenty of them, with their names, fill less than an eighth of a megabyte.
pub(in crate::store) const PIECE: usize = 4 << 10;

/// Keys below all tables, whose names begin with a letter.
const STANDING: u8 = 1;
const ROW: u8 = 2;
const FOLLOWING: u8 = 3;

/// Bytes of a value's length, which its first piece begins with.
const LENGTH: usize = 4;

/// Where the state of the store is kept.
pub(in crate::store) const STATE: &[u8] = &[STANDING];

/// The key of a record.
pub(in crate::store) fn record(table: &[u8], name: &[u8]) -> Vec<u8> {
    [table, &[0], name].concat()
}

/// The key of a row.
pub(in crate::store) fn row(number: u64) -> Vec<u8> {
    [[ROW].as_slice(), &number.to_be_bytes()].concat()
}

/// What a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind<'a> {
    /// A record: table and name.
    Record(&'a [u8], &'a [u8]),
    /// The state of the store.
    State,
    /// A row: its number in eight bytes.
    Row(&'a [u8]),
    /// A piece of a value, the first one apart.
    Following,
    /// Nothing that Sluice wrote.
    Unknown,
}

/// What this key belongs to.
pub(in crate::store) fn kind(key: &[u8]) -> Kind<'_> {
    match key {
        [STANDING] => Kind::State,
        [ROW, number @ ..] if number.len() == 8 => Kind::Row(number),
        [FOLLOWING, ..] => Kind::Following,
        _ => key
            .iter()
            .position(|byte| *byte == 0)
            .and_then(|end| Some((key.get(..end)?, key.get(end + 1..)?)))
            .map_or(Kind::Unknown, |(table, name)| Kind::Record(table, name)),
    }
}

/// A sealed value as it is written: its first piece, and the keys and values of the others.
pub(in crate::store) struct Cut {
    /// Its version.
    pub(in crate::store) version: Version,
    /// Under the record's own key.
    pub(in crate::store) first: Vec<u8>,
    /// Under keys of their own.
    pub(in crate::store) following: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Cuts a sealed value, which begins with its nonce.
pub(in crate::store) fn cut(sealed: &[u8]) -> Cut {
    let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
    let nonce = sealed.first_chunk::<NONCE>().copied().unwrap_or_default();
    let mut pieces = sealed.chunks(PIECE);
    let first = [length.to_be_bytes().as_slice(), pieces.next().unwrap_or_default()].concat();
    let following = pieces.zip(1..).map(|(piece, number)| (following(&nonce, number), piece.to_vec())).collect();
    Cut { version: Version(nonce), first, following }
}

fn following(nonce: &[u8], number: u32) -> Vec<u8> {
    [[FOLLOWING].as_slice(), nonce, &number.to_be_bytes()].concat()
}

/// What a first piece says without being opened; only a seal that holds proves it.
pub(in crate::store) struct First<'a> {
    /// The version.
    pub(in crate::store) version: Version,
    /// Keys of the pieces that follow.
    pub(in crate::store) following: Vec<Vec<u8>>,
    /// Bytes of the whole sealed value.
    pub(in crate::store) length: usize,
    /// The piece itself.
    pub(in crate::store) piece: &'a [u8],
}

/// Reads a first piece. `None` where it is none, or claims more than `longest` bytes.
pub(in crate::store) fn first(value: &[u8], longest: usize) -> Option<First<'_>> {
    let (length, piece) = value.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|length| *length <= longest)?;
    let nonce = *piece.first_chunk::<NONCE>()?;
    let pieces = u32::try_from(length.div_ceil(PIECE)).ok()?;
    let following = (1..pieces).map(|number| following(&nonce, number)).collect();
    Some(First { version: Version(nonce), following, length, piece })
}

/// How many pieces follow a first one.
pub(in crate::store) fn pieces(value: &[u8]) -> usize {
    first(value, usize::MAX).map_or(0, |first| first.following.len())
}

/// From where to where a scan reads.
pub(in crate::store) fn range(scan: &Scan<'_>) -> (Bound<Vec<u8>>, Bound<Vec<u8>>) {
    let table = scan.table.name().as_bytes();
    let start = record(table, scan.prefix);
    let after = scan.after.map(|name| record(table, name));
    let end = beyond(&start);
    match (scan.order, after) {
        (Order::Rising, Some(after)) if after >= start => (Bound::Excluded(after), end),
        (Order::Falling, Some(after)) if matches!(&end, Bound::Excluded(end) if after < *end) => {
            (Bound::Included(start), Bound::Excluded(after))
        }
        _ => (Bound::Included(start), end),
    }
}

/// The first key that no longer begins so.
fn beyond(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Table;

    const PAGES: Table = Table::new("pages");

    #[test]
    fn keys_say_what_they_belong_to() {
        assert_eq!(kind(&record(b"pages", b"a\0b")), Kind::Record(b"pages", b"a\0b"));
        assert_eq!(kind(&row(7)), Kind::Row(&7_u64.to_be_bytes()));
        assert_eq!(kind(STATE), Kind::State);
        assert_eq!(kind(&following(&[0; NONCE], 1)), Kind::Following);
        assert_eq!(kind(b"pages"), Kind::Unknown);
    }

    #[test]
    fn a_value_is_cut_into_pieces_that_stay_inside_the_log() {
        let sealed = vec![7; 2 * PIECE + 1];
        let cut = cut(&sealed);
        assert!(cut.first.len() <= PIECE + LENGTH);
        let first = first(&cut.first, sealed.len()).unwrap();
        assert_eq!(first.following, cut.following.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>());
        let whole: Vec<u8> =
            first.piece.iter().copied().chain(cut.following.into_iter().flat_map(|(_, piece)| piece)).collect();
        assert_eq!((whole, first.length), (sealed.clone(), sealed.len()));
        assert!(super::first(&cut.first, sealed.len() - 1).is_none(), "claims more than a value may hold");
    }

    #[test]
    fn the_end_of_a_prefix_is_found_behind_the_largest_bytes() {
        let scan = Scan { prefix: &[255, 255], ..Scan::of(PAGES, 1) };
        assert_eq!(range(&scan).1, Bound::Excluded(b"pages\x01".to_vec()));
    }

    #[test]
    fn a_range_never_runs_backwards() {
        let after =
            |order, after: &'static [u8]| Scan { prefix: b"m", after: Some(after), order, ..Scan::of(PAGES, 1) };
        let start = Bound::Included(b"pages\0m".to_vec());
        assert_eq!(range(&after(Order::Rising, b"a")), (start.clone(), Bound::Excluded(b"pages\0n".to_vec())));
        assert_eq!(range(&after(Order::Falling, b"z")), (start.clone(), Bound::Excluded(b"pages\0n".to_vec())));
        // What lies behind the prefix leaves an empty range, which the store must not ask for.
        assert_eq!(range(&after(Order::Rising, b"z")).0, Bound::Excluded(b"pages\0z".to_vec()));
        assert_eq!(range(&after(Order::Falling, b"a")).1, Bound::Excluded(b"pages\0a".to_vec()));
    }
}
