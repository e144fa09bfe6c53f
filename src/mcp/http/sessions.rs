//! Sessions of the older eras: each belongs to the agent that opened it, and there are only so many.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use futures_util::future::join_all;
use rmcp::model::{ClientJsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError, SessionTransport,
};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId, SessionManager};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::policy::ask::AgentId;
use crate::telemetry::{Metrics, Open as Counted};

/// How long a session may be silent. Shorter than a day, longer than a pause at work.
const IDLE: Duration = Duration::from_hours(12);
/// How long sessions may take to close.
const CLOSING: Duration = Duration::from_secs(1);

tokio::task_local! {
    /// Who opens a session, for the moment in which the protocol's transport makes it.
    pub(super) static OPENING: Opening;
}

/// Who opens a session.
pub(super) struct Opening {
    agent: AgentId,
    gone: CancellationToken,
    /// The place it was given, until the session has one of its own.
    room: Mutex<Option<Room>>,
}

impl Opening {
    pub(super) fn new(agent: AgentId, gone: CancellationToken, room: Option<Room>) -> Self {
        Self { agent, gone, room: Mutex::new(room) }
    }
}

/// How many sessions there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// In all.
    pub total: usize,
    /// Of one agent.
    pub per_agent: usize,
}

/// There is no room for another session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRoom {
    /// The agent has too many, and all of them are in use.
    #[error("this agent has {0} sessions in use at once; end some before it opens another")]
    OfAgent(usize),
    /// There are too many in all.
    #[error("there are too many sessions at once; try again later")]
    AtAll,
}

/// Every session there is.
pub(super) struct Sessions {
    local: LocalSessionManager,
    open: Arc<Mutex<Open>>,
    limits: SessionLimits,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Open {
    by_id: HashMap<SessionId, Session>,
    /// Places that were given to sessions which are not there yet, agent by agent.
    promised: HashMap<AgentId, usize>,
}

struct Session {
    agent: AgentId,
    gone: CancellationToken,
    last_used: Duration,
    uses: Arc<Uses>,
    _counted: Counted,
}

#[derive(Default)]
struct Uses {
    now: AtomicUsize,
    /// The ids of requests that are being worked on.
    under_way: Mutex<HashSet<RequestId>>,
}

/// A session in use by one request.
pub(super) struct Use(Arc<Uses>);

/// The id is that of a request which is still being worked on.
pub(super) struct InUse;

/// A request that is being worked on; its id is free again once this is dropped.
pub(super) struct UnderWay {
    uses: Arc<Uses>,
    id: RequestId,
}

impl Use {
    /// Notes that a request of this id is being worked on: the answers of two of one id would be mixed up.
    pub(super) fn under_way(&self, id: Option<&RequestId>) -> Result<Option<UnderWay>, InUse> {
        let Some(id) = id else { return Ok(None) };
        if !ids(&self.0).insert(id.clone()) {
            return Err(InUse);
        }
        Ok(Some(UnderWay { uses: Arc::clone(&self.0), id: id.clone() }))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        ids(&self.uses).remove(&self.id);
    }
}

fn ids(uses: &Uses) -> MutexGuard<'_, HashSet<RequestId>> {
    uses.under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A place for a session that is about to open.
pub(super) struct Room {
    agent: AgentId,
    open: Arc<Mutex<Open>>,
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut open = locked(&self.open);
        if let Some(promised) = open.promised.get_mut(&self.agent) {
            *promised -= 1;
            if *promised == 0 {
                open.promised.remove(&self.agent);
            }
        }
    }
}

impl Sessions {
    pub(super) fn new(limits: SessionLimits, metrics: Metrics, clock: Arc<dyn Clock>) -> Self {
        let mut local = LocalSessionManager::default();
        local.session_config.keep_alive = Some(IDLE);
        Self { local, open: Arc::default(), limits, metrics, clock }
    }

    /// Puts a session to use, where it is this agent's. It lasts as long as the credential it was used with last.
    pub(super) fn use_by(&self, id: &str, agent: &AgentId, gone: &CancellationToken) -> Option<Use> {
        let now = self.clock.steady();
        let mut open = locked(&self.open);
        let session = open.by_id.get_mut(id).filter(|session| session.agent == *agent)?;
        session.last_used = now;
        session.gone = gone.clone();
        session.uses.now.fetch_add(1, Ordering::SeqCst);
        Some(Use(Arc::clone(&session.uses)))
    }

