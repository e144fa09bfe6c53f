//! A service desk to test against: the simulated site, an app connected to it, and an agent that calls tools.

use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use sluice::app::{App, Parts};
use sluice::approval::line::proposal;
use sluice::approval::record::{Says, Via};
use sluice::approval::{Announcer, Approvals, Asked, Decider, Mandates, NoLonger, Quiet, Record, Rights, State};
use sluice::clock::{Clock, SystemClock};
use sluice::config::SearchVerify;
use sluice::confluence::client::{Limits, Settings};
use sluice::confluence::{Address, ApiToken, Client};
use sluice::index::{Index, ShardName};
use sluice::policy::ask::AgentId;
use sluice::policy::ports::{Recorder as _, Verdict};
use sluice::policy::{Caller, Profile, Proposal, Usage, file};
use sluice::sandbox::model::Site;
use sluice::sandbox::{Sandbox, SandboxOptions, seed};
use sluice::store::Store;
use sluice::store::memory::MemoryStore;
use sluice::sync::{self, Sync};
use sluice::tools::attachments::folder::Folder;
use sluice::tools::context::Silent;
use sluice::tools::search::library::Library;
use sluice::tools::{self, Answer, Begun, Content, Entry, ToolError};
use tokio_util::sync::CancellationToken;

/// Everything an agent may do.
pub(crate) const FULL: &str = r#"
name = "Full"
[pages]
mode = "read-write"
allow_delete = true
[spaces]
mode = "read-write"
[search]
mode = "read-only"
[attachments]
mode = "read-write"
allow_delete = true
[users]
mode = "read-only"
"#;

/// The site, the app and the agent.
pub(crate) struct Desk {
    pub(crate) site: Sandbox,
    pub(crate) app: Arc<App>,
    pub(crate) approvals: Arc<Approvals>,
    pub(crate) standing: Arc<Standing>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    caller: Caller,
    verdict: Mutex<Option<Verdict>>,
    shown: Mutex<Vec<Proposal>>,
}

/// What a desk is opened with.
pub(crate) struct Opening<'a> {
    pub(crate) site: Site,
    /// E-mail address and token.
    pub(crate) account: (&'a str, &'a str),
    pub(crate) profile: &'a str,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether the site speaks TLS.
    pub(crate) tls: bool,
    /// Whether its throwaway authority is trusted.
    pub(crate) trusts: bool,
    /// Whether the app looks for the site where there is none.
    pub(crate) absent: bool,
    /// Where uploads may come from and downloads may go to.
    pub(crate) folder: Option<&'a Path>,
    /// What the queue is kept in.
    pub(crate) store: Arc<dyn Store>,
    /// Who is told of what waits.
    pub(crate) announcer: Arc<dyn Announcer>,
    /// What a search of the copies answers from.
    pub(crate) verify: SearchVerify,
}

impl Opening<'_> {
    /// The seeded service desk, its administrator, everything allowed, and no time lost by waiting.
    pub(crate) fn usual() -> Self {
        let account = ("admin@example.com", "sandbox-token");
        let clock = Arc::new(Hurried::default());
        let site = seed::service_desk();
        let (store, announcer) = (Arc::new(MemoryStore::new()), Arc::new(Quiet));
        let (tls, trusts, absent, folder) = (false, false, false, None);
        let verify = SearchVerify::Copy;
        Self { site, account, profile: FULL, clock, tls, trusts, absent, folder, store, announcer, verify }
    }
}

/// A clock that nobody waits for.
#[derive(Default)]
pub(crate) struct Hurried {
    passed: Mutex<Duration>,
    set_back: Mutex<Duration>,
}

impl Hurried {
    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap() += time;
    }

    /// Somebody sets the calendar back.
    pub(crate) fn set_back(&self, time: Duration) {
        *self.set_back.lock().unwrap() += time;
    }
}

impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        "2026-11-22T10:30:00Z".parse::<Timestamp>().unwrap() + self.steady() - *self.set_back.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        self.pass(wait);
        Box::pin(std::future::ready(()))
    }
}

/// Every agent has the profile that the test says.
pub(crate) struct Standing(pub(crate) Mutex<Arc<Profile>>);

impl Mandates for Standing {
    fn now(&self, _: &Asked) -> Result<Arc<Profile>, NoLonger> {
        Ok(Arc::clone(&self.0.lock().unwrap()))
    }
}

/// Copies in memory, which nothing has filled yet.
pub(crate) fn library(client: &Client, site: &str, verify: SearchVerify, clock: &Arc<dyn Clock>) -> Arc<Library> {
    let (index, shard) = (Index::in_memory(), ShardName::new("desk").unwrap());
    let sync = Arc::new(Sync::new(sync::Parts {
        client: client.clone(),
        store: Arc::new(MemoryStore::new()),
        copies: Arc::new(index.filling(&shard)),
        connection: shard.to_string(),
        site: site.to_owned(),
        clock: Arc::clone(clock),
        settings: sync::Settings::default(),
    }));
    Arc::new(Library::new(index, shard, sync, verify, Arc::clone(clock)))
}

