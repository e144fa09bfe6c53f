//! Carries messages between a client's lines and the protocol, answering by itself what is no message.

use std::collections::HashSet;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::ErrorData;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, GetMeta as _, JsonRpcMessage, ProtocolVersion, RequestId,
    ServerJsonRpcMessage,
};
use rmcp::service::RoleServer;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::lines::Lines;
use super::message::{Heard, hear};

/// How many requests of one client are worked on at once; further ones are answered with an error.
const AT_ONCE: usize = 256;

/// Lines in, a queue of lines out.
pub(in crate::mcp) struct Transport<R> {
    lines: Lines<R>,
    queue: Option<mpsc::Sender<Vec<u8>>>,
    /// An answer of our own that waits for room in the queue.
    answer: Option<Vec<u8>>,
    /// Requests that have not been answered yet.
    open: Arc<Mutex<HashSet<RequestId>>>,
    stage: Stage,
    input_ended: CancellationToken,
}

/// How far the client has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has not said yet which era it is of. rmcp takes any notification here for a reason to leave.
    Opening,
    /// It has.
    Open,
}

impl<R> Transport<R> {
    /// Reads from `input`, writes to `queue`, and sets `input_ended` when the client has closed its end.
    pub(in crate::mcp) fn new(input: R, queue: mpsc::Sender<Vec<u8>>, input_ended: CancellationToken) -> Self
    where
        R: AsyncRead + Unpin,
    {
        Self {
            lines: Lines::new(input),
            queue: Some(queue),
            answer: None,
            open: Arc::default(),
            stage: Stage::Opening,
            input_ended,
        }
    }

    /// The message as the protocol may have it, or `None` where it has been dealt with.
    fn admit(&mut self, message: ClientJsonRpcMessage) -> Option<ClientJsonRpcMessage> {
        match &message {
            JsonRpcMessage::Request(request) => {
                if let Some((error, id)) = self.refuse(&request.id) {
                    self.answer = line(&ServerJsonRpcMessage::error(error, id)).ok();
                    return None;
                }
                if opens(&request.request) {
                    self.stage = Stage::Open;
                }
                return Some(message);
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
                }
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => {}
        }
        (self.stage == Stage::Open).then_some(message)
    }

    /// Notes a request as being worked on, or says why it will not be.
    fn refuse(&self, id: &RequestId) -> Option<(ErrorData, Option<RequestId>)> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.contains(id) {
            // Without the id, or the client would take this for the answer to its first request.
            return Some((
                ErrorData::invalid_request("the `id` is that of a request still being worked on", None),
                None,
            ));
        }
        if open.len() >= AT_ONCE {
            let message = format!("more than {AT_ONCE} requests at once; wait for answers");
            return Some((ErrorData::internal_error(message, None), Some(id.clone())));
        }
        open.insert(id.clone());
        None
    }
}

/// Whether a request settles the client's era: `initialize`, or any but a probe with the modern era's metadata.
fn opens(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        request => {
            let meta = request.get_meta();
            meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
                && meta.protocol_version().is_some_and(|version| ProtocolVersion::KNOWN_VERSIONS.contains(&version))
        }
    }
}

