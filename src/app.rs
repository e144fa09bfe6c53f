//! The one place that puts everything together: client, gate, what is remembered, the tools' context.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::confluence::client::Client;
use crate::confluence::people::People;
use crate::confluence::places::Places;
use crate::policy::gate::may_ever;
use crate::policy::ports::{Approver, Recorder};
use crate::policy::profile::Scope;
use crate::policy::{Caller, Gate};
use crate::tools::attachments::folder::Folder;
use crate::tools::context::{Progress, Silent};
use crate::tools::{self, Answer, Call, Context, Entry, ToolError};

/// What an app is made of.
pub struct Parts {
    /// The way out to Confluence.
    pub client: Client,
    /// Base of the links people open, such as `https://acme.atlassian.net`.
    pub site: String,
    /// Where uploads may come from and downloads may go to, where configured.
    pub folder: Option<Folder>,
    /// Who approves.
    pub approver: Arc<dyn Approver>,
    /// Where calls are written down.
    pub recorder: Arc<dyn Recorder>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Sluice, ready to take calls.
pub struct App {
    gate: Gate,
    context: Context,
    tasks: TaskTracker,
}

impl App {
    /// Puts the parts together; sends nothing.
    pub fn new(parts: Parts) -> Self {
        let places = Arc::new(Places::new(parts.client.clone(), &parts.clock));
        let context = Context {
            people: Arc::new(People::new(parts.client.clone(), &parts.clock)),
            client: parts.client,
            site: parts.site.trim_end_matches('/').into(),
            scope: Scope::nothing(),
            folder: parts.folder.map(Arc::new),
            progress: Arc::new(Silent),
            cancelled: CancellationToken::new(),
            places: Arc::clone(&places),
        };
        Self { gate: Gate::new(places, parts.approver, parts.recorder), context, tasks: TaskTracker::new() }
    }

    /// The tools that a caller is shown, sorted by name: what the profile can ever allow, as far as its set lists it.
    pub fn tools_for(&self, caller: &Caller) -> Vec<&'static Entry> {
        let set = &caller.profile.tools.set;
        let shown = |entry: &&Entry| may_ever(caller, entry.facts).is_ok() && tools::shows(set, entry.facts);
        let mut shown: Vec<_> = tools::catalog().filter(shown).collect();
        shown.sort_by_key(|entry| entry.facts.name);
        shown
    }

    /// Calls a tool through the gate. A read ends when `cancelled` is; a write that has been sent runs to its end,
    /// so that its outcome is recorded.
    pub async fn call(
        self: &Arc<Self>,
        caller: Caller,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        cancelled: CancellationToken,
    ) -> Result<Answer, ToolError> {
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

    async fn run(
        &self,
        caller: &Caller,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        cancelled: CancellationToken,
    ) -> Result<Answer, ToolError> {
        let scope = caller.profile.scope.clone();
        let context = Context { scope, progress, cancelled, ..self.context.clone() };
        (entry.call)(&Call { gate: &self.gate, caller, context: &context }, arguments).await
    }

    /// What tools work with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Waits until every write that was sent has been answered and recorded.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
