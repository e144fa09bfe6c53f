//! Tells a client that asked for it how far a long call is, without ever holding the call up.

use std::sync::{Mutex, PoisonError};

use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RoleServer};
use tokio::sync::mpsc;

use crate::tools::context::Progress;

/// How many steps may wait to be sent; more are passed over.
const WAITING: usize = 16;

/// Takes steps and hands them on; the protocol wants each to be more than the last.
pub(super) struct Steps {
    token: ProgressToken,
    last: Mutex<Option<u64>>,
    sender: mpsc::Sender<ProgressNotificationParam>,
}

impl Steps {
    /// Steps for the client's token, and where they come out.
    pub(super) fn new(token: ProgressToken) -> (Self, mpsc::Receiver<ProgressNotificationParam>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self { token, last: Mutex::default(), sender }, receiver)
    }
}

impl Steps {
    /// One more step while a person is waited for, so that the client does not take the silence for the end.
    pub(super) fn beat(&self, message: &str) {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        self.report(last.map_or(0, |last| last.saturating_add(1)), None, message);
    }
}

impl Progress for Steps {
    #[expect(clippy::cast_precision_loss, reason = "the protocol counts in floating point")]
    fn report(&self, done: u64, total: Option<u64>, message: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| done <= last) {
            return;
        }
        let mut step = ProgressNotificationParam::new(self.token.clone(), done as f64).with_message(message);
        step.total = total.map(|total| total as f64);
        if self.sender.try_send(step).is_ok() {
            *last = Some(done);
        }
    }
}

/// Sends steps until the call that makes them has ended.
pub(super) async fn send(mut steps: mpsc::Receiver<ProgressNotificationParam>, peer: Peer<RoleServer>) {
    while let Some(step) = steps.recv().await {
        if peer.notify_progress(step).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::NumberOrString;

    use super::*;

    #[test]
    fn steps_only_rise_and_never_wait() {
        let (steps, mut receiver) = Steps::new(ProgressToken(NumberOrString::Number(1)));
        for done in [0, 2, 1, 2, 3] {
            steps.report(done, Some(3), "reading");
        }
        let mut seen = Vec::new();
        while let Ok(step) = receiver.try_recv() {
            seen.push((step.progress, step.total));
        }
        assert_eq!(seen, [(0.0, Some(3.0)), (2.0, Some(3.0)), (3.0, Some(3.0))]);
        for done in 10..1000 {
            steps.report(done, None, "nobody takes these");
        }
        assert_eq!(receiver.len(), WAITING);
    }
}
