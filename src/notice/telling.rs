//! Announces writes that wait: the notice joins the outbox with the record, and leaves it when the record waits no longer.

use super::{Notice, outbox};
use crate::approval::{Announcer, Record};
use crate::store::Batch;

/// Fills the outbox of a webhook.
#[derive(Clone, Debug)]
pub struct Telling {
    /// Whether there is a webhook.
    pub webhook: Listening,
    /// Base of the pages where people decide, where there are any.
    pub review: Option<String>,
}

/// Whether anybody outside listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// A webhook is set up.
    Yes,
    /// None is; what an earlier one was to be told is still taken back.
    No,
}

impl Announcer for Telling {
    fn announce(&self, batch: Batch, record: &Record, preview: &str) -> Batch {
        match self.webhook {
            Listening::Yes => outbox::put(batch, &Notice::of(record, preview, self.review.as_deref())),
            Listening::No => batch,
        }
    }

    fn withdraw(&self, batch: Batch, record: &Record) -> Batch {
        outbox::withdraw(batch, &record.asked.id)
    }
}
