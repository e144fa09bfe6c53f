//! Reads everything a store on disk holds and says what is wrong with it.

use std::ops::ControlFlow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::chain::Row;
use super::embedded::EmbeddedStore;
use super::embedded::layout::{self, Kind};
use super::embedded::seal::Place;
use super::embedded::shelf::{Shelf, read_row, row_place};
use super::embedded::state::Sum;

/// What a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Records of all tables.
    pub records: u64,
    /// Rows of the log.
    pub rows: u64,
    /// Bytes of their values and texts.
    pub bytes: u64,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What was read, up to the damage where there is some.
    pub counts: Counts,
    /// The first damage, in a few words.
    pub damage: Option<String>,
}

/// Reads every record and the whole log: whether each opens, whether any is missing or older than it should be, whether
/// the rows follow from each other. Commits wait meanwhile, reads go on.
pub async fn check(store: &EmbeddedStore) -> Result<Checked, StoreError> {
    store.still(check_shelf).await
}

pub(in crate::store) fn check_shelf(shelf: &Shelf) -> Checked {
    let mut counts = Counts::default();
    let walked = walk(shelf, &mut counts, |_| ControlFlow::<()>::Continue(()));
    let damage = match walked {
        Err(Ended::Damage(why)) => Some(why),
        Ok(()) | Err(Ended::Enough(())) => None,
    };
    Checked { counts, damage }
}

/// Something that a store holds.
pub(in crate::store) enum Item<'a> {
    /// A record: table, name, value.
    Record(&'a [u8], &'a [u8], &'a Bytes),
    /// A row of the log.
    Row(&'a Row),
}

/// Why a walk ended early.
pub(in crate::store) enum Ended<E> {
    /// Whoever was shown the things has had enough.
    Enough(E),
    /// Something is damaged.
    Damage(String),
}

/// Shows everything in the store, rows in their order, while nobody changes it; counts it and compares it with the
/// store's own sum.
pub(in crate::store) fn walk<E>(
    shelf: &Shelf,
    counts: &mut Counts,
    mut show: impl FnMut(Item<'_>) -> ControlFlow<E>,
) -> Result<(), Ended<E>> {
    let state = shelf.read(|state| state);
    let (mut sum, mut head) = (Sum::default(), state.oldest);
    let (mut following, mut found) = (0, 0);
    let damage = |why: String| Ended::Damage(why);
    for pair in shelf.database.iter() {
        let (key, first) = pair.map_err(|error| damage(format!("the database: {error}").replace('\n', " ")))?;
        let kind = layout::kind(&key);
        let place = match kind {
            Kind::State => continue,
            Kind::Following => {
                found += 1;
                continue;
            }
            Kind::Unknown => return Err(damage("something that Sluice did not write".to_owned())),
            Kind::Record(table, name) => Place { table, name },
            Kind::Row(number) => row_place(number),
        };
        let broken =
            || damage(format!("a record of `{}` was changed or cannot be read", String::from_utf8_lossy(place.table)));
        let (version, value) = shelf.whole(&first, place).map_err(|_| broken())?;
        following += layout::pieces(&first);
        sum.add(&key, version);
        let shown = if let Kind::Row(number) = kind {
            let row = read_row(number, &value).ok_or_else(broken)?;
            if !shelf.chain.follows(head, &row) {
                return Err(damage(format!("row {} of the log is missing or was changed", head.number + 1)));
            }
            head = row.head;
            counts.rows += 1;
            counts.bytes += row.text.len() as u64;
            show(Item::Row(&row))
        } else {
            counts.records += 1;
            counts.bytes += value.len() as u64;
            show(Item::Record(place.table, place.name, &value))
        };
        if let ControlFlow::Break(enough) = shown {
            return Err(Ended::Enough(enough));
        }
    }
    if head != state.newest {
        return Err(damage(format!("row {} of the log is missing", head.number + 1)));
    }
    if sum != state.sum || following != found {
        return Err(damage("records are missing, or older than they should be".to_owned()));
    }
    Ok(())
}
