//! Everything the simulated site remembers between requests.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::faults::Faults;
use super::limits::Quota;
use crate::sandbox::model::{Id, Site};
use crate::sandbox::signin::{SignIn, apps};

/// Tells the time of a request.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How many requests the log keeps.
const LOG_LENGTH: usize = 2_000;

/// One of the two sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// The one at the listening address.
    First,
    /// The smaller one beside it.
    Second,
}

impl Tenant {
    pub(crate) const ALL: [Self; 2] = [Self::First, Self::Second];

    /// Its id at the gateway.
    pub fn cloud_id(self) -> &'static str {
        match self {
            Self::First => super::CLOUD_ID,
            Self::Second => super::SECOND_CLOUD_ID,
        }
    }

    /// Its name among the sites of a token.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "sandbox",
            Self::Second => "branch",
        }
    }
}

/// The sites and what stands round them.
pub(crate) struct World {
    /// The site that is asked: the first, except within [`World::at`].
    pub(crate) site: Site,
    /// The other one with its long tasks.
    other: (Site, BTreeMap<String, LongTask>),
    pub(crate) sign_in: SignIn,
    /// Tokens made with fewer scopes: account and scopes.
    pub(crate) tokens: BTreeMap<String, Issued>,
    /// Long tasks by id.
    pub(crate) tasks: BTreeMap<String, LongTask>,
    /// How long tasks go that begin from now on.
    pub(crate) pace: TaskPace,
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

/// How a long task goes, as whoever looks at it sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskPace {
    /// How often it is seen at work before it is seen at its end.
    pub looks: u32,
    /// Whether that is a bad one.
    pub fails: bool,
}

/// A long task. Its work is done as soon as it has begun; only its end is told later.
#[derive(Clone, Debug)]
pub(crate) struct LongTask {
    /// What it does.
    pub(crate) what: &'static str,
    /// The uppermost page it made.
    pub(crate) made: Option<Id>,
    pub(crate) pace: TaskPace,
    /// How often it was looked at.
    pub(crate) looks: u32,
}

/// A token with fewer scopes.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) account: String,
    pub(crate) scopes: Vec<String>,
    /// Whether it is no bearer token too.
    pub(crate) basic_only: bool,
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
    /// The site it went to; absent: the sign-in side.
    pub tenant: Option<Tenant>,
}

impl Logged {
    pub(crate) fn of(parts: &Parts, tenant: Option<Tenant>) -> Self {
        let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
        Self { method: parts.method.to_string(), path, query, tenant }
    }
}

impl World {
    pub(crate) fn new(site: Site, second: Site, search_lag: SignedDuration) -> Self {
        let administrator = site.users.values().find(|user| user.admin).map(|user| user.account_id.clone());
        let administrator = administrator.unwrap_or_default();
        let scoped = Issued { account: administrator.clone(), scopes: apps::scopes(), basic_only: true };
        Self {
            site,
            other: (second, BTreeMap::new()),
            sign_in: SignIn::new(&administrator),
            tokens: BTreeMap::from([(apps::SCOPED_TOKEN.to_owned(), scoped)]),
            tasks: BTreeMap::new(),
            pace: TaskPace::default(),
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

    /// Does something at one of the sites: operations know none but the one they are at.
    pub(crate) fn at<T>(&mut self, tenant: Tenant, act: impl FnOnce(&mut Self) -> T) -> T {
        if tenant == Tenant::First {
            return act(self);
        }
        self.change_sites();
        let done = act(self);
        self.change_sites();
        done
    }

    fn change_sites(&mut self) {
        std::mem::swap(&mut self.site, &mut self.other.0);
        std::mem::swap(&mut self.tasks, &mut self.other.1);
    }

    /// Counts one request under its template and remembers it; with a kind after a `#`, once more under both together.
    pub(crate) fn count(&mut self, template: String, logged: Logged) {
        if let Some((whole, _)) = template.split_once('#') {
            *self.counts.entry(whole.to_owned()).or_default() += 1;
        }
        *self.counts.entry(template).or_default() += 1;
        self.requests += 1;
        if self.log.len() == LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(logged);
    }

    /// Notes a long task, whose work is done already; its id. `made` is the uppermost page of a copied tree.
    pub(crate) fn begin_task(&mut self, what: &'static str, made: Option<Id>) -> String {
        let id = format!("{:032x}", self.tasks.len() + 1);
        self.tasks.insert(id.clone(), LongTask { what, made, pace: self.pace, looks: 0 });
        id
    }
}
