//! One caller's server: calls tools for it, and says who answers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use rmcp::model::{Implementation, MetaObject, ProtocolVersion};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::policy::Caller;
use crate::policy::gate::may_ever;
use crate::tools::context::{Progress, Silent};
use crate::tools::{self, Answer, Entry, ToolError};

use super::progress::{self, Steps};
use super::views::{Cancels, StateKey};

const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

pub(super) type Context = RequestContext<RoleServer>;

/// Serves one caller in one request.
pub(super) struct Server {
    pub(super) app: Arc<App>,
    /// Under its profile as it stood when the request came.
    pub(super) caller: Caller,
    pub(super) key: StateKey,
    pub(super) cancels: Arc<Cancels>,
    /// Set when whoever serves is about to end: nobody is waited for any more.
    pub(super) leaving: CancellationToken,
}

impl Server {
    /// Calls a tool through the gate. A fault in one call is that call's alone.
    pub(super) async fn call(
        &self,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        context: &Context,
    ) -> Result<Answer, ToolError> {
        let Some(token) = context.meta.get_progress_token() else {
            return self.run(entry, arguments, Arc::new(Silent), context).await;
        };
        let (steps, receiver) = Steps::new(token);
        let call = self.run(entry, arguments, Arc::new(steps), context);
        let (answer, ()) = tokio::join!(call, progress::send(receiver, context.peer.clone()));
        answer
    }

    async fn run(
        &self,
        entry: &'static Entry,
        arguments: Map<String, Value>,
        progress: Arc<dyn Progress>,
        context: &Context,
    ) -> Result<Answer, ToolError> {
        let call = self.app.call(self.caller.clone(), entry, arguments, progress, context.ct.clone());
        AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(tool = entry.facts.name, "a call ended by a fault");
            Err(ToolError::fault())
        })
    }

    /// Whether the caller's profile can ever allow the tool, listed or not.
    pub(super) fn allows(&self, name: &str) -> bool {
        tools::find(name).is_some_and(|entry| may_ever(&self.caller, entry.facts).is_ok())
    }
}

/// Whether the request is of the modern era, whose every result says who answers.
pub(super) fn is_modern(context: &Context) -> bool {
    context.protocol_version().is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Who answers, for the metadata of a result of the modern era.
pub(super) fn who_answers(context: &Context) -> Option<MetaObject> {
    let info = is_modern(context).then(|| serde_json::to_value(implementation()).ok()).flatten()?;
    let mut meta = MetaObject::default();
    meta.insert(SERVER_INFO.to_owned(), info);
    Some(meta)
}

pub(super) fn implementation() -> Implementation {
    Implementation::new("sluice", env!("CARGO_PKG_VERSION")).with_title("Sluice for Confluence")
}
