//! Values longer than one record: kept in pieces, and there only once the last piece is.

use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};

use super::{Batch, Key, Scan, Store, StoreError, Table};

/// Longest value that is kept, in bytes.
pub const LONGEST: usize = 64 << 20;
/// Longest name of such a value, in bytes.
pub const LONGEST_NAME: usize = 200;

/// Bytes of one piece.
const PIECE: usize = 128 << 10;
/// Pieces that are looked at together.
const TOGETHER: usize = 4;

/// Which writing a piece belongs to: random.
type Writing = [u8; 16];

/// The record under the value's own name, written last.
struct Cover {
    length: u64,
    digest: [u8; 32],
    writing: Writing,
}

impl Cover {
    fn write(&self) -> Vec<u8> {
        [self.length.to_be_bytes().as_slice(), &self.digest, &self.writing].concat()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let (digest, bytes) = bytes.split_first_chunk()?;
        let length = u64::from_be_bytes(*length);
        Some(Self { length, digest: *digest, writing: bytes.try_into().ok()? })
    }
}

/// Keeps a value under that name, in place of the one before; until this ends, the one before is read. The table holds
/// nothing else. The name has at most [`LONGEST_NAME`] bytes and no zero. Two must not write one name at the same time.
pub async fn write(store: &dyn Store, table: Table, name: &str, bytes: Bytes) -> Result<(), StoreError> {
    check(table, name)?;
    if bytes.len() > LONGEST {
        return Err(StoreError::TooLong { table: table.name(), most: LONGEST });
    }
    let mut writing: Writing = [0; 16];
    getrandom::fill(&mut writing)
        .map_err(|_| StoreError::Stopped { why: "the system gives no random bytes".to_owned() })?;
    let mut rest = bytes.clone();
    let mut number = 0_u32;
    while !rest.is_empty() {
        let piece = rest.split_to(rest.len().min(PIECE));
        store.commit(Batch::new().put(Key::new(table, of_piece(name, writing, number)), piece)).await?;
        number += 1;
    }
    let cover = Cover { length: bytes.len() as u64, digest: Sha256::digest(&bytes).into(), writing };
    store.commit(Batch::new().put(Key::new(table, name), cover.write())).await?;
    sweep(store, table, name, Some(writing)).await
}

/// The value of that name; `None` where there is none, or only half of one.
pub async fn read(store: &dyn Store, table: Table, name: &str) -> Result<Option<Bytes>, StoreError> {
    check(table, name)?;
    let damaged = StoreError::Damaged { table: table.name() };
    let key = Key::new(table, name);
    let mut record = store.get(&key).await?;
    loop {
        let Some(found) = record else { return Ok(None) };
        let cover = Cover::read(&found.value).ok_or_else(|| damaged.clone())?;
        if let Some(bytes) = whole(store, table, name, &cover).await? {
            return Ok(Some(bytes));
        }
        // The pieces may have gone because another value took its place meanwhile.
        record = store.get(&key).await?;
        if record.as_ref().is_some_and(|record| record.version == found.version) {
            return Err(damaged);
        }
    }
}

/// Removes a value, whole, half or not there.
pub async fn remove(store: &dyn Store, table: Table, name: &str) -> Result<(), StoreError> {
    check(table, name)?;
    store.commit(Batch::new().remove(Key::new(table, name))).await?;
    sweep(store, table, name, None).await
}

async fn whole(store: &dyn Store, table: Table, name: &str, cover: &Cover) -> Result<Option<Bytes>, StoreError> {
    let Some(length) = usize::try_from(cover.length).ok().filter(|length| *length <= LONGEST) else { return Ok(None) };
    let mut bytes = BytesMut::with_capacity(length);
    for number in (0_u32..).take(length.div_ceil(PIECE)) {
        let Some(piece) = store.get(&Key::new(table, of_piece(name, cover.writing, number))).await? else {
            return Ok(None);
        };
        bytes.extend_from_slice(&piece.value);
    }
    let is_whole = bytes.len() == length && Sha256::digest(&bytes)[..] == cover.digest;
    Ok(is_whole.then(|| bytes.freeze()))
}

/// Removes the pieces of every writing but this one.
async fn sweep(store: &dyn Store, table: Table, name: &str, kept: Option<Writing>) -> Result<(), StoreError> {
    let prefix = [name.as_bytes(), &[0]].concat();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let scan = Scan { prefix: &prefix, after: after.as_deref(), ..Scan::of(table, TOGETHER) };
        let pieces = store.scan(scan).await?;
        let Some((last, _)) = pieces.last() else { return Ok(()) };
        after = Some(last.name.to_vec());
        let goes =
            |key: &Key| kept.is_none_or(|kept| !key.name.get(prefix.len()..).unwrap_or_default().starts_with(&kept));
        let batch = pieces.into_iter().map(|(key, _)| key).filter(goes).fold(Batch::new(), Batch::remove);
        store.commit(batch.soon()).await?;
    }
}

fn of_piece(name: &str, writing: Writing, number: u32) -> Vec<u8> {
    [name.as_bytes(), &[0], &writing, &number.to_be_bytes()].concat()
}

/// A name with a zero could be taken for another one's piece.
fn check(table: Table, name: &str) -> Result<(), StoreError> {
    if name.len() > LONGEST_NAME || name.contains('\0') {
        return Err(StoreError::TooLong { table: table.name(), most: LONGEST_NAME });
    }
    Ok(())
}
