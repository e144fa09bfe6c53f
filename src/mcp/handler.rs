//! What is answered to each request of the protocol, whoever it comes from.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::request::Parts;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CancelledNotificationParam,
    CompleteRequestParams, CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode, Extensions,
    GetTaskParams, GetTaskResult, InitializeRequestParams, InitializeResult, ListPromptsRequestMethod,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ServerCapabilities, ServerConfig,
    SubscriptionFilter, Tool, UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RoleServer, SubscriptionContext};
use rmcp::{ErrorData, ServerHandler};
use tokio_util::sync::CancellationToken;

use crate::domain::text::visible;
use crate::tools;

use super::audience::Audience;
use super::resources::spaces;
use super::seat::Seat;
use super::server::{Context, Server, implementation, is_modern, who_answers};
use super::views::{self, Cancels, StateKey};
use super::{definitions, instructions, resources};

/// How long a client may keep a list, in milliseconds.
const LIST_AGE: u64 = 60_000;

/// Serves the protocol. All that lasts lives in the app, so that a handler may be made for each request of the modern
/// era, and must be made for each session of the older ones: it knows which of its calls wait.
#[derive(Clone)]
pub struct Handler {
    who: Who,
    key: StateKey,
    cancels: Arc<Cancels>,
    audience: Arc<Audience>,
    /// Whether the client of a session has said that it is ready. It may say so more than once.
    ready: Arc<AtomicBool>,
}

/// Who is served.
#[derive(Clone)]
enum Who {
    /// The same agent at every request.
    One(Seat),
    /// Whoever the request was let in for: their seat comes along with it.
    Each,
}

impl Handler {
    /// For one agent. Whatever handler of the same key a client comes back to takes its state.
    pub fn one(seat: Seat, key: StateKey, audience: Arc<Audience>) -> Self {
        Self { who: Who::One(seat), key, cancels: Arc::default(), audience, ready: Arc::default() }
    }

    /// For agents whose requests each carry a [`Seat`] among the extensions of their HTTP head.
    pub fn each(key: StateKey, audience: Arc<Audience>) -> Self {
        Self { who: Who::Each, key, cancels: Arc::default(), audience, ready: Arc::default() }
    }

    fn seat(&self, extensions: &Extensions) -> Result<Seat, ErrorData> {
        let seat = match &self.who {
            Who::One(seat) => Some(seat),
            Who::Each => extensions.get::<Parts>().and_then(|head| head.extensions.get::<Seat>()),
        };
        // Nothing without a seat is let through to here.
        seat.cloned().ok_or_else(|| ErrorData::internal_error("nobody has been let in with this request", None))
    }

    fn server(&self, seat: &Seat) -> Server {
        Server {
            app: Arc::clone(&seat.app),
            caller: seat.caller(),
            key: self.key.clone(),
            cancels: Arc::clone(&self.cancels),
            leaving: seat.leaving.clone(),
        }
    }

    /// The server of a request.
    fn served(&self, extensions: &Extensions) -> Result<Server, ErrorData> {
        self.seat(extensions).map(|seat| self.server(&seat))
    }

    /// The server of a request that may take long: its token ends as well when its agent is turned out.
    fn serving(&self, context: &mut Context) -> Result<(Server, CancellationToken), ErrorData> {
        let seat = self.seat(&context.extensions)?;
        context.ct = context.ct.child_token();
        Ok((self.server(&seat), seat.gone))
    }
}