impl Desk {
    /// The seeded service desk, its administrator's token, and an agent that may do everything.
    pub(crate) async fn open() -> Self {
        Self::with(seed::service_desk(), ("admin@example.com", "sandbox-token"), FULL).await
    }

    /// The seeded service desk and an agent under this profile.
    pub(crate) async fn under(profile: &str) -> Self {
        Self::with(seed::service_desk(), ("admin@example.com", "sandbox-token"), profile).await
    }

    /// The same, where waiting takes no time.
    pub(crate) async fn hurried() -> Self {
        Self::opened(Opening::usual()).await
    }

    /// Any site, any account, any profile.
    pub(crate) async fn with(site: Site, account: (&str, &str), profile: &str) -> Self {
        Self::opened(Opening { site, account, profile, clock: Arc::new(SystemClock::new()), ..Opening::usual() }).await
    }

    /// A desk opened in its own way.
    pub(crate) async fn opened(opening: Opening<'_>) -> Self {
        let Opening { site, account: (email, token), profile, clock, tls, trusts, absent, folder, .. } = opening;
        let (store, announcer) = (opening.store, opening.announcer);
        let site = Sandbox::start(SandboxOptions { tls, ..SandboxOptions::new(site) }).await.unwrap();
        let credentials = Arc::new(ApiToken::new(email, token.to_owned().into()).unwrap());
        let address = if absent { "http://127.0.0.1:1".to_owned() } else { site.url() };
        let mut settings = Settings::new(Address::site(&address).unwrap(), credentials);
        settings.limits = Limits::without_rates();
        settings.clock = Arc::clone(&clock);
        settings.authorities = site.ca_pem().filter(|_| trusts).map(|authority| authority.as_bytes().to_vec());
        let profile = Arc::new(self::profile(profile));
        let approvals = Approvals::open(Arc::clone(&store), Arc::clone(&clock), announcer).await.unwrap();
        let standing = Arc::new(Standing(Mutex::new(Arc::clone(&profile))));
        let client = Client::new(settings).unwrap();
        let library = library(&client, &site.url(), opening.verify, &clock);
        let app = App::new(Parts {
            client,
            site: site.url(),
            library: Some(library),
            folder: folder.map(|folder| Folder::open(folder).unwrap()),
            connection: "the service desk".into(),
            approvals: Arc::clone(&approvals),
            mandates: Arc::clone(&standing) as Arc<dyn Mandates>,
            review: None,
            clock: Arc::clone(&clock),
        });
        let caller = Caller::new(AgentId::new("tester"), profile);
        Self {
            site,
            app: Arc::new(app),
            caller,
            approvals,
            standing,
            store,
            clock,
            verdict: Mutex::default(),
            shown: Mutex::default(),
        }
    }

    /// The agent under a second profile besides.
    pub(crate) fn narrowed_by(mut self, profile: &str) -> Self {
        self.caller.profile = Arc::new(self.caller.profile.narrowed_by(&self::profile(profile)));
        self
    }

    /// The next process on the same store, after this one was killed.
    pub(crate) async fn restarted(&self) -> Arc<App> {
        let approvals =
            Approvals::open(Arc::clone(&self.store), Arc::clone(&self.clock), Arc::new(Quiet)).await.unwrap();
        Arc::new(App::new(Parts {
            client: self.app.context().client.clone(),
            connection: "the service desk".into(),
            site: self.site.url(),
            folder: None,
            library: None,
            approvals,
            mandates: Arc::clone(&self.standing) as Arc<dyn Mandates>,
            review: None,
            clock: Arc::clone(&self.clock),
        }))
    }

    /// The local copies; there are none before somebody asks for a sync.
    pub(crate) fn library(&self) -> &Arc<Library> {
        self.app.context().library.as_ref().unwrap()
    }

    /// Copies the site.
    pub(crate) async fn sync(&self) {
        let outcome = self.library().sync().run(sync::Kind::Incremental, &CancellationToken::new()).await;
        assert_eq!((outcome.stopped, outcome.record.errors), (None, 0));
    }

    /// Who calls.
    pub(crate) fn caller(&self) -> Caller {
        self.caller.clone()
    }

    /// What the agent has used of its limits.
    pub(crate) fn usage(&self) -> Usage {
        self.approvals.usage(&self.caller.agent)
    }

    /// What a person says to the next writes that wait; before anything is said, nobody decides.
    pub(crate) fn approver_says(&self, verdict: Verdict) {
        *self.verdict.lock().unwrap() = Some(verdict);
    }

    /// What people were shown.
    pub(crate) fn shown(&self) -> Vec<Proposal> {
        self.shown.lock().unwrap().clone()
    }

    /// What people were shown since this was asked last.
    pub(crate) fn take_shown(&self) -> Vec<Proposal> {
        std::mem::take(&mut self.shown.lock().unwrap())
    }

