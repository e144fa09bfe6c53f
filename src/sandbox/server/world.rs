//! Everything the simulated site remembers between requests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::faults::Faults;
use super::limits::Quota;
use crate::sandbox::model::Site;

/// Tells the time of a request.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How many requests the log keeps.
const LOG_LENGTH: usize = 2_000;

/// The site and what stands round it.
pub(crate) struct World {
    pub(crate) site: Site,
    /// Tokens made with fewer scopes: account and scopes.
    pub(crate) tokens: BTreeMap<String, (String, Vec<String>)>,
    /// Long tasks by id: what they did.
    pub(crate) tasks: BTreeMap<String, String>,
    pub(crate) faults: Faults,
    pub(crate) late: Late,
    pub(crate) quota: Quota,
    pub(crate) counts: BTreeMap<String, u64>,
    pub(crate) log: VecDeque<Logged>,
    /// How long a change stays invisible to searches.
    pub(crate) search_lag: SignedDuration,
    pub(crate) requests: u64,
    /// Late answers that nobody waited for to the end.
    pub(crate) given_up: u64,
}

/// Requests that are still under way although their connections broke.
#[derive(Default)]
pub(crate) struct Late {
    tasks: JoinSet<()>,
    hurry: CancellationToken,
}

impl Late {
    /// Does it after that time, or as soon as there is a hurry.
    pub(crate) fn after(&mut self, wait: Duration, execute: impl FnOnce() + Send + 'static) {
        let hurry = self.hurry.clone();
        self.tasks.spawn(async move {
            let _ = tokio::time::timeout(wait, hurry.cancelled()).await;
            execute();
        });
    }

    /// Does at once whatever still waits, in any order.
    pub(crate) async fn arrive(self) {
        self.hurry.cancel();
        self.tasks.join_all().await;
    }
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// `GET`, ….
    pub method: String,
    /// The path as sent, undecoded.
    pub path: String,
    /// The query as sent, undecoded; empty if absent.
    pub query: String,
}

impl World {
    pub(crate) fn new(site: Site, search_lag: SignedDuration) -> Self {
        Self {
            site,
            tokens: BTreeMap::new(),
            tasks: BTreeMap::new(),
            faults: Faults::default(),
            late: Late::default(),
            quota: Quota::default(),
            counts: BTreeMap::new(),
            log: VecDeque::new(),
            search_lag,
            requests: 0,
            given_up: 0,
        }
    }

    /// Counts one request under its template and remembers it.
    pub(crate) fn count(&mut self, template: String, logged: Logged) {
        *self.counts.entry(template).or_default() += 1;
        self.requests += 1;
        if self.log.len() == LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(logged);
    }

    /// Notes a finished long task; its id.
    pub(crate) fn finish_task(&mut self, what: &str) -> String {
        let id = format!("{:032x}", self.tasks.len() + 1);
        self.tasks.insert(id.clone(), what.to_owned());
        id
    }
}
