//! Tells a client that takes its call back from one that is gone.
//!
//! rmcp ends a call's token for both: when `notifications/cancelled` arrives, and when the transport closes. Only the
//! notification is handed to the server besides. So it alone withdraws a write, and a token that ends without one
//! leaves the write waiting. The notification is handed over in a task of its own, before or after the call has seen
//! its token end; that is why calls are kept here for a while after that.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rmcp::model::RequestId;

use crate::domain::ids::ApprovalId;

/// How many calls are kept; more than one client may have open.
const KEPT: usize = 512;

/// The calls of one connection whose writes may wait.
#[derive(Default)]
pub(in crate::mcp) struct Cancels(Mutex<VecDeque<Kept>>);

struct Kept {
    call: RequestId,
    record: Option<ApprovalId>,
    said: Said,
}

/// What the client has said of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// That it no longer wants it.
    Cancel,
}

impl Cancels {
    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins.
    pub(super) fn begun(&self, call: &RequestId) {
        let mut kept = self.kept();
        kept.retain(|known| known.call != *call);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Kept { call: call.clone(), record: None, said: Said::Nothing });
    }

    /// The call's write has this record; what the client has said of the call by now.
    pub(super) fn waits_in(&self, call: &RequestId, record: &ApprovalId) -> Said {
        let mut kept = self.kept();
        let Some(known) = kept.iter_mut().find(|known| known.call == *call) else { return Said::Nothing };
        known.record = Some(record.clone());
        known.said
    }

    /// The client no longer wants the call; the write to withdraw, where there is one yet.
    pub(in crate::mcp) fn cancelled(&self, call: &RequestId) -> Option<ApprovalId> {
        let mut kept = self.kept();
        let known = kept.iter_mut().find(|known| known.call == *call)?;
        known.said = Said::Cancel;
        known.record.clone()
    }

    /// The call was answered.
    pub(super) fn answered(&self, call: &RequestId) {
        self.kept().retain(|known| known.call != *call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancel_finds_the_write_whether_it_comes_before_or_after_the_record() {
        let (cancels, record) = (Cancels::default(), ApprovalId::of(1));
        let [early, late, done] = [1, 2, 3].map(RequestId::Number);
        for call in [&early, &late, &done] {
            cancels.begun(call);
        }
        assert_eq!(cancels.cancelled(&early), None);
        assert_eq!(cancels.waits_in(&early, &record), Said::Cancel);
        assert_eq!(cancels.waits_in(&late, &record), Said::Nothing);
        assert_eq!(cancels.cancelled(&late), Some(record.clone()));
        assert_eq!(cancels.waits_in(&done, &record), Said::Nothing);
        cancels.answered(&done);
        assert_eq!(cancels.cancelled(&done), None);
        assert_eq!(cancels.cancelled(&RequestId::Number(9)), None);
    }

    #[test]
    fn calls_that_never_end_do_not_pile_up() {
        let cancels = Cancels::default();
        for call in 0..2_000 {
            cancels.begun(&RequestId::Number(call));
        }
        assert_eq!(cancels.kept().len(), KEPT);
    }
}
