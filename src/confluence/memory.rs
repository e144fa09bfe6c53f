//! A small memory with an age and a size: what was looked up lately.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::domain::limits::REMEMBERED;

/// Remembers up to [`REMEMBERED`] values, each for a fixed time.
pub struct Memory<K, V> {
    clock: Arc<dyn Clock>,
    age: SignedDuration,
    kept: Mutex<HashMap<K, (Timestamp, V)>>,
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    /// An empty memory that keeps values for `age`.
    pub fn new(clock: &Arc<dyn Clock>, age: Duration) -> Self {
        let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
        Self { clock: Arc::clone(clock), age, kept: Mutex::default() }
    }

    /// The value, while it is young enough.
    pub fn recall(&self, key: &K) -> Option<V> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(since, _)| now.duration_since(*since) < self.age).map(|(_, value)| value.clone())
    }

    /// The value, while it is younger than `age`.
    pub fn recall_within(&self, age: Duration, key: &K) -> Option<V> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let young = |since: Timestamp| now >= since && now.duration_since(since).unsigned_abs() < age;
        kept.get(key).filter(|(since, _)| young(*since)).map(|(_, value)| value.clone())
    }

    /// Keeps a value; when full, what is too old goes first, and if nothing is, everything.
    pub fn keep(&self, key: K, value: V) {
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED {
            kept.retain(|_, (since, _)| now.duration_since(*since) < self.age);
            if kept.len() >= REMEMBERED {
                kept.clear();
            }
        }
        kept.insert(key, (now, value));
    }

    /// Forgets a value.
    pub fn forget(&self, key: &K) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}
