//! The process that is killed: a store on disk, the queue of writes, agents that propose, and people who decide.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sluice::app::{App, Parts};
use sluice::approval::approvals::Quiet;
use sluice::approval::record::{Says, Via};
use sluice::approval::{Approvals, Asked, DecideError, Decider, Mandates, NoLonger, Rights, State};
use sluice::clock::Clock;
use sluice::confluence::client::{Limits, Settings};
use sluice::confluence::{Address, ApiToken, Client};
use sluice::domain::ids::ApprovalId;
use sluice::policy::ask::AgentId;
use sluice::policy::{Caller, Profile, file};
use sluice::store::embedded::EmbeddedStore;
use sluice::store::keys::MasterKey;
use sluice::store::{Scan, Store, Table};
use sluice::tools::context::Silent;
use sluice::tools::{self, Begun, ToolError};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::items::{ACCOUNT, Item};
use crate::time::Fast;
use crate::{Failure, Options};

/// How often an agent tries again where nothing was begun.
const TRIES: u32 = 30;
const SWEEP: Duration = Duration::from_secs(3);
/// Where the queue lists what is open.
const OPEN: Table = Table::new("approval-open");

/// Opens the store of every storm.
pub(crate) fn open(folder: &Path) -> Result<EmbeddedStore, Failure> {
    Ok(EmbeddedStore::open(folder, &MasterKey::new(Box::new([42; 32])))?)
}

/// What agents may do, with and without a person.
#[derive(Clone)]
struct Profiles {
    asks: Arc<Profile>,
    free: Arc<Profile>,
}

impl Profiles {
    fn new() -> Result<Self, Failure> {
        let read = |asks: bool| {
            let group = format!("mode = \"read-write\"\nallow_delete = true\nrequire_approval = {asks}\n");
            let spaces = "[spaces]\nmode = \"read-only\"\n";
            let text = format!("name = \"Storm\"\n[pages]\n{group}[attachments]\n{group}{spaces}");
            let tools: Vec<&str> = tools::catalog().map(|entry| entry.facts.name).collect();
            file::read(&text, "storm.toml", &tools).map(Arc::new).map_err(|mistakes| format!("{mistakes:?}"))
        };
        Ok(Self { asks: read(true)?, free: read(false)? })
    }

    fn of(&self, agent: &AgentId) -> Arc<Profile> {
        Arc::clone(if agent.as_str().starts_with("free") { &self.free } else { &self.asks })
    }
}

impl Mandates for Profiles {
    fn now(&self, asked: &Asked) -> Result<Arc<Profile>, NoLonger> {
        Ok(self.of(&asked.agent))
    }
}

/// A worker at work.
pub(crate) struct Worker {
    app: Arc<App>,
    pub(crate) approvals: Arc<Approvals>,
    profiles: Profiles,
    clock: Arc<dyn Clock>,
}

/// Tells the parent, so that it stays told whatever happens next.
fn tell(words: &str) {
    let mut out = std::io::stdout().lock();
    // Without a parent there is nobody to tell.
    let _ = out.write_all(format!("{words}\n").as_bytes()).and_then(|()| out.flush());
}

