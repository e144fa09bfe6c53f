//! Messages on their way to the webhook, kept in the store until they arrived or are of no use any more.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{ConnectionNotice, Message, Notice, Webhook};
use crate::clock::Clock;
use crate::domain::ids::ApprovalId;
use crate::store::{Batch, Expected, Key, Order, Scan, Store, StoreError, Table, Version};

/// The table of messages, by their id: for a write, that of its approval.
pub const TABLE: Table = Table::new("webhook-outbox");

/// How long to wait after each try that failed; eight tries, over about an hour.
const WAITS: [SignedDuration; 7] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(15),
    LONGEST_WAIT,
];
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(25);
/// How often the outbox is looked through.
const LOOK: Duration = Duration::from_secs(2);
/// Where the store cannot take down what became of a try, the next one does not come at once.
const AFTER_STORE_FAILED: Duration = Duration::from_mins(1);
/// Tries under way at once.
const MOST_UNDER_WAY: usize = 8;
/// Notices that are read from the store at once.
const PAGE: usize = 32;

/// A message, and how far it has come.
#[derive(Serialize, Deserialize)]
struct Waiting {
    #[serde(rename = "notice")]
    message: Message,
    tries: usize,
    due: Timestamp,
}

/// A notice that is to be sent now.
struct Due {
    key: Key,
    version: Version,
    waiting: Waiting,
}

/// Adds the notice to the change that makes its request, so that there is both or neither.
pub fn put(batch: Batch, notice: &Notice) -> Batch {
    put_message(batch, notice.clone().into())
}

/// Adds the notice to the change that remembers what was told of the connection.
pub fn put_connection(batch: Batch, notice: &ConnectionNotice) -> Batch {
    put_message(batch, notice.clone().into())
}

fn put_message(batch: Batch, message: Message) -> Batch {
    let key = key(message.id());
    let waiting = Waiting { due: message.first_at(), message: message.cut(), tries: 0 };
    batch.put(key, written(&waiting))
}

/// Takes the notice back, sent or not, with the change that decides its request.
pub fn withdraw(batch: Batch, approval: &ApprovalId) -> Batch {
    withdraw_message(batch, approval.as_str())
}

/// Takes a message back that is of no use any more, sent or not.
pub fn withdraw_message(batch: Batch, id: &str) -> Batch {
    batch.remove(key(id))
}

fn key(id: &str) -> Key {
    Key::new(TABLE, id)
}

fn written(waiting: &Waiting) -> Vec<u8> {
    // Strings, numbers and times can always be written.
    serde_json::to_vec(waiting).unwrap_or_default()
}

/// Sends what is due until `cancel` is called for. What was not delivered by then is sent after the next start.
///
/// Each notice goes its own way: one that finds no answer holds no other up.
pub async fn deliver(store: &dyn Store, clock: &dyn Clock, webhook: &Webhook, cancel: &CancellationToken) {
    let mut under_way = FuturesUnordered::new();
    let mut names = BTreeSet::new();
    loop {
        match due(store, clock.now(), &names).await {
            Ok(found) => {
                for due in found {
                    names.insert(due.key.name.clone());
                    under_way.push(attempt(store, clock, webhook, due));
                }
            }
            Err(error) => tracing::warn!(%error, "the notices that wait cannot be read"),
        }
        let mut pause = clock.sleep(LOOK);
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                Some(key) = under_way.next() => {
                    let key: Key = key;
                    names.remove(&key.name);
                }
                () = &mut pause => break,
            }
        }
    }
}

/// What is due and not under way, as far as there is room.
async fn due(store: &dyn Store, now: Timestamp, under_way: &BTreeSet<Box<[u8]>>) -> Result<Vec<Due>, StoreError> {
    let mut due = Vec::new();
    let mut after: Option<Box<[u8]>> = None;
    while due.len() + under_way.len() < MOST_UNDER_WAY {
        let scan = Scan { table: TABLE, prefix: &[], after: after.as_deref(), order: Order::Rising, limit: PAGE };
        let page = store.scan(scan).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.name.clone());
        for (key, record) in page {
            let room = due.len() + under_way.len() < MOST_UNDER_WAY;
            match serde_json::from_slice::<Waiting>(&record.value) {
                Ok(waiting) if room && !under_way.contains(&key.name) && is_due(waiting.due, now) => {
                    due.push(Due { key, version: record.version, waiting });
                }
                Ok(_) => {}
                Err(_) => {
                    tracing::error!("a notice that waits to be sent cannot be read and is dropped");
                    store.commit(Batch::new().remove(key)).await?;
                }
            }
        }
    }
    Ok(due)
}

/// Where the clock was set back meanwhile, a notice could be due in years; no wait is that long.
fn is_due(due: Timestamp, now: Timestamp) -> bool {
    due <= now || due.duration_since(now) > LONGEST_WAIT
}

/// Tries once and takes down what became of it.
async fn attempt(store: &dyn Store, clock: &dyn Clock, webhook: &Webhook, due: Due) -> Key {
    let Due { key, version, waiting } = due;
    let batch = Batch::new().expect(key.clone(), Expected::At(version));
    let batch = match outcome(clock, webhook, waiting).await {
        None => batch.remove(key.clone()),
        Some(waiting) => batch.put(key.clone(), written(&waiting)),
    };
    match store.commit(batch).await {
        // After a conflict the notice was taken back meanwhile.
        Ok(()) | Err(StoreError::Conflict { .. }) => {}
        Err(error) => {
            tracing::warn!(%error, "what became of a notice cannot be written down");
            clock.sleep(AFTER_STORE_FAILED).await;
        }
    }
    key
}

/// The message as it waits on; `None` once it was delivered or given up.
async fn outcome(clock: &dyn Clock, webhook: &Webhook, mut waiting: Waiting) -> Option<Waiting> {
    let (message, until) = (waiting.message.id(), waiting.message.until());
    let host = webhook.host();
    if clock.now() >= until {
        tracing::warn!(message, host, tries = waiting.tries, "nobody was told of this in time");
        return None;
    }
    let error = webhook.send(&waiting.message, clock.now()).await.err()?;
    let next = WAITS.get(waiting.tries).and_then(|wait| clock.now().checked_add(*wait).ok());
    let tries = waiting.tries + 1;
    let Some(next) = next.filter(|next| *next < until) else {
        tracing::warn!(message, host, %error, tries, "the webhook was given up for this message");
        return None;
    };
    tracing::debug!(message, host, %error, tries, "the webhook will be tried again");
    waiting.tries = tries;
    Some(Waiting { due: next, ..waiting })
}
