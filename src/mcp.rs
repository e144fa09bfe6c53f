//! How agents reach Sluice: the Model Context Protocol over our own catalog and gate, in both of its eras.
//!
//! Only this module names rmcp. Nothing is decided here: tools, resources and completions all go through
//! [`App::begin`], so that policy, scope and audit hold for each of them.

mod audience;
mod definitions;
mod handler;
pub mod http;
mod instructions;
mod progress;
mod replies;
mod resources;
mod seat;
mod server;
mod views;
pub(crate) mod wire;

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::ServerJsonRpcMessage;
use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use tokio::io::{AsyncRead, AsyncWrite, Stdin, Stdout};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::policy::Caller;

pub use audience::Audience;
pub use handler::Handler;
pub use seat::{Reach, Seat};
pub use views::StateKey;
use wire::lines::Line;
use wire::message::{Heard, hear};
use wire::transport::Transport;
pub(crate) use wire::transport::write_out;

/// How long reads may still be answered once the client has closed its end.
const GRACE: Duration = Duration::from_secs(1);
/// How long answers that are ready may take to be written once everything else has ended.
const FLUSH: Duration = Duration::from_millis(300);
/// How many messages may wait to be written.
const OUTBOX: usize = 32;

/// Why serving a client ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The client could not be served from its first message on.
    #[error("the client could not be served")]
    Opening(#[source] Box<ServerInitializeError>),
    /// The system gave no random bits to make a key of.
    #[error("the system gives no random bits")]
    NoKey(#[source] getrandom::Error),
    /// The loop that serves the client ended by a fault.
    #[error("serving the client ended by a fault")]
    Fault(#[source] tokio::task::JoinError),
}

/// Standard input and output, for the client that started this process.
///
/// A read of standard input cannot be interrupted: in the end, the program must not wait for the runtime's blocking
/// threads (`Runtime::shutdown_background`).
pub fn stdio() -> (Stdin, Stdout) {
    (tokio::io::stdin(), tokio::io::stdout())
}

/// The answer to a line that is longer than allowed.
pub(crate) fn too_long() -> Vec<u8> {
    let Heard::Wrong(error, id) = hear(Line::TooLong) else { return Vec::new() };
    wire::transport::line(&ServerJsonRpcMessage::error(error, id)).unwrap_or_default()
}

/// Serves one client over a pair of byte streams, one JSON message a line, until the input ends or `shutdown` is set,
/// and returns once every write that was sent has been recorded.
pub async fn serve<R, W>(
    app: Arc<App>,
    caller: Caller,
    reader: R,
    writer: W,
    shutdown: CancellationToken,
) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin,
{
    let key = StateKey::random().map_err(ServeError::NoKey)?;
    let audience = Arc::new(Audience::new(Arc::clone(app.clock())));
    let handler = Handler::one(Seat::fixed(Arc::clone(&app), caller), key, audience);
    serve_with(handler, app, reader, writer, shutdown).await
}

/// Serves one client with a handler that was made for it over this app; see [`serve`].
pub async fn serve_with<R, W>(
    handler: Handler,
    app: Arc<App>,
    reader: R,
    writer: W,
    shutdown: CancellationToken,
) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin,
{
    let (queue, outbox) = mpsc::channel(OUTBOX);
    let input_ended = CancellationToken::new();
    let transport = Transport::new(reader, queue, input_ended.clone());
    let calls = shutdown.child_token();
    let closed = CancellationToken::new();

    let impatience = async {
        input_ended.cancelled().await;
        tokio::time::sleep(GRACE).await;
        calls.cancel();
        // A write that was sent runs to its end, and is answered if anyone still reads.
        app.finish().await;
        tokio::time::sleep(FLUSH).await;
    };
    let serving = async {
        let outcome = tokio::select! {
            outcome = Box::pin(until_closed(handler, transport, calls.clone())) => outcome,
            () = impatience => Ok(()),
        };
        closed.cancel();
        outcome
    };
    let writing = async {
        let too_long = async {
            closed.cancelled().await;
            tokio::time::sleep(FLUSH).await;
        };
        tokio::select! { () = write_out(writer, outbox) => {}, () = too_long => {} }
    };
    let (outcome, ()) = tokio::join!(serving, writing);
    app.finish().await;
    outcome
}

async fn until_closed<R>(handler: Handler, transport: Transport<R>, calls: CancellationToken) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    match serve_server_with_ct(handler, transport, calls).await {
        Ok(running) => running.waiting().await.map(drop).map_err(ServeError::Fault),
        // The client left before its first request, or we were asked to stop.
        Err(
            ServerInitializeError::ConnectionClosed(_)
            | ServerInitializeError::Cancelled
            | ServerInitializeError::TransportError { .. },
        ) => Ok(()),
        Err(error) => Err(ServeError::Opening(Box::new(error))),
    }
}
