//! What a client brings back from leg to leg: which write it waits for, sealed so that nobody can make one up.

use std::time::Duration;

use rmcp::model::{RequestStateCodec, SealOptions};

use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;

/// The key that request states are sealed with. Whoever holds another key refuses them.
#[derive(Clone, Debug)]
pub struct StateKey(RequestStateCodec);

impl StateKey {
    /// This key, so that a state outlives the process.
    pub fn new(key: [u8; 32]) -> Self {
        // Sealing refuses shorter keys only.
        Self(RequestStateCodec::new_unchecked(key))
    }

    /// A key that only this process knows.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self::new(key))
    }

    /// Seals where a call stands: the write it waits for, and its next leg. It opens for a call that is the same:
    /// of this agent, this tool and these arguments over this connection.
    pub(super) fn seal(&self, place: &(ApprovalId, u8), same: Digest, lasts: Duration) -> Option<String> {
        let bound = same.to_string();
        self.0.seal_json_with(place, &SealOptions::new().associated_data(bound.as_bytes()).ttl(lasts)).ok()
    }

    /// Opens what a client brought; why it does not open is nobody's business.
    pub(super) fn open(&self, state: &str, same: Digest) -> Option<(ApprovalId, u8)> {
        self.0.open_json_with(state, same.to_string().as_bytes()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_opens_under_its_own_key_for_the_same_call_only() {
        let place = (ApprovalId::of(7), 3);
        let (same, other) = (Digest::of([b"one".as_slice()]), Digest::of([b"other".as_slice()]));
        let key = StateKey::new([1; 32]);
        let state = key.seal(&place, same, Duration::from_mins(1)).unwrap();
        assert_eq!(key.open(&state, same), Some(place));
        assert_eq!(key.open(&state, other), None);
        assert_eq!(StateKey::new([2; 32]).open(&state, same), None);
        assert_eq!(StateKey::random().unwrap().open(&state, same), None);
        for cut in 0..state.len() {
            assert_eq!(key.open(state.get(..cut).unwrap(), same), None, "{cut}");
        }
        assert!(!format!("{key:?}").contains("1, 1"), "{key:?}");
    }
}