impl Worker {
    pub(crate) async fn new(store: Arc<dyn Store>, site: &str, clock: Fast) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(clock);
        let token = ApiToken::new(ACCOUNT.0, ACCOUNT.1.to_owned().into())?;
        let mut settings = Settings::new(Address::site(site)?, Arc::new(token));
        settings.limits = Limits { at_once: 64.try_into()?, ..Limits::without_rates() };
        settings.clock = Arc::clone(&clock);
        let profiles = Profiles::new()?;
        let approvals = Approvals::open(store, Arc::clone(&clock), Arc::new(Quiet)).await?;
        let app = App::new(Parts {
            client: Client::new(settings)?,
            site: site.to_owned(),
            folder: None,
            library: None,
            connection: "storm".to_owned(),
            approvals: Arc::clone(&approvals),
            mandates: Arc::new(profiles.clone()),
            review: None,
            clock: Arc::clone(&clock),
        });
        Ok(Self { app: Arc::new(app), approvals, profiles, clock })
    }

    fn agent(item: Item) -> AgentId {
        let word = if item.is_free() { "free" } else { "asks" };
        AgentId::new(&format!("{word}-{}", item.0 % 8))
    }

    /// Proposes a write as its agent.
    pub(crate) async fn propose(&self, item: Item) -> Result<Begun, ToolError> {
        let agent = Self::agent(item);
        let caller = Caller::new(agent.clone(), self.profiles.of(&agent));
        let entry = tools::find(item.kind().tool()).ok_or_else(ToolError::not_found)?;
        self.app.begin(caller, entry, item.arguments(), Arc::new(Silent), CancellationToken::new(), None).await
    }

    /// Proposes until there is a record, or an answer that is none of the network's.
    async fn agent_at(&self, item: Item) -> Option<ApprovalId> {
        for _ in 0..TRIES {
            match self.propose(item).await {
                Ok(Begun::Waits(record)) if item.is_free() || record.state != State::Pending => {
                    tell(&format!("E {} {}", item.0, record.asked.id));
                    return None;
                }
                Ok(Begun::Waits(record)) => {
                    tell(&format!("P {} {}", record.asked.id, item.0));
                    return Some(record.asked.id);
                }
                Ok(Begun::Ended(_)) => {
                    tell(&format!("E {}", item.0));
                    return None;
                }
                Err(error) if matches!(&*error.code, "conflict" | "denied" | "needs_human" | "cancelled") => {
                    tell(&format!("E {} {}", item.0, error.code));
                    return None;
                }
                Err(_) => self.clock.sleep(Duration::from_secs(2)).await,
            }
        }
        tell(&format!("E {} gave_up", item.0));
        None
    }

    /// Decides as one of several people would.
    pub(crate) async fn decide(&self, id: &ApprovalId, item: Item) -> Result<(), Failure> {
        let Some(record) = self.approvals.get(id).await? else { return Err(format!("{id} is not there").into()) };
        let says = if item.is_denied() { Says::No } else { Says::Yes };
        let who = Decider::Approver { name: "Person".to_owned(), via: Via::Terminal, rights: Rights::all() };
        match self.approvals.decide(id, record.seal, &who, says, None).await {
            Ok(_) => tell(&format!("D {id} {}", if says == Says::Yes { "yes" } else { "no" })),
            Err(DecideError::Decided { .. } | DecideError::Over(_)) => tell(&format!("D {id} late")),
            Err(error) => return Err(error.into()),
        }
        if item.is_withdrawn() {
            self.approvals.withdraw(&Self::agent(item), id).await?;
        }
        Ok(())
    }

    /// Whether nothing is open but what people have to look at.
    async fn is_calm(&self) -> Result<bool, Failure> {
        for (key, _) in self.approvals.store().scan(Scan::of(OPEN, usize::MAX)).await? {
            let id = std::str::from_utf8(&key.name)?.parse()?;
            if self.approvals.get(&id).await?.is_some_and(|record| record.state != State::NeedsHuman) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What the parent says at the beginning: what to propose again, and what was not decided.
struct Orders {
    again: Vec<Item>,
    undecided: BTreeMap<ApprovalId, Item>,
}

async fn orders() -> Result<Orders, Failure> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut orders = Orders { again: Vec::new(), undecided: BTreeMap::new() };
    while let Some(line) = lines.next_line().await? {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["again", number] => orders.again.push(Item(number.parse()?)),
            ["decide", id, number] => drop(orders.undecided.insert(id.parse()?, Item(number.parse()?))),
            _ => break,
        }
    }
    Ok(orders)
}

/// Works from where the parent says until everything is done and calm, or until it is killed.
pub(crate) async fn work(options: &Options) -> Result<String, Failure> {
    let began: Timestamp = options.text("--began")?.parse()?;
    let clock = Fast::new(began, options.count("--speed", 20)?, options.number("--skew", 0)?);
    let orders = orders().await?;
    let store = Arc::new(open(Path::new(options.text("--folder")?))?);
    let port = Arc::clone(&store) as Arc<dyn Store>;
    let worker = Arc::new(Worker::new(port, options.text("--site")?, clock).await?);
    tell("READY");
    let mut beside = JoinSet::new();
    beside.spawn(report(worker.approvals.changes()));
    beside.spawn(sweep(Arc::clone(&worker)));
    let mut tasks = JoinSet::new();
    let (next, total) = (Arc::new(AtomicU32::new(options.count("--next", 0)?)), options.count("--total", 0)?);
    let again = Arc::new(Mutex::new(orders.again));
    let undecided = Arc::new(Mutex::new(orders.undecided));
    for _ in 0..options.count("--agents", 48)? {
        let (worker, next) = (Arc::clone(&worker), Arc::clone(&next));
        let (again, undecided) = (Arc::clone(&again), Arc::clone(&undecided));
        tasks.spawn(async move {
            loop {
                let decision = undecided.lock().unwrap_or_else(PoisonError::into_inner).pop_first();
                if let Some((id, item)) = decision {
                    worker.decide(&id, item).await?;
                    continue;
                }
                let repeated = again.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let item = repeated.unwrap_or_else(|| Item(next.fetch_add(1, Ordering::Relaxed)));
                if item.0 >= total {
                    return Ok::<(), Failure>(());
                }
                tell(&format!("B {}", item.0));
                if let Some(id) = worker.agent_at(item).await {
                    worker.decide(&id, item).await?;
                }
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    tell("ALL");
    while !worker.is_calm().await? {
        worker.clock.sleep(SWEEP).await;
    }
    beside.shutdown().await;
    worker.approvals.finish().await;
    worker.app.finish().await;
    store.close().await;
    Ok("CALM".to_owned())
}

async fn report(mut changes: tokio::sync::broadcast::Receiver<sluice::approval::approvals::Change>) {
    while let Ok(change) = changes.recv().await {
        if change.state.is_settled() {
            tell(&format!("O {} {}", change.id, change.state.word()));
        }
    }
}

async fn sweep(worker: Arc<Worker>) {
    loop {
        worker.approvals.take_up().await;
        worker.clock.sleep(SWEEP).await;
    }
}
