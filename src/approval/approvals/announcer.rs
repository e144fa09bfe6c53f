//! Who is told outside that a write waits: said in the same commit that makes it wait, unsaid in the one that ends that.

use crate::store::Batch;

use super::super::record::Record;

/// Adds what is told outside to the changes of records.
pub trait Announcer: Send + Sync {
    /// Announces a record with the change that makes it wait; `preview` is what the record keeps of it.
    fn announce(&self, batch: Batch, record: &Record, preview: &str) -> Batch;

    /// Takes the announcement back with the change after which the record waits no longer.
    fn withdraw(&self, batch: Batch, record: &Record) -> Batch;
}

/// Tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Quiet;

impl Announcer for Quiet {
    fn announce(&self, batch: Batch, _: &Record, _: &str) -> Batch {
        batch
    }

    fn withdraw(&self, batch: Batch, _: &Record) -> Batch {
        batch
    }
}
