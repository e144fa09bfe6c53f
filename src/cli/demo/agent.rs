//! The agent of the demo: a real MCP client at the other end of a real connection.
//!
//! It names rmcp, which otherwise only the server's face does, because a client is the one thing a server does not have;
//! calling the app directly would show nothing about MCP.

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ContentBlock, Implementation, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RoleClient, RunningService};
use serde_json::{Map, Value};
use tokio::io::{duplex, split};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cli::CliError;
use crate::mcp::{self, ServeError};
use crate::policy::Caller;

/// Bytes that may be under way in each direction.
const PIPE: usize = 64 * 1024;

/// A client and the server it talks to.
pub(super) struct Agent {
    client: RunningService<RoleClient, ClientConfig>,
    server: JoinSet<Result<(), ServeError>>,
    shutdown: CancellationToken,
}

/// What a tool answered.
pub(super) struct Said {
    /// Its text.
    pub(super) text: String,
    /// The same as data, where there is any.
    pub(super) data: Option<Value>,
    /// The code of the error, where it is one.
    pub(super) error: Option<String>,
}

impl Agent {
    /// Starts a server for the caller and connects to it.
    pub(super) async fn connect(app: &Arc<App>, caller: Caller) -> Result<Self, CliError> {
        let (near, far) = duplex(PIPE);
        let (reader, writer) = split(far);
        let shutdown = CancellationToken::new();
        let mut server = JoinSet::new();
        server.spawn(mcp::serve(Arc::clone(app), caller, reader, writer, shutdown.clone()));
        let who = Implementation::new("sluice-demo", env!("CARGO_PKG_VERSION"));
        let mode =
            ClientLifecycleMode::Auto { preferred_versions: vec![ProtocolVersion::LATEST], legacy_version: None };
        let client = ClientConfig::new(ClientCapabilities::default(), who)
            .serve_with_lifecycle(near, mode)
            .await
            .map_err(|error| CliError::Mcp(error.to_string()))?;
        Ok(Self { client, server, shutdown })
    }

    /// The protocol version the two agreed on.
    pub(super) fn protocol(&self) -> String {
        self.client.peer_info().map_or_else(String::new, |info| info.protocol_version.to_string())
    }

    /// Names of the tools the agent is shown, and how many of them can change anything.
    pub(super) async fn tools(&self) -> Result<(Vec<String>, usize), CliError> {
        let tools = self.client.list_all_tools().await.map_err(|error| CliError::Mcp(error.to_string()))?;
        let can_change = |tool: &&rmcp::model::Tool| {
            tool.annotations.as_ref().and_then(|annotations| annotations.read_only_hint) != Some(true)
        };
        let writers = tools.iter().filter(can_change).count();
        Ok((tools.into_iter().map(|tool| tool.name.into_owned()).collect(), writers))
    }

    /// Calls a tool.
    pub(super) async fn call(&self, tool: &'static str, arguments: Map<String, Value>) -> Result<Said, CliError> {
        let request = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = self.client.call_tool(request).await.map_err(|error| CliError::Mcp(error.to_string()))?;
        let texts: Vec<String> = result
            .content
            .into_iter()
            .filter_map(|block| match block {
                ContentBlock::Text(text) => Some(text.text),
                _ => None,
            })
            .collect();
        let text = texts.join("\n");
        let code = || text.split(':').next().unwrap_or_default().to_owned();
        let error = (result.is_error == Some(true)).then(code);
        Ok(Said { text, data: result.structured_content, error })
    }

    /// Hangs up and waits for the server to end.
    pub(super) async fn leave(mut self) -> Result<(), CliError> {
        // Whatever the client's loop ended with, the server's end is what counts.
        let _ = self.client.cancel().await;
        self.shutdown.cancel();
        while let Some(ended) = self.server.join_next().await {
            ended
                .map_err(|error| CliError::Mcp(error.to_string()))?
                .map_err(|error| CliError::Mcp(error.to_string()))?;
        }
        Ok(())
    }
}
