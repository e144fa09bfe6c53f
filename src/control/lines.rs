//! Questions and replies as lines over the owner's socket.

use serde_json::Value;
use tokio::sync::mpsc;

use super::{ControlError, Desk, Line, Reply};

/// How many replies may wait to be written.
const OUTBOX: usize = 32;

impl Desk {
    /// Answers a question with lines; it stops when `answers` is closed. What was begun for somebody who left is done.
    pub async fn speak(&self, question: Value, answers: mpsc::Sender<String>) {
        // The parser's words may hold what stands in the question; they are not repeated.
        let Ok(question) = serde_json::from_value(question) else {
            let error = ControlError::NotUnderstood("is it of the same version?".to_owned());
            return say(&answers, &Line::Error(error.to_string())).await;
        };
        let (to, from) = mpsc::channel(OUTBOX);
        let serving = async move { self.serve(question, &to).await };
        let (served, ()) = tokio::join!(serving, pass(from, &answers));
        if let Err(error) = served {
            say(&answers, &Line::Error(error.to_string())).await;
        }
    }
}

/// Passes replies on as long as somebody takes them.
async fn pass(mut replies: mpsc::Receiver<Reply>, answers: &mpsc::Sender<String>) {
    loop {
        let reply = tokio::select! {
            reply = replies.recv() => reply,
            () = answers.closed() => return,
        };
        let Some(reply) = reply else { return };
        say(answers, &Line::Reply(reply)).await;
    }
}

async fn say(answers: &mpsc::Sender<String>, line: &Line) {
    // Texts, numbers and times can always be written; whoever left needs no answer.
    let _ = answers.send(serde_json::to_string(line).unwrap_or_default()).await;
}