/// Does the work to its end, which comes soon once `gone` is set: it listens to the token.
async fn until_gone<T>(gone: CancellationToken, token: CancellationToken, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    tokio::select! {
        biased;
        done = work.as_mut() => return done,
        () = gone.cancelled() => token.cancel(),
    }
    work.await
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

impl ServerHandler for Handler {
    /// Without instructions: those depend on who asks.
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_resources()
            .enable_completions()
            .enable_tasks()
            .build();
        ServerConfig::new(capabilities).with_server_info(implementation())
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: Context,
    ) -> Result<InitializeResult, ErrorData> {
        let seat = self.seat(&context.extensions)?;
        context.peer.set_peer_info(request.clone());
        let mut result = self.negotiate_initialize(&request)?;
        // A session knows no such tasks.
        result.capabilities.extensions = None;
        result.instructions = Some(instructions::of(&seat.caller(), &seat.shown()));
        Ok(result)
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        if self.ready.swap(true, Ordering::SeqCst) {
            return;
        }
        if let Ok(seat) = self.seat(&context.extensions) {
            self.audience.add(seat, context.peer);
        }
    }

    async fn discover(&self, context: Context) -> Result<DiscoverResult, ErrorData> {
        let seat = self.seat(&context.extensions)?;
        let versions = self.supported_protocol_versions().into_owned();
        let info = self.get_info().with_instructions(instructions::of(&seat.caller(), &seat.shown()));
        Ok(DiscoverResult::from_server_info(versions, info).with_ttl_ms(LIST_AGE).with_cache_scope(CacheScope::Private))
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.supported_by(&self.get_info().capabilities))
    }

    /// Tells a listener of the modern era when the tools it is shown have changed.
    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let mut seat = self.seat(&context.request_context().extensions)?;
        let (gone, leaving) = (seat.gone.clone(), seat.leaving.clone());
        let mut names = seat.names();
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                () = gone.cancelled() => return Ok(()),
                () = leaving.cancelled() => return Ok(()),
                () = seat.changed() => {}
            }
            let now = seat.names();
            if now != names {
                names = now;
                // Whoever did not ask for this is not told; whoever has left ends the stream.
                tokio::select! {
                    _ = context.sink().notify_tool_list_changed() => {}
                    () = gone.cancelled() => return Ok(()),
                    () = leaving.cancelled() => return Ok(()),
                }
            }
        }
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: Context,
    ) -> Result<ListToolsResult, ErrorData> {
        first_page_only(request.as_ref())?;
        let shown = self.seat(&context.extensions)?.shown();
        let tools = shown.iter().filter_map(|entry| definitions::find(entry.facts.name)).cloned().collect();
        Ok(for_era!(ListToolsResult::with_all_items(tools), &context))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        definitions::find(name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        mut context: Context,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = tools::find(&request.name) else {
            let name: String = visible(&request.name).chars().take(64).collect();
            return Err(ErrorData::invalid_params(format!("Unknown tool: {name}"), None));
        };
        let (server, gone) = self.serving(&mut context)?;
        let answering = Box::pin(views::answer(&server, entry, request, &context));
        until_gone(gone, context.ct.clone(), answering).await
    }

    async fn get_task(&self, request: GetTaskParams, context: Context) -> Result<GetTaskResult, ErrorData> {
        views::get_task(&self.served(&context.extensions)?, &request, &context).await
    }

    async fn update_task(&self, request: UpdateTaskParams, context: Context) -> Result<(), ErrorData> {
        views::update_task(&self.served(&context.extensions)?, &request, &context).await
    }

    async fn cancel_task(&self, request: CancelTaskParams, context: Context) -> Result<(), ErrorData> {
        views::cancel_task(&self.served(&context.extensions)?, &request).await
    }

    async fn on_cancelled(&self, cancelled: CancelledNotificationParam, context: NotificationContext<RoleServer>) {
        let record = cancelled.request_id.and_then(|call| self.cancels.cancelled(&call));
        if let (Some(record), Ok(server)) = (record, self.served(&context.extensions)) {
            views::withdraw(&server, &record).await;
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
        Ok(for_era!(
            ListResourceTemplatesResult::with_all_items(resources::templates(&self.served(&context.extensions)?)),
            &context
        ))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        mut context: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let (server, gone) = self.serving(&mut context)?;
        let reading = resources::read(&server, &request.uri, &context);
        let contents = until_gone(gone, context.ct.clone(), reading).await?;
        let mut result = ReadResourceResult::new(contents);
        if is_modern(&context) {
            result = result.with_ttl_ms(0).with_cache_scope(CacheScope::Private);
            result.meta = who_answers(&context);
        }
        Ok(result.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        mut context: Context,
    ) -> Result<CompleteResult, ErrorData> {
        let (server, gone) = self.serving(&mut context)?;
        let completing = spaces::complete(&server, &request, &context);
        let mut result = CompleteResult::new(until_gone(gone, context.ct.clone(), completing).await);
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
    async fn on_custom_request(&self, request: CustomRequest, context: Context) -> Result<CustomResult, ErrorData> {
        const SERVED: [&str; 12] = [
            "initialize",
            "server/discover",
            "tools/list",
            "tools/call",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "completion/complete",
            "subscriptions/listen",
            "tasks/get",
            "tasks/update",
            "tasks/cancel",
        ];
        // The modern era has no handshake, however it is worded.
        let removed = request.method == "initialize" && is_modern(&context);
        if SERVED.contains(&request.method.as_str()) && !removed {
            return Err(ErrorData::invalid_params("`params` do not fit the method", None));
        }
        let method: String = visible(&request.method).chars().take(64).collect();
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("Method not found: {method}"), None))
    }
}
