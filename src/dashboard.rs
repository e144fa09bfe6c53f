//! Where people look after things and decide, with a browser or a program of theirs: pages, and JSON about what waits, on
//! this machine alone.
//!
//! Nothing here decides for itself: everything is asked of the desk of the data directory. Reading changes nothing, links
//! to writes carry no authority, and deciding takes a session or an approver's secret, which no agent has.

mod answer;
mod api;
pub mod connections;
mod credentials;
pub mod deciding;
mod entry;
mod guard;
mod listen;
mod pages;
mod stream;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::control::Desk;

use self::connections::Connections;
use self::credentials::Credentials;
use self::entry::Sessions;

/// Streams of changes that are open at once: half of the connections there may be.
const MOST_STREAMS: usize = 32;

/// An address that the dashboard listens at.
pub struct Dashboard {
    listener: TcpListener,
    address: SocketAddr,
    connections: Connections,
}

/// The dashboard cannot listen.
#[derive(Debug, thiserror::Error)]
#[error("the dashboard cannot listen at `{address}`: {source}; give `dashboard` another address")]
pub struct DashboardError {
    /// Where.
    pub address: SocketAddr,
    /// The system's words.
    pub source: std::io::Error,
}

/// What every request is answered from.
struct Office {
    desk: Arc<Desk>,
    connections: Connections,
    credentials: Credentials,
    sessions: Sessions,
    /// Name of the system's user, who is let in where nobody has been set up.
    user: Arc<str>,
    clock: Arc<dyn Clock>,
    port: u16,
    streams: Arc<Semaphore>,
    /// Decisions run here, to their end even where whoever decides has left.
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Dashboard {
    /// Takes the address; with port 0 the system chooses one. Nobody is answered yet.
    pub async fn bind(address: SocketAddr) -> Result<Self, DashboardError> {
        let failed = |source| DashboardError { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, connections: Box::new(Vec::new) })
    }

    /// Shows how the connections stand; nothing is shown of them otherwise.
    #[must_use]
    pub fn showing(self, connections: Connections) -> Self {
        Self { connections, ..self }
    }

    /// Base of its pages, such as `http://127.0.0.1:7433`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers until `closing` is called for and every decision that was begun has ended. Approvers are read from that
    /// file each time anew; without one there are none, and the system's `user` is let in by a one-time link.
    pub async fn serve(
        self,
        desk: Arc<Desk>,
        approvers: Option<PathBuf>,
        user: Arc<str>,
        clock: Arc<dyn Clock>,
        closing: CancellationToken,
    ) {
        let office = Arc::new(Office {
            desk,
            connections: self.connections,
            credentials: Credentials::new(approvers, Arc::clone(&clock)),
            sessions: Sessions::new(Arc::clone(&clock)),
            user,
            clock: Arc::clone(&clock),
            port: self.address.port(),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            tasks: TaskTracker::new(),
            closing: closing.clone(),
        });
        listen::accept(self.listener, &api::routes(Arc::clone(&office)), &clock, &closing).await;
        office.tasks.close();
        office.tasks.wait().await;
    }
}
