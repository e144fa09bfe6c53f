//! Connections: how many there may be, how long each may take, and how they end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// Connections at once; more wait for their turn.
const MOST_CONNECTIONS: usize = 64;
/// How long the head of a request may take.
const HEAD: Duration = Duration::from_secs(10);
/// Longest head, in bytes, and most of its lines.
const LONGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 64;
/// How long a connection lasts at most. Streams of changes are opened anew after that.
const LONGEST: Duration = Duration::from_mins(10);
/// How long answers may still take once the dashboard closes.
const GRACE: Duration = Duration::from_millis(300);
/// How long to wait where the system gives no connection.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Serves whoever comes, until `closing` and a little longer.
pub(super) async fn accept(
    listener: TcpListener,
    router: &Router,
    clock: &Arc<dyn Clock>,
    closing: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    let coming = async {
        // Never closed.
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let conversation = converse(stream, router.clone(), Arc::clone(clock), closing.clone());
                    connections.spawn(async move {
                        conversation.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the dashboard gets no connection");
                    clock.sleep(AFTER_FAILURE).await;
                }
            }
            while connections.try_join_next().is_some() {}
        }
    };
    tokio::select! { () = coming => {}, () = closing.cancelled() => {} }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// One request and its answer.
async fn converse(stream: TcpStream, router: Router, clock: Arc<dyn Clock>, closing: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .max_headers(MOST_HEADERS)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = clock.sleep(LONGEST) => return,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! { ended = connection => ended, () = clock.sleep(GRACE) => return }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a request to the dashboard came to nothing");
    }
}
