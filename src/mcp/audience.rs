//! Sessions of the older eras: each is told when the tools it is shown have changed, and no other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rmcp::service::{Peer, RoleServer};

use super::seat::Seat;
use crate::clock::Clock;

/// So many are kept before the first look for those that have left.
const FIRST_LOOK: usize = 64;
/// How long a session may take to be told.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sessions that are open.
pub struct Audience {
    listeners: Mutex<Listeners>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Listeners {
    all: Vec<Listener>,
    /// How many there have to be before those that left are looked for.
    next_look: usize,
}

struct Listener {
    seat: Seat,
    peer: Peer<RoleServer>,
    /// What it was shown or told of last.
    names: Vec<&'static str>,
}

impl Audience {
    /// Nobody listens yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { listeners: Mutex::default(), clock }
    }

    /// A session has opened.
    pub(super) fn add(&self, seat: Seat, peer: Peer<RoleServer>) {
        let names = seat.names();
        let mut listeners = self.listeners();
        if listeners.all.len() >= listeners.next_look.max(FIRST_LOOK) {
            listeners.all.retain(Listener::is_there);
            listeners.next_look = listeners.all.len() * 2;
        }
        listeners.all.push(Listener { seat, peer, names });
    }

    /// Forgets sessions that have ended: each keeps some 20 KiB for as long as it is known here.
    pub fn forget_those_that_left(&self) {
        let mut listeners = self.listeners();
        listeners.all.retain(Listener::is_there);
        listeners.next_look = listeners.all.len() * 2;
    }

    /// Tells every session whose tools are others than before. To be called whenever a profile may have changed.
    pub async fn tell(&self) {
        let telling: FuturesUnordered<_> = self.changed().into_iter().map(|peer| self.tell_one(peer)).collect();
        telling.collect::<()>().await;
    }

    async fn tell_one(&self, peer: Peer<RoleServer>) {
        tokio::select! {
            told = peer.notify_tool_list_changed() => {
                if let Err(error) = told {
                    tracing::debug!(%error, "a session could not be told of other tools");
                }
            }
            () = self.clock.sleep(PATIENCE) => tracing::debug!("a session does not hear that it has other tools"),
        }
    }

    fn changed(&self) -> Vec<Peer<RoleServer>> {
        let mut listeners = self.listeners();
        listeners.all.retain(Listener::is_there);
        let mut changed = Vec::new();
        for listener in &mut listeners.all {
            let names = listener.seat.names();
            if names != listener.names {
                listener.names = names;
                changed.push(listener.peer.clone());
            }
        }
        changed
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    fn is_there(&self) -> bool {
        !self.peer.is_transport_closed() && !self.seat.gone.is_cancelled()
    }
}
