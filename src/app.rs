//! The one place that puts everything together: client, gate, queue of writes, what is remembered, the tools' context.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::approval::{Approvals, Decider, Line, Mandates, Record, State};
use crate::clock::Clock;
use crate::confluence::client::Client;
use crate::confluence::people::People;
use crate::confluence::places::Places;
use crate::domain::digest::Digest;
use crate::policy::gate::may_ever;
use crate::policy::ports::{Approver, Recorder};
use crate::policy::profile::Scope;
use crate::policy::{Caller, Gate};
use crate::telemetry::{CallSpan, Metrics, Open, Spans, TraceContext};
use crate::tools::attachments::folder::Folder;
use crate::tools::context::{Progress, Silent};
use crate::tools::search::library::Library;
use crate::tools::{self, Answer, Begun, Call, Catalog, Context, Entry, NotTakenBack, ToolError};

/// The tools that nobody is shown where no copies are kept.
const OF_COPIES: [&str; 3] = ["search_docs", "get_sync_status", "sync_now"];

/// What an app is made of.
pub struct Parts {
    /// The client to Confluence.
    pub client: Client,
    /// Name of the connection: the site and the account it is used by.
    pub connection: String,
    /// Base of the links people open, such as `https://acme.atlassian.net`.
    pub site: String,
    /// Where uploads may come from and downloads may go to, where configured.
    pub folder: Option<Folder>,
    /// The local copies of the site, where they are kept.
    pub library: Option<Arc<Library>>,
    /// The queue of writes, shared by every connection of a data directory.
    pub approvals: Arc<Approvals>,
    /// What agents may do when an approved write is sent.
    pub mandates: Arc<dyn Mandates>,
    /// Where people decide on what waits, where there is a dashboard.
    pub review: Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Sluice at one site, ready to take calls.
pub struct App {
    gate: Arc<Gate>,
    context: Context,
    approvals: Arc<Approvals>,
    line: Arc<Line>,
    connection: String,
    review: Option<String>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    spans: Spans,
    several: Several,
    tasks: TaskTracker,
}

/// Whether answers could be from several sites.
pub type Several = Arc<dyn Fn() -> bool + Send + Sync>;

impl App {
    /// Puts the parts together; nothing is sent but what was approved before and waits for this connection.
    pub fn new(parts: Parts) -> Self {
        let places = Arc::new(Places::new(parts.client.clone(), &parts.clock));
        let context = Context {
            people: Arc::new(People::new(parts.client.clone(), &parts.clock)),
            client: parts.client,
            site: parts.site.trim_end_matches('/').into(),
            scope: Scope::nothing(),
            folder: parts.folder.map(Arc::new),
            library: parts.library,
            clock: Arc::clone(&parts.clock),
            progress: Arc::new(Silent),
            cancelled: CancellationToken::new(),
            places: Arc::clone(&places),
        };
        let approvals = parts.approvals;
        let approver = Arc::clone(&approvals) as Arc<dyn Approver>;
        let recorder = Arc::clone(&approvals) as Arc<dyn Recorder>;
        let gate = Arc::new(Gate::new(places, approver, recorder));
        let line = Arc::new(Line {
            gate: Arc::clone(&gate),
            client: context.client.clone(),
            approvals: Arc::clone(&approvals),
            mandates: parts.mandates,
            answers: Arc::new(Catalog::new(context.clone())),
        });
        approvals.attach(&parts.connection, &line);
        let tasks = TaskTracker::new();
        let Parts { connection, review, clock, .. } = parts;
        let metrics = Metrics::new(clock.now());
        let (spans, several): (_, Several) = (Spans::off(), Arc::new(|| false));
        Self { gate, context, approvals, line, connection, review, clock, metrics, spans, several, tasks }
    }

    /// The same, with its calls counted here and told of there.
    #[must_use]
    pub fn observed(self, metrics: Metrics, spans: Spans) -> Self {
        Self { metrics, spans, ..self }
    }

    /// The same, with its answers saying which site they are from while there are several.
    #[must_use]
    pub fn among(self, several: Several) -> Self {
        Self { several, ..self }
    }

    /// Says which site an answer is from.
    fn naming_site(&self, begun: Begun) -> Begun {
        match begun {
            Begun::Ended(answer) if (self.several)() => Begun::Ended(answer.naming_site(&self.context.site)),
            other => other,
        }
    }

    /// The tools that a caller is shown, sorted by name: what the profile can ever allow, as far as its set lists it.
    pub fn tools_for(&self, caller: &Caller) -> Vec<&'static Entry> {
        let there = |entry: &Entry| self.context.library.is_some() || !OF_COPIES.contains(&entry.facts.name);
        let shown = |entry: &&Entry| {
            may_ever(caller, entry.facts).is_ok() && tools::shows(&caller.profile, entry.facts) && there(entry)
        };
        let mut shown: Vec<_> = tools::catalog().filter(shown).collect();
        shown.sort_by_key(|entry| entry.facts.name);
        shown
    }

    /// Calls a tool and waits, where its write waits for a person, as long as the profile holds calls.
    pub async fn call(
        self: &Arc<Self>,
        caller: Caller,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        cancelled: CancellationToken,
    ) -> Result<Answer, ToolError> {
        let hold = caller.profile.approval.hold;
        match self.begin(caller, entry, arguments, progress, cancelled, None).await? {
            Begun::Ended(answer) => Ok(answer),
            Begun::Waits(record) => match self.hold(&record, hold).await? {
                Begun::Ended(answer) => Ok(answer),
                Begun::Waits(record) => tools::told::unsettled(&record, self.review_of(&record)),
            },
        }
    }

