//! Lines for the client's log: in the legacy era from the level its session set, in the modern one as each request asks.

#![expect(deprecated, reason = "the suite checks logging for as long as a revision has it")]

use std::sync::PoisonError;
use std::time::Duration;

use rmcp::model::{LoggingLevel, LoggingMessageNotificationParam};
use serde_json::json;

use crate::fixtures::{Context, Fixtures, is_modern};

/// From which level on a session wants lines.
#[derive(Clone, Copy)]
pub(crate) struct Level(pub(crate) LoggingLevel);

impl Default for Level {
    fn default() -> Self {
        Self(LoggingLevel::Info)
    }
}

/// Writes three lines, a moment apart, if anyone wants them.
pub(crate) async fn write(server: &Fixtures, context: &Context) {
    let session = *server.level.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = if is_modern(context) { context.meta.log_level() } else { Some(session.0) };
    if wanted.is_none_or(|wanted| wanted as u8 > LoggingLevel::Info as u8) {
        return;
    }
    for line in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        let line = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(line)).with_logger("fixtures");
        if context.peer.notify_logging_message(line).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
