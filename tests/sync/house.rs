//! A simulated site that is copied, and a clock on which long waits are short.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use sluice::clock::Clock;
use sluice::confluence::client::{Limits, Settings};
use sluice::confluence::{Address, ApiToken, Bearer, Client, Credentials};
use sluice::index::Document;
use sluice::sandbox::model::Site;
use sluice::sandbox::{CLOUD_ID, Sandbox, SandboxOptions};
use sluice::store::Store;
use sluice::store::memory::MemoryStore;
use sluice::sync::{Ended, Kind, Outcome, Parts, Settings as Wishes, Sync};
use tokio_util::sync::CancellationToken;

use super::memory::Memory;

/// A clock on which a wait takes a hundredth of its time, and never long.
pub(crate) struct Quick {
    began: tokio::time::Instant,
    skipped: Arc<Mutex<Duration>>,
    wrong: Mutex<SignedDuration>,
}

impl Default for Quick {
    fn default() -> Self {
        Self { began: tokio::time::Instant::now(), skipped: Arc::default(), wrong: Mutex::default() }
    }
}

impl Quick {
    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        *self.skipped.lock().unwrap() += time;
    }

    /// Sets our clock this far from the site's, however far it was before.
    pub(crate) fn be_wrong_by(&self, wrong: SignedDuration) {
        *self.wrong.lock().unwrap() = wrong;
    }

    /// The time at the site.
    pub(crate) fn at_the_site(&self) -> Timestamp {
        "2026-11-22T10:30:00Z".parse::<Timestamp>().unwrap() + self.steady()
    }
}

impl Clock for Quick {
    fn now(&self) -> Timestamp {
        self.at_the_site() + *self.wrong.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        self.began.elapsed() + *self.skipped.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        let skipped = Arc::clone(&self.skipped);
        Box::pin(async move {
            tokio::time::sleep((wait / 100).min(Duration::from_millis(100))).await;
            *skipped.lock().unwrap() += wait;
        })
    }
}

/// Who the copies are made as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    /// The administrator, by a token that is not counted.
    Administrator,
    /// The same through the gateway, counted.
    App,
}

/// A site and its copies.
pub(crate) struct House {
    pub(crate) site: Sandbox,
    pub(crate) clock: Arc<Quick>,
    pub(crate) copies: Arc<Memory>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) sync: Sync,
    client: Client,
}

pub(crate) fn wishes() -> Wishes {
    Wishes::default()
}

impl House {
    pub(crate) async fn of(site: Site) -> Self {
        Self::with(site, As::Administrator, wishes()).await
    }

    pub(crate) async fn with(site: Site, who: As, wishes: Wishes) -> Self {
        let clock = Arc::new(Quick::default());
        let mut options = SandboxOptions::new(site);
        let told = Arc::clone(&clock);
        options.clock = Arc::new(move || told.at_the_site());
        let site = Sandbox::start(options).await.unwrap();
        let (address, credentials): (Address, Arc<dyn Credentials>) = match who {
            As::Administrator => {
                let token = ApiToken::new("admin@example.com", "sandbox-token".to_owned().into()).unwrap();
                (Address::site(&site.url()).unwrap(), Arc::new(token))
            }
            As::App => {
                let token = Bearer::new("sandbox-token".to_owned().into()).unwrap();
                (Address::gateway(&site.url(), CLOUD_ID).unwrap(), Arc::new(token))
            }
        };
        let settings = Settings {
            limits: Limits::without_rates(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ..Settings::new(address, credentials)
        };
        let client = Client::new(settings).unwrap();
        let (copies, store): (Arc<Memory>, Arc<dyn Store>) = (Arc::default(), Arc::new(MemoryStore::new()));
        let sync = sync(&client, &store, &copies, &clock, wishes);
        Self { site, clock, copies, store, sync, client }
    }

    /// Runs to the end, which must be a good one.
    pub(crate) async fn run(&self, kind: Kind) -> Outcome {
        let outcome = self.sync.run(kind, &CancellationToken::new()).await;
        assert_eq!(outcome.record.how, Ended::Done, "{outcome:?}");
        outcome
    }

    /// Runs, whatever becomes of it.
    pub(crate) async fn try_run(&self, kind: Kind) -> Outcome {
        self.sync.run(kind, &CancellationToken::new()).await
    }

    /// Runs until it has been asked so often whether it is ready, then is gone; whether it came to its end before.
    pub(crate) async fn run_and_kill(&self, kind: Kind, polls: u32) -> bool {
        let token = CancellationToken::new();
        let mut run: Pin<Box<_>> = Box::pin(self.sync.run(kind, &token));
        let mut left = polls;
        std::future::poll_fn(|context| match run.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => {
                left -= 1;
                Poll::Pending
            }
        })
        .await
    }

    /// What a first sync of the site as it is now would copy.
    pub(crate) async fn fresh(&self) -> BTreeMap<String, Document> {
        self.fresh_with(wishes()).await
    }

    pub(crate) async fn fresh_with(&self, wishes: Wishes) -> BTreeMap<String, Document> {
        let (copies, store): (Arc<Memory>, Arc<dyn Store>) = (Arc::default(), Arc::new(MemoryStore::new()));
        let sync = sync(&self.client, &store, &copies, &self.clock, wishes);
        let outcome = sync.run(Kind::Full, &CancellationToken::new()).await;
        assert_eq!(outcome.record.how, Ended::Done, "{outcome:?}");
        copies.seen()
    }

    /// The copies must be those of a fresh sync.
    pub(crate) async fn is_fresh(&self, why: &str) {
        let (seen, fresh) = (self.copies.seen(), self.fresh().await);
        for (id, document) in &fresh {
            assert_eq!(seen.get(id), Some(document), "{why}: {id}");
        }
        for (id, document) in &seen {
            assert!(fresh.contains_key(id), "{why}: {document:?} should be gone");
        }
    }
}

fn sync(client: &Client, store: &Arc<dyn Store>, copies: &Arc<Memory>, clock: &Arc<Quick>, wishes: Wishes) -> Sync {
    Sync::new(Parts {
        client: client.clone(),
        store: Arc::clone(store),
        copies: Arc::clone(copies) as Arc<dyn sluice::index::Copies>,
        connection: "acme".into(),
        site: "https://acme.atlassian.net".into(),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        settings: wishes,
    })
}