impl<R: AsyncRead + Send + Unpin + 'static> rmcp::transport::Transport<RoleServer> for Transport<R> {
    type Error = Error;

    fn send(&mut self, message: ServerJsonRpcMessage) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let id = match &message {
            JsonRpcMessage::Response(response) => Some(&response.id),
            JsonRpcMessage::Error(error) => error.id.as_ref(),
            JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
        };
        if let Some(id) = id {
            self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        }
        let line = line(&message);
        let queue = self.queue.clone();
        async move {
            let queue = queue.ok_or(ErrorKind::NotConnected)?;
            queue.send(line?).await.map_err(|_| ErrorKind::BrokenPipe.into())
        }
    }

    /// The next message. Nothing is lost when the future is dropped halfway.
    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        let queue = self.queue.clone()?;
        loop {
            if self.answer.is_some() {
                let room = queue.reserve().await.ok()?;
                room.send(self.answer.take()?);
            }
            let line = tokio::select! {
                line = self.lines.next() => line,
                // Nobody reads our answers any more.
                () = queue.closed() => Ok(None),
            };
            let line = line.unwrap_or_else(|error| {
                tracing::warn!(%error, "the client's messages can no longer be read");
                None
            });
            let Some(line) = line else {
                self.input_ended.cancel();
                return None;
            };
            match hear(line) {
                Heard::Message(message) => {
                    if let Some(message) = self.admit(*message) {
                        return Some(message);
                    }
                }
                Heard::Wrong(error, id) => {
                    tracing::debug!(message = %error.message, "a line that is no message");
                    self.answer = self::line(&ServerJsonRpcMessage::error(error, id)).ok();
                }
                Heard::Nothing => {}
            }
        }
    }

    async fn close(&mut self) -> Result<(), Error> {
        self.queue = None;
        Ok(())
    }
}

pub(in crate::mcp) fn line(message: &ServerJsonRpcMessage) -> Result<Vec<u8>, Error> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// Writes what comes out of the queue, whole line after whole line, until nobody can put anything in any more.
pub(crate) async fn write_out<W: AsyncWrite + Unpin, L: AsRef<[u8]>>(mut output: W, mut outbox: mpsc::Receiver<L>) {
    while let Some(line) = outbox.recv().await {
        let written = async {
            output.write_all(line.as_ref()).await?;
            output.flush().await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "the client no longer reads its answers");
            return;
        }
    }
    // A client that has gone already does not miss the end.
    let _ = output.shutdown().await;
}

#[cfg(test)]
mod tests {
    use rmcp::model::ServerResult;
    use rmcp::transport::Transport as _;

    use super::*;

    fn listing(id: usize) -> String {
        let meta = r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#;
        format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/list\",\"params\":{{\"_meta\":{meta}}}}}\n")
    }

    fn transport(input: &str) -> (Transport<std::io::Cursor<Vec<u8>>>, mpsc::Receiver<Vec<u8>>) {
        let (queue, outbox) = mpsc::channel(4);
        (Transport::new(std::io::Cursor::new(input.into()), queue, CancellationToken::new()), outbox)
    }

    fn said(outbox: &mut mpsc::Receiver<Vec<u8>>) -> String {
        String::from_utf8(outbox.try_recv().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn an_id_in_use_is_refused_until_its_request_is_answered_or_cancelled() {
        let cancel = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}\n";
        let input = [&listing(1), &listing(1), cancel, &listing(1), &listing(2)].concat();
        let (mut transport, mut outbox) = transport(&input);
        assert!(matches!(transport.receive().await, Some(JsonRpcMessage::Request(_))));
        assert!(matches!(transport.receive().await, Some(JsonRpcMessage::Notification(_))));
        let refused = said(&mut outbox);
        assert!(refused.contains("-32600") && !refused.contains("\"id\":1"), "{refused}");
        assert!(matches!(transport.receive().await, Some(JsonRpcMessage::Request(_))));
        transport.send(ServerJsonRpcMessage::response(ServerResult::empty(()), RequestId::Number(1))).await.unwrap();
        assert!(said(&mut outbox).contains("\"id\":1"));
        assert!(transport.refuse(&RequestId::Number(1)).is_none());
    }

    #[tokio::test]
    async fn more_requests_at_once_than_allowed_are_answered_with_an_error() {
        let input: String = (0..=AT_ONCE).map(listing).collect();
        let (mut transport, mut outbox) = transport(&input);
        for _ in 0..AT_ONCE {
            assert!(transport.receive().await.is_some());
        }
        assert!(transport.receive().await.is_none());
        assert!(said(&mut outbox).contains(&format!("\"id\":{AT_ONCE}")));
        assert!(transport.input_ended.is_cancelled());
    }
}