    /// A place for one more session of this agent. Where it has too many, the one it has not used for longest ends.
    pub(super) async fn room(&self, agent: &AgentId) -> Result<Room, NoRoom> {
        let ends = {
            let mut open = locked(&self.open);
            let own = open.of(agent);
            let total = open.by_id.len() + open.promised.values().sum::<usize>();
            let ends = if own >= self.limits.per_agent || total >= self.limits.total {
                let unused = open.longest_unused(agent);
                let refused = if own >= self.limits.per_agent { NoRoom::OfAgent(own) } else { NoRoom::AtAll };
                Some(unused.ok_or(refused)?)
            } else {
                None
            };
            if let Some(id) = &ends {
                open.by_id.remove(id);
            }
            *open.promised.entry(agent.clone()).or_default() += 1;
            ends
        };
        let room = Room { agent: agent.clone(), open: Arc::clone(&self.open) };
        if let Some(id) = ends {
            tracing::debug!(%agent, "an unused session ends for a new one");
            self.close(&id).await;
        }
        Ok(room)
    }

    /// Ends the sessions of agents that are let in no more.
    pub(super) async fn turn_out(&self) {
        let gone: Vec<SessionId> = {
            let open = locked(&self.open);
            let gone = open.by_id.iter().filter(|(_, session)| session.gone.is_cancelled());
            gone.map(|(id, _)| Arc::clone(id)).collect()
        };
        // One that takes nothing in is not waited for long; it has nothing to work with any more.
        let closing = join_all(gone.iter().map(|id| self.close(id)));
        tokio::select! { _ = closing => {}, () = self.clock.sleep(CLOSING) => {} }
    }

    async fn close(&self, id: &SessionId) {
        if let Err(error) = self.close_session(id).await {
            tracing::debug!(%error, "a session was not there to be ended");
        }
    }
}

impl Open {
    fn of(&self, agent: &AgentId) -> usize {
        let there = self.by_id.values().filter(|session| session.agent == *agent).count();
        there + self.promised.get(agent).copied().unwrap_or_default()
    }

    fn longest_unused(&self, agent: &AgentId) -> Option<SessionId> {
        let unused = |(_, session): &(&SessionId, &Session)| {
            session.agent == *agent && session.uses.now.load(Ordering::SeqCst) == 0
        };
        let oldest = self.by_id.iter().filter(unused).min_by_key(|(_, session)| session.last_used);
        oldest.map(|(id, _)| Arc::clone(id))
    }
}

fn locked(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

type Outcome<T> = Result<T, LocalSessionManagerError>;

impl SessionManager for Sessions {
    type Error = LocalSessionManagerError;
    type Transport = SessionTransport;

    async fn create_session(&self) -> Outcome<(SessionId, Self::Transport)> {
        let (id, transport) = self.local.create_session().await?;
        // Nothing opens a session but a request that was let in, which says for whom.
        let opening = OPENING.try_with(|opening| {
            let room = opening.room.lock().unwrap_or_else(PoisonError::into_inner).take();
            (opening.agent.clone(), opening.gone.clone(), room)
        });
        if let Ok((agent, gone, _room)) = opening {
            let last_used = self.clock.steady();
            let session = Session { agent, gone, last_used, uses: Arc::default(), _counted: self.metrics.session() };
            locked(&self.open).by_id.insert(Arc::clone(&id), session);
        }
        Ok((id, transport))
    }

    async fn initialize_session(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Outcome<ServerJsonRpcMessage> {
        self.local.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Outcome<bool> {
        self.local.has_session(id).await
    }

    async fn close_session(&self, id: &SessionId) -> Outcome<()> {
        locked(&self.open).by_id.remove(id);
        self.local.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Outcome<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static> {
        self.local.create_stream(id, message).await
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Outcome<()> {
        self.local.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Outcome<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static> {
        self.local.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Outcome<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static> {
        self.local.resume(id, last_event_id).await
    }
}