    async fn show(&self, record: &Record) {
        let facts = tools::find(&record.asked.tool).unwrap().facts;
        let preview = record.asked.preview.text(self.approvals.store()).await.unwrap();
        let proposal = proposal(&record.asked, facts, preview);
        self.shown.lock().unwrap().push(proposal);
    }

    /// Lets a person decide on a write that waits, and waits for what comes of it.
    async fn decided(&self, record: Box<Record>) -> Result<Answer, ToolError> {
        let (id, seal) = (record.asked.id.clone(), record.seal);
        let pending = record.state == State::Pending;
        if pending {
            self.show(&record).await;
        }
        let verdict = self.verdict.lock().unwrap().clone();
        let says = match verdict.filter(|_| pending) {
            Some(Verdict::Approved { by }) => Some((by, Says::Yes, None)),
            Some(Verdict::Denied { by, reason }) => Some((by, Says::No, Some(reason))),
            _ => None,
        };
        if let Some((name, says, reason)) = says {
            let who = Decider::Approver { name, via: Via::Terminal, rights: Rights::all() };
            self.approvals.decide(&id, seal, &who, says, reason).await.unwrap();
        }
        self.approvals.finish().await;
        let hold = if pending { Duration::ZERO } else { Duration::from_secs(5) };
        match self.app.hold(&record, hold).await? {
            Begun::Ended(answer) => Ok(answer),
            Begun::Waits(record) => tools::told::unsettled(&record, None),
        }
    }

    /// Calls a tool as the agent.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Answer, ToolError> {
        self.call_as(self.caller(), tool, arguments).await
    }

    /// Calls a tool as another agent.
    pub(crate) async fn call_as(&self, caller: Caller, tool: &str, arguments: Value) -> Result<Answer, ToolError> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let entry = tools::find(tool).unwrap_or_else(|| panic!("no tool `{tool}`"));
        let begun = self.app.begin(caller, entry, arguments, Arc::new(Silent), CancellationToken::new(), None);
        let answer = match begun.await? {
            Begun::Ended(answer) => Ok(answer),
            Begun::Waits(record) => self.decided(record).await,
        };
        answer.inspect(|answer| fits_its_schema(entry, answer))
    }

    /// Calls a tool that answers; its text.
    pub(crate) async fn text(&self, tool: &str, arguments: Value) -> String {
        let answer = self.call(tool, arguments).await.unwrap_or_else(|error| panic!("{tool}: {error:?}"));
        text_of(&answer)
    }

    /// Calls a tool that answers data.
    pub(crate) async fn data(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.call(tool, arguments).await.unwrap_or_else(|error| panic!("{tool}: {error:?}"));
        Value::Object(answer.structured.unwrap_or_else(|| panic!("{tool} answers no data")))
    }

    /// Calls a tool that fails.
    pub(crate) async fn error(&self, tool: &str, arguments: Value) -> ToolError {
        match self.call(tool, arguments).await {
            Ok(answer) => panic!("{tool} should have failed, answered {}", text_of(&answer)),
            Err(error) => error,
        }
    }

    /// Names of the tools the agent is shown.
    pub(crate) fn visible_tools(&self) -> Vec<&'static str> {
        self.app.tools_for(&self.caller).into_iter().map(|entry| entry.facts.name).collect()
    }

    /// How many requests a call costs.
    pub(crate) async fn requests_of(&self, tool: &str, arguments: Value) -> u64 {
        let before = self.site.total_requests();
        self.call(tool, arguments).await.unwrap_or_else(|error| panic!("{tool}: {error:?}"));
        self.site.total_requests() - before
    }

    /// The id of the current page with this title.
    pub(crate) fn page(&self, title: &str) -> String {
        self.site.with_site(|site| {
            let titled = |content: &&sluice::sandbox::model::Content| {
                content.versions.last().unwrap().title == title
                    && content.status == sluice::sandbox::model::ContentStatus::Current
            };
            site.contents.values().find(titled).unwrap_or_else(|| panic!("no page `{title}`")).id.to_string()
        })
    }
}

/// Clients hold an answer's data against the schema that its tool declares, and throw away what does not fit.
fn fits_its_schema(entry: &Entry, answer: &Answer) {
    let (schema, data) = match ((entry.output_schema)(), &answer.structured) {
        (Some(schema), Some(data)) => (Value::Object(schema), Value::Object(data.clone())),
        (None, None) => return,
        _ => panic!("{}: data without a schema, or a schema without data", entry.facts.name),
    };
    if let Err(complaint) = jsonschema::validate(&schema, &data) {
        panic!("{}: {complaint} in {data}", entry.facts.name);
    }
}

/// All text of an answer.
pub(crate) fn text_of(answer: &Answer) -> String {
    let texts = answer.content.iter().filter_map(|content| match content {
        Content::Text(text) => Some(text.as_str()),
        Content::Image { .. } | Content::File { .. } => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A profile from its file's text.
pub(crate) fn profile(text: &str) -> Profile {
    let tools: Vec<&str> = tools::catalog().map(|entry| entry.facts.name).collect();
    file::read(text, "test.toml", &tools).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}
