//! What the server answers to each request of the protocol.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CancelledNotificationParam,
    CompleteRequestParams, CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode, GetTaskParams,
    GetTaskResult, Implementation, InitializeRequestParams, InitializeResult, ListPromptsRequestMethod,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, MetaObject,
    PaginatedRequestParams, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult,
    ServerCapabilities, ServerConfig, Tool, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler};

use serde_json::{Map, Value};

use crate::app::App;
use crate::domain::text::visible;
use crate::policy::Caller;
use crate::policy::gate::may_ever;
use crate::tools::context::{Progress, Silent};
use crate::tools::{self, Answer, Entry, ToolError};

use super::progress::{self, Steps};
use super::views::{self, Cancels, StateKey};
use super::{definitions, instructions, resources, spaces};

/// How long a client may keep a list, in milliseconds.
const LIST_AGE: u64 = 60_000;
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

pub(super) type Context = RequestContext<RoleServer>;

/// Serves one caller. All that lasts lives in the app, so that a server may be made for each request of the modern
/// era, and must be made for each session of the legacy one: it knows which of its calls wait.
#[derive(Clone)]
pub struct Server {
    pub(super) app: Arc<App>,
    pub(super) caller: Caller,
    pub(super) key: StateKey,
    pub(super) cancels: Arc<Cancels>,
}

impl Server {
    /// A server for this caller. Whatever server of the same key a client comes back to takes its state.
    pub fn new(app: Arc<App>, caller: Caller, key: StateKey) -> Self {
        Self { app, caller, key, cancels: Arc::default() }
    }

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

fn implementation() -> Implementation {
    Implementation::new("sluice", env!("CARGO_PKG_VERSION")).with_title("Sluice for Confluence")
}

/// Lists come in one piece, so no cursor was ever given out.
fn first_page_only(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor.as_ref()) {
        Some(_) => Err(ErrorData::invalid_params("unknown cursor; this list has one page", None)),
        None => Ok(()),
    }
}

/// Fills in what the modern era wants of every list and the older ones do not know.
macro_rules! for_era {
    ($list:expr, $context:expr) => {{
        let mut list = $list;
        if is_modern($context) {
            list.meta = who_answers($context);
            list.ttl_ms = Some(LIST_AGE);
            list.cache_scope = Some(CacheScope::Private);
        }
        list
    }};
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities =
            ServerCapabilities::builder().enable_tools().enable_resources().enable_completions().enable_tasks().build();
        let shown = self.app.tools_for(&self.caller);
        ServerConfig::new(capabilities)
            .with_server_info(implementation())
            .with_instructions(instructions::of(&self.caller, &shown))
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: Context,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let mut result = self.negotiate_initialize(&request)?;
        // A session knows no such tasks.
        result.capabilities.extensions = None;
        Ok(result)
    }

    async fn discover(&self, _: Context) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(LIST_AGE)
            .with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        first_page_only(request.as_ref())?;
        let shown = self.app.tools_for(&self.caller);
        let tools = shown.iter().filter_map(|entry| definitions::find(entry.facts.name)).cloned().collect();
        Ok(for_era!(ListToolsResult::with_all_items(tools), &context))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        definitions::find(name).cloned()
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: Context) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = tools::find(&request.name) else {
            let name: String = visible(&request.name).chars().take(64).collect();
            return Err(ErrorData::invalid_params(format!("Unknown tool: {name}"), None));
        };
        views::answer(self, entry, request, &context).await
    }

    async fn get_task(&self, request: GetTaskParams, context: Context) -> Result<GetTaskResult, ErrorData> {
        views::get_task(self, &request, &context).await
    }

    async fn update_task(&self, request: UpdateTaskParams, context: Context) -> Result<(), ErrorData> {
        views::update_task(self, &request, &context).await
    }

    async fn cancel_task(&self, request: CancelTaskParams, _: Context) -> Result<(), ErrorData> {
        views::cancel_task(self, &request).await
    }

    async fn on_cancelled(&self, cancelled: CancelledNotificationParam, _: NotificationContext<RoleServer>) {
        if let Some(record) = cancelled.request_id.and_then(|call| self.cancels.cancelled(&call)) {
            views::withdraw(self, &record).await;
        }
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        first_page_only(request.as_ref())?;
        Ok(for_era!(ListResourcesResult::default(), &context))
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        first_page_only(request.as_ref())?;
        Ok(for_era!(ListResourceTemplatesResult::with_all_items(resources::templates(self)), &context))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let mut result = ReadResourceResult::new(resources::read(self, &request.uri, &context).await?);
        if is_modern(&context) {
            result = result.with_ttl_ms(0).with_cache_scope(CacheScope::Private);
            result.meta = who_answers(&context);
        }
        Ok(result.into())
    }

    async fn complete(&self, request: CompleteRequestParams, context: Context) -> Result<CompleteResult, ErrorData> {
        let mut result = CompleteResult::new(spaces::complete(self, &request, &context).await);
        result.meta = who_answers(&context);
        Ok(result)
    }

    // rmcp answers prompts/list with an empty list even where prompts are not declared.
    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    // rmcp brings requests here whose method it does not know, and those whose parameters it cannot read.
    async fn on_custom_request(&self, request: CustomRequest, _: Context) -> Result<CustomResult, ErrorData> {
        const SERVED: [&str; 11] = [
            "initialize",
            "server/discover",
            "tools/list",
            "tools/call",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "completion/complete",
            "tasks/get",
            "tasks/update",
            "tasks/cancel",
        ];
        if SERVED.contains(&request.method.as_str()) {
            return Err(ErrorData::invalid_params("`params` do not fit the method", None));
        }
        let method: String = visible(&request.method).chars().take(64).collect();
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("Method not found: {method}"), None))
    }
}
