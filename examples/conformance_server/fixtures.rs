//! The server that holds the fixtures together, in both eras of the protocol.

use std::sync::{Arc, Mutex, PoisonError};

#[expect(deprecated, reason = "the legacy era has logging")]
use rmcp::model::SetLevelRequestParams;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams, CompleteResult, CompletionInfo,
    ErrorCode, GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, Implementation,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, RequestStateCodec, ServerCapabilities,
    ServerConfig, SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{RequestContext, RoleServer, SubscriptionContext};
use rmcp::{ErrorData, ServerHandler};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sluice::clock::SystemClock;
use tokio::sync::watch;

use crate::definitions::Definitions;
use crate::logging::Level;
use crate::tasks::Tasks;
use crate::{Failure, prompts, resources, tools};

pub(crate) type Context = RequestContext<RoleServer>;

/// How often each list has changed.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Changes {
    pub(crate) tools: u64,
    pub(crate) prompts: u64,
}

/// What outlasts a request: a server is made for each request of the modern era and for each session of the legacy
/// one.
pub(crate) struct Shared {
    pub(crate) definitions: Definitions,
    pub(crate) changes: watch::Sender<Changes>,
    pub(crate) states: RequestStateCodec,
    pub(crate) tasks: Tasks,
}

impl Shared {
    /// Nothing has changed yet, and states are sealed with a key that only this process knows.
    pub(crate) fn new() -> Result<Self, Failure> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self {
            definitions: Definitions::read()?,
            changes: watch::Sender::default(),
            states: RequestStateCodec::try_new(key)?,
            tasks: Tasks::new(Arc::new(SystemClock::new())),
        })
    }
}

/// Serves one request of the modern era, or one session of the legacy one.
#[derive(Clone)]
pub(crate) struct Fixtures {
    pub(crate) shared: Arc<Shared>,
    /// From which level on the session wants log lines.
    pub(crate) level: Arc<Mutex<Level>>,
    // Made before a subscription is acknowledged, so that no change after that is missed.
    changes: watch::Receiver<Changes>,
}

impl Fixtures {
    /// A server over what is shared.
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared), level: Arc::default(), changes: shared.changes.subscribe() }
    }
}

/// Whether the request is of the modern era.
pub(crate) fn is_modern(context: &Context) -> bool {
    context.protocol_version().is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// A value of the protocol from the JSON that the suite's documents show it as. Sessions of the legacy era know no
/// `resultType`; rmcp leaves it out for them.
pub(crate) fn of<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// What is always listed, and what is listed after every other change.
fn listed<T: Clone>(always: &[T], changing: &[T], changes: u64) -> Vec<T> {
    let changing = if changes % 2 == 1 { changing } else { &[] };
    always.iter().chain(changing).cloned().collect()
}

#[expect(deprecated, reason = "the legacy era has logging and subscriptions to single resources")]
impl ServerHandler for Fixtures {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_completions()
            .enable_logging()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_tasks()
            .enable_tools()
            .enable_tool_list_changed()
            .build();
        let who = Implementation::new("sluice-conformance", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities).with_server_info(who)
    }

    async fn set_level(&self, request: SetLevelRequestParams, context: Context) -> Result<(), ErrorData> {
        if is_modern(&context) {
            return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, "logging/setLevel", None));
        }
        *self.level.lock().unwrap_or_else(PoisonError::into_inner) = Level(request.level);
        Ok(())
    }

    async fn list_tools(&self, _: Option<PaginatedRequestParams>, _: Context) -> Result<ListToolsResult, ErrorData> {
        let Definitions { tools, changing_tools, .. } = &self.shared.definitions;
        let changes = self.shared.changes.borrow().tools;
        Ok(ListToolsResult::with_all_items(listed(tools, changing_tools, changes)))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let Definitions { tools, changing_tools, .. } = &self.shared.definitions;
        tools.iter().chain(changing_tools).find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: Context) -> Result<CallToolResponse, ErrorData> {
        tools::call(self, &request, &context).await
    }

    async fn get_task(&self, request: GetTaskParams, _: Context) -> Result<GetTaskResult, ErrorData> {
        self.shared.tasks.get(&request.task_id)
    }

    async fn update_task(&self, request: UpdateTaskParams, _: Context) -> Result<(), ErrorData> {
        self.shared.tasks.update(&request.task_id, &request.input_responses)
    }

    async fn cancel_task(&self, request: CancelTaskParams, _: Context) -> Result<(), ErrorData> {
        self.shared.tasks.cancel(&request.task_id)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListPromptsResult, ErrorData> {
        let Definitions { prompts, changing_prompts, .. } = &self.shared.definitions;
        let changes = self.shared.changes.borrow().prompts;
        Ok(ListPromptsResult::with_all_items(listed(prompts, changing_prompts, changes)))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(self, &request, &context)
    }

    async fn complete(&self, request: CompleteRequestParams, _: Context) -> Result<CompleteResult, ErrorData> {
        let begun = request.argument.value.as_str();
        let values = ["paris", "park", "party"].iter().filter(|word| word.starts_with(begun));
        let completion = CompletionInfo::with_all_values(values.map(ToString::to_string).collect());
        Ok(CompleteResult::new(completion.map_err(|error| ErrorData::internal_error(error, None))?))
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(self.shared.definitions.resources.clone()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(self.shared.definitions.templates.clone()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: Context,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri)
    }

    async fn subscribe(&self, request: SubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        resources::read(&request.uri).map(drop)
    }

    async fn unsubscribe(&self, request: UnsubscribeRequestParams, _: Context) -> Result<(), ErrorData> {
        resources::read(&request.uri).map(drop)
    }

    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.supported_by(&self.get_info().capabilities))
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changes = self.changes.clone();
        let mut told = *changes.borrow();
        loop {
            tokio::select! {
                () = subscription.cancelled() => return Ok(()),
                more = changes.changed() => if more.is_err() { return Ok(()) },
            }
            let now = *changes.borrow_and_update();
            // A client that has left is noticed above; what it did not ask for is not sent.
            if now.tools != told.tools {
                let _ = subscription.sink().notify_tool_list_changed().await;
            }
            if now.prompts != told.prompts {
                let _ = subscription.sink().notify_prompt_list_changed().await;
            }
            told = now;
        }
    }
}
