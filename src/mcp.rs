//! How agents reach Sluice: the Model Context Protocol over our own catalog and gate, in both of its eras.
//!
//! Only this module names rmcp. Nothing is decided here: tools, resources and completions all go through
//! [`App::call`], so that policy, scope and audit hold for each of them.

mod definitions;
mod instructions;
mod lines;
mod message;
mod progress;
mod replies;
mod resources;
mod server;
mod spaces;
mod transport;
mod unambiguous;

use std::sync::Arc;
use std::time::Duration;

use rmcp::service::{ServerInitializeError, serve_server_with_ct};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::policy::Caller;

pub use server::Server;
use transport::Transport;

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
    /// The loop that serves the client ended by a fault.
    #[error("serving the client ended by a fault")]
    Fault(#[source] tokio::task::JoinError),
}

/// Serves one client over standard input and output until the input ends or `shutdown` is set, and returns once
/// every write that was sent has been recorded.
///
/// A read of standard input cannot be interrupted: after a `shutdown`, the program must not wait for the runtime's
/// blocking threads (`Runtime::shutdown_background`).
pub async fn serve_stdio(app: Arc<App>, caller: Caller, shutdown: CancellationToken) -> Result<(), ServeError> {
    Box::pin(serve(app, caller, tokio::io::stdin(), tokio::io::stdout(), shutdown)).await
}

/// Serves one client over any pair of byte streams, one JSON message a line; see [`serve_stdio`].
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
    let (queue, outbox) = mpsc::channel(OUTBOX);
    let input_ended = CancellationToken::new();
    let transport = Transport::new(reader, queue, input_ended.clone());
    let calls = shutdown.child_token();
    let closed = CancellationToken::new();

    let server = Server::new(Arc::clone(&app), caller);
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
            outcome = Box::pin(until_closed(server, transport, calls.clone())) => outcome,
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
        tokio::select! { () = transport::write_out(writer, outbox) => {}, () = too_long => {} }
    };
    let (outcome, ()) = tokio::join!(serving, writing);
    app.finish().await;
    outcome
}

async fn until_closed<R>(server: Server, transport: Transport<R>, calls: CancellationToken) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    match serve_server_with_ct(server, transport, calls).await {
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
