//! One connection's copies: a run now, a run when one is due, and how it stands with both.

pub(super) mod course;
mod follow;
mod mend;
mod record;
mod settings;
mod spaces;
mod work;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Mutex, Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::confluence::Client;
use crate::domain::ids::{AccountId, SpaceId, SpaceKey};
use crate::index::{Copies, CopiesError};
use crate::store::{Store, StoreError};

use super::accounts::Accounts;
use super::plan::Kind;
use super::plan::facts::SiteRow;
use super::reader::Reader;
use super::shelf::{RUN, SITE, Shelf, Unfinished};
use super::sink::Sink;
use super::status::{Outcome, Phase, RunRecord, Status, Stop};
use course::Course;
pub use settings::Settings;

/// What a connection's copies are made from and with.
pub struct Parts {
    /// Sends requests to the site.
    pub client: Client,
    /// Keeps what is known of the copies.
    pub store: Arc<dyn Store>,
    /// Keeps the copies.
    pub copies: Arc<dyn Copies>,
    /// The connection's id.
    pub connection: String,
    /// The site's address for people, without a slash at its end.
    pub site: String,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What a person decided.
    pub settings: Settings,
}

/// A space that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedSpace {
    /// Its id.
    pub id: SpaceId,
    /// Its key.
    pub key: SpaceKey,
    /// As of when its pages are known to be as they were copied.
    pub current: Option<Timestamp>,
}

/// Keeps the copies of one connection current, one run at a time.
pub struct Sync {
    reader: Reader,
    shelf: Shelf,
    copies: Arc<dyn Copies>,
    accounts: Accounts,
    site: String,
    settings: Settings,
    running: Mutex<()>,
    writing: Arc<Mutex<()>>,
    asked: std::sync::Mutex<Option<Kind>>,
    asking: Notify,
}

impl Sync {
    /// Nothing runs yet.
    pub fn new(parts: Parts) -> Self {
        let Parts { client, store, copies, connection, site, clock, settings } = parts;
        let shelf = Shelf::new(store, &connection);
        let status = Status { connection, site: site.clone(), ..Status::default() };
        let reader = Reader::new(client, clock, &settings, status);
        Self {
            reader,
            shelf,
            copies,
            accounts: Accounts::default(),
            site,
            settings,
            running: Mutex::new(()),
            writing: Arc::new(Mutex::new(())),
            asked: std::sync::Mutex::default(),
            asking: Notify::new(),
        }
    }

    /// How it stands now.
    pub fn status(&self) -> Status {
        let status = self.reader.status.borrow().clone();
        let damage = self.copies.damage().map(|why| mend::damaged(&why)).or(status.damage);
        Status { damage, ..status }
    }

    /// How it stands, whenever that changes.
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.reader.status.subscribe()
    }

    /// How the latest runs ended, latest first, at most 50.
    pub async fn history(&self) -> Result<Vec<RunRecord>, StoreError> {
        self.shelf.history().await
    }

    /// Reads from the store how it stood when the last process ended, so that the status tells it.
    pub async fn recall(&self) -> Result<(), StoreError> {
        let site: SiteRow = self.shelf.get(SITE, "").await?.unwrap_or_default();
        let last = self.shelf.history().await?.into_iter().next();
        self.reader.status.send_modify(|status| {
            (status.synced, status.swept, status.last) = (site.synced, site.swept, last);
            status.damage = mend::of(&site);
        });
        Ok(())
    }

    /// Each space that is copied.
    pub async fn spaces(&self) -> Result<Vec<CopiedSpace>, StoreError> {
        let spaces = self.shelf.spaces().await?.into_iter();
        Ok(spaces.map(|(id, row)| CopiedSpace { id, key: row.key, current: row.current }).collect())
    }

    /// The names of these accounts, or what stands for them, as far as they are known; nobody is asked. Those of closed
    /// accounts are forgotten within a week.
    pub async fn names(
        &self,
        accounts: impl IntoIterator<Item = AccountId> + Send,
    ) -> Result<HashMap<AccountId, String>, StoreError> {
        let mut names = HashMap::new();
        for account in accounts.into_iter().collect::<BTreeSet<_>>() {
            if let Some(name) = self.accounts.kept(&self.shelf, &account).await? {
                names.insert(account, name);
            }
        }
        Ok(names)
    }

    /// Runs once, after the run that is under way if there is one. One that was cut off is gone on with first. Dropping
    /// the future stops it as a crash would: the next run goes on from there.
    pub async fn run(&self, kind: Kind, stopped: &CancellationToken) -> Outcome {
        let running = self.running.lock().await;
        let kind = self.mended(kind).await;
        let unfinished = self.shelf.get::<Unfinished>(RUN, "").await.ok().flatten();
        let unfinished = unfinished.map_or(kind, |unfinished| unfinished.kind);
        if unfinished < kind {
            let outcome = self.once(unfinished, stopped).await;
            if outcome.stopped.is_some() {
                return outcome;
            }
        }
        let outcome = self.once(kind.max(unfinished), stopped).await;
        drop(running);
        outcome
    }

    async fn once(&self, kind: Kind, stopped: &CancellationToken) -> Outcome {
        let began = self.reader.clock.now();
        self.reader.status.send_modify(|status| {
            let (phase, kind, began) = (Phase::Spaces, Some(kind), Some(began));
            let Status { connection, site, synced, swept, next, last, damage, .. } = status.clone();
            let before = Status { connection, site, synced, swept, next, last, damage, ..Status::default() };
            *status = Status { phase, kind, began, ..before };
        });
        let (sink, counter) = Sink::new(Arc::clone(&self.copies), self.shelf.clone(), Arc::clone(&self.writing));
        let parts = (&self.reader, &self.shelf, &self.copies, &self.accounts);
        let course = Course::new(parts, counter, &self.site, stopped, (kind, self.settings.at_once));
        let work = async move {
            let mut course = course;
            self.work(&mut course).await
        };
        // Whatever ends the work, what it brought is still put away.
        let (put_away, worked) = futures_util::future::join(sink.work(&self.reader), work).await;
        let done = put_away.and(worked);
        if let Err(Stop::Copies(CopiesError::Damaged(_))) = &done {
            self.mend(mend::Seen::InARun).await;
        }
        self.record(kind, began, done).await
    }

    /// Forgets the site: its copies, everything known of them, every name. For a connection that has ended.
    pub async fn forget(&self) -> Result<(), Stop> {
        let _running = self.running.lock().await;
        let copies = Arc::clone(&self.copies);
        let writing = Arc::clone(&self.writing).lock_owned().await;
        let cleared = tokio::task::spawn_blocking(move || {
            let cleared = copies.clear();
            drop(writing);
            cleared
        });
        cleared.await.map_err(|_| Stop::Fault("the local index broke off"))??;
        self.accounts.clear();
        self.shelf.forget_all().await?;
        self.reader.status.send_modify(|status| {
            let Status { connection, site, .. } = status.clone();
            *status = Status { connection, site, ..Status::default() };
        });
        Ok(())
    }
}

/// Forgets everything that is known of a connection's site, every name of a person too, whether or not it is still
/// there. Its copies are the index's to delete.
pub async fn forget(store: Arc<dyn Store>, connection: &str) -> Result<(), StoreError> {
    Shelf::new(store, connection).forget_all().await
}
