//! The legacy era: the client is asked in the middle of the call, and whoever decides first, decides.

use std::time::Duration;

use rmcp::model::{
    CallToolResult, ClientResult, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ServerRequest,
};
use rmcp::service::PeerRequestOptions;

use crate::approval::Record;
use crate::tools::ToolError;

use super::{AFTER_YES, Call, ask, replies};

/// How long a form stays open. Some clients say that they show forms and never do.
const FORM: Duration = Duration::from_secs(45);

/// How asking ended.
enum Asked {
    /// The client answered.
    Answered(ElicitResult),
    /// The client will not answer.
    Unanswered,
    /// Time is over, the write has come to its end, or the client is gone.
    Over(Box<Record>),
}

impl Call<'_> {
    /// Asks the agent's own user in a form.
    pub(super) async fn raced_form(&self, record: &Record, hold: Duration) -> CallToolResult {
        let Ok(form) = ask::form(self.app(), record).await else { return self.held(record, hold).await };
        let began = self.app().clock().steady();
        let asked = match self.race(record, form, FORM).await {
            Ok(asked) => asked,
            Err(error) => return replies::failure(self.tool(), &error),
        };
        let Asked::Answered(answer) = asked else { return self.go_on(record, asked, began, hold).await };
        match ask::said(&answer) {
            ask::Said::Decided(says, reason) => {
                ask::decide(self.app(), record, says, reason).await;
                self.held(record, AFTER_YES).await
            }
            // Whoever put it away is there and does not want to wait.
            ask::Said::Nothing => self.held(record, Duration::ZERO).await,
        }
    }

    /// Asks for the page to be opened on which people decide.
    pub(super) async fn raced_page(&self, record: &Record, address: String, hold: Duration) -> CallToolResult {
        let began = self.app().clock().steady();
        match self.race(record, ask::page(record, address), hold).await {
            Ok(Asked::Answered(answer)) if answer.action != ElicitationAction::Accept => {
                self.held(record, Duration::ZERO).await
            }
            Ok(asked) => self.go_on(record, asked, began, hold).await,
            Err(error) => replies::failure(self.tool(), &error),
        }
    }

    /// Holds the call for what is left.
    async fn go_on(&self, record: &Record, asked: Asked, began: Duration, hold: Duration) -> CallToolResult {
        let left = hold.saturating_sub(self.app().clock().steady().saturating_sub(began));
        match asked {
            Asked::Over(record) if record.state.is_settled() || left.is_zero() => self.now(&record),
            _ => self.held(record, left).await,
        }
    }

    /// Asks, and waits for the answer and for the record at once, for so long. What nobody answered is taken back.
    async fn race(&self, record: &Record, asked: ElicitRequestParams, limit: Duration) -> Result<Asked, ToolError> {
        let request = ServerRequest::ElicitRequest(ElicitRequest::new(asked));
        let options = PeerRequestOptions::no_options();
        // In this very task: rmcp knows by it which call the question belongs to.
        let Ok(mut question) = self.context.peer.send_cancellable_request(request, options).await else {
            return Ok(Asked::Unanswered);
        };
        let record = tokio::select! {
            biased;
            record = self.hold(record, limit) => record?,
            answer = &mut question.rx => return Ok(match answer {
                Ok(Ok(ClientResult::ElicitResult(answer))) => Asked::Answered(answer),
                _ => Asked::Unanswered,
            }),
        };
        let reason = "no longer asked: it was decided elsewhere, or time is over";
        // Whoever is gone need not be told.
        if !self.context.ct.is_cancelled() && question.cancel(Some(reason.to_owned())).await.is_err() {
            tracing::debug!("a question could not be taken back");
        }
        Ok(Asked::Over(Box::new(record)))
    }
}
