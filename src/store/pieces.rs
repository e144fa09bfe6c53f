//! Values longer than one record, kept in pieces.

use bytes::{Bytes, BytesMut};

use super::{Batch, Key, Scan, Store, StoreError, Table};

const PIECE: usize = 128 << 10;

/// Keeps `bytes` under that name; durable when this returns.
pub async fn write(store: &dyn Store, table: Table, name: &str, bytes: Bytes) -> Result<(), StoreError> {
    let last = bytes.len().div_ceil(PIECE).max(1);
    for number in 1..=last {
        let start = (number - 1) * PIECE;
        let piece = bytes.slice(start..bytes.len().min(start + PIECE));
        store.commit(Batch::new().put(key(table, name, number), piece)).await?;
    }
    let end = last.to_string();
    store.commit(Batch::new().put(Key::new(table, format!("{name}/")), end)).await
}

/// What is kept under that name; nothing where it was only half written.
pub async fn read(store: &dyn Store, table: Table, name: &str) -> Result<Option<Bytes>, StoreError> {
    let Some(end) = store.get(&Key::new(table, format!("{name}/"))).await? else { return Ok(None) };
    let last: usize = String::from_utf8_lossy(&end.value).parse().unwrap_or_default();
    let mut bytes = BytesMut::new();
    for number in 1..=last {
        let Some(piece) = store.get(&key(table, name, number)).await? else { return Ok(None) };
        bytes.extend_from_slice(&piece.value);
    }
    Ok(Some(bytes.freeze()))
}

/// Forgets what is kept under that name.
pub async fn remove(store: &dyn Store, table: Table, name: &str) -> Result<(), StoreError> {
    let prefix = format!("{name}/");
    let scan = Scan { prefix: prefix.as_bytes(), ..Scan::of(table, usize::MAX) };
    let keys = store.scan(scan).await?.into_iter().map(|(key, _)| key);
    store.commit(keys.fold(Batch::new(), Batch::remove)).await
}

fn key(table: Table, name: &str, number: usize) -> Key {
    Key::new(table, format!("{name}/{number:08}"))
}