    /// Calls a tool through the gate, up to its answer or to the record that its write waits in. A read ends when
    /// `cancelled` is; a write that is being sent runs to its end, so that its outcome is recorded. `trace` is where the
    /// caller's own trace stands.
    pub async fn begin(
        self: &Arc<Self>,
        caller: Caller,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        cancelled: CancellationToken,
        trace: Option<TraceContext>,
    ) -> Result<Begun, ToolError> {
        let observed = Observed {
            tool: entry.facts.name,
            metrics: self.metrics.clone(),
            _open: self.metrics.call(),
            span: self.spans.call(entry.facts.name, trace.as_ref()),
            began: self.clock.steady(),
            clock: Arc::clone(&self.clock),
        };
        let begun = self.under_way(caller, entry, arguments, progress, cancelled).await;
        observed.ended(&begun);
        begun
    }

    async fn under_way(
        self: &Arc<Self>,
        caller: Caller,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        cancelled: CancellationToken,
    ) -> Result<Begun, ToolError> {
        if entry.facts.class.writes() {
            let app = Arc::clone(self);
            let running =
                self.tasks.spawn(async move { app.run(&caller, entry, arguments, progress, cancelled).await });
            return running.await.unwrap_or_else(|_| Err(ToolError::fault()));
        }
        let token = cancelled.clone();
        tokio::select! {
            answer = self.run(&caller, entry, arguments, progress, cancelled) => answer,
            () = token.cancelled() => Err(ToolError::cancelled()),
        }
    }

    /// Waits for the end of a write that has begun, for so long at most.
    pub async fn hold(&self, record: &Record, how_long: Duration) -> Result<Begun, ToolError> {
        // What became of a lost answer may take long to find out; that is waited for only by who waited for a person.
        let lost = |state: State| matches!(state, State::Unknown | State::Reconciling);
        let enough = |state: State| state.is_settled() || lost(state) && record.state != State::Pending;
        let record = self.approvals.wait(&record.asked.id, how_long, enough).await?;
        let begun = tools::submit::follow(record.ok_or_else(ToolError::not_found)?, tools::told::Replayed::No)?;
        Ok(self.naming_site(begun))
    }

    /// What makes a call equal to another of the same agent, whatever the order of its arguments.
    pub fn same(&self, caller: &Caller, entry: &Entry, arguments: &Map<String, Value>) -> Digest {
        tools::submit::same(&caller.agent, entry.facts.name, arguments, &self.connection)
    }

    /// Where people decide on a write.
    pub fn review_of(&self, record: &Record) -> Option<String> {
        self.review.as_ref().map(|base| format!("{}/approvals/{}", base.trim_end_matches('/'), record.asked.id))
    }

    async fn run(
        &self,
        caller: &Caller,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        cancelled: CancellationToken,
    ) -> Result<Begun, ToolError> {
        let scope = caller.profile.scope.clone();
        let context = Context { scope, progress, cancelled, ..self.context.clone() };
        let begun = (entry.call)(&self.call_of(caller, &context), arguments).await;
        let code = match &begun {
            Ok(Begun::Ended(_)) => None,
            Ok(Begun::Waits(record)) => Some(record.state.word().to_owned()),
            Err(error) => Some(error.code.to_string()),
        };
        self.gate.answered(caller, entry.facts, code).await;
        begun.map(|begun| self.naming_site(begun))
    }

    fn call_of<'a>(&'a self, caller: &'a Caller, context: &'a Context) -> Call<'a> {
        Call {
            gate: &self.gate,
            caller,
            context,
            approvals: &self.approvals,
            line: &self.line,
            connection: &self.connection,
        }
    }

    /// Takes a write back in the name of a person, whose rights are judged; `caller` is that person's. The records of
    /// what was sent, which runs to its end.
    pub async fn take_back(
        self: &Arc<Self>,
        caller: Caller,
        record: Record,
        who: Decider,
    ) -> Result<Vec<Record>, NotTakenBack> {
        let app = Arc::clone(self);
        let running = self.tasks.spawn(async move {
            let scope = caller.profile.scope.clone();
            let context = Context { scope, ..app.context.clone() };
            Box::pin(app.call_of(&caller, &context).take_back(&record, &who)).await
        });
        running.await.unwrap_or_else(|_| Err(ToolError::fault().into()))
    }

    /// Name of the connection: the site and the account it is used by.
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// What tools work with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The queue of writes.
    pub fn approvals(&self) -> &Arc<Approvals> {
        &self.approvals
    }

    /// Waits until every write that was sent has been answered and recorded.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// A call that is counted and timed. One that nobody waits for any more is told of as cancelled.
struct Observed {
    tool: &'static str,
    metrics: Metrics,
    _open: Open,
    span: CallSpan,
    began: Duration,
    clock: Arc<dyn Clock>,
}

impl Observed {
    fn ended(self, begun: &Result<Begun, ToolError>) {
        let outcome = match begun {
            Ok(Begun::Ended(_)) => "ok",
            Ok(Begun::Waits(record)) => record.state.word(),
            Err(error) => match error.code {
                Cow::Borrowed(code) => code,
                Cow::Owned(_) => "other",
            },
        };
        self.metrics.call_ended(self.tool, outcome, self.clock.steady().saturating_sub(self.began));
        // A write that waits for a person has failed at nothing.
        self.span.end(if begun.is_ok() { "ok" } else { outcome });
    }
}
