//! How much of what is put may wait to be taken in.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Bytes of documents that may wait; whoever brings more waits with it.
const MOST_WAITING: usize = 16 << 20;
/// How long anybody waits at most. A writer that has ended takes nothing in any more, and says so when it is asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// The room for documents that wait.
#[derive(Clone, Default)]
pub(super) struct Room(Arc<(Mutex<usize>, Condvar)>);

/// A place in the room, given back when it is dropped.
pub(in crate::index) struct Place {
    room: Room,
    size: usize,
}

impl Room {
    /// Waits until there is room for so many bytes.
    pub(super) fn enter(&self, size: usize) -> Place {
        let (taken, left) = &*self.0;
        let taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |taken: &mut usize| *taken > 0 && *taken + size > MOST_WAITING;
        let (mut taken, _) = left.wait_timeout_while(taken, PATIENCE, full).unwrap_or_else(PoisonError::into_inner);
        *taken += size;
        Place { room: self.clone(), size }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (taken, left) = &*self.room.0;
        *taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.size;
        left.notify_all();
    }
}
