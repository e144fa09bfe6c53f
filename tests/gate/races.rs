//! What changes while a person decides or another write passes is seen before a write is let go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures_util::future::BoxFuture;
use sluice::domain::access::{AccessClass, Update};
use sluice::domain::ids::{SpaceId, SpaceKey};
use sluice::domain::place::Place;
use sluice::policy::ask::AgentId;
use sluice::policy::decide::Decision;
use sluice::policy::ports::{Approver, Event, Freshness, LocateError, Locator, RecordError, Recorder, Row, Verdict};
use sluice::policy::{Caller, Gate, Permit, Proposal, Reason, Refusal, Usage};
use tokio::sync::Barrier;

use super::fakes::{UPDATE_PAGE, page, proposal};
use crate::desk::profile;

/// One page that may move from `IT` to `HR`, a person who waits until as many are asked, and a record that counts.
struct Slow {
    moved: AtomicBool,
    asked: Barrier,
    intended: AtomicU32,
}

impl Locator for Slow {
    fn space_of<'a>(&'a self, _: &'a Place, _: Freshness) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>> {
        let space = if self.moved.load(Ordering::SeqCst) { "22" } else { "11" };
        Box::pin(async move { Ok(space.parse().ok()) })
    }

    fn key_of<'a>(&'a self, space: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        let key = if space.as_str() == "11" { "IT" } else { "HR" };
        Box::pin(async move { Ok(key.parse().ok()) })
    }
}

impl Approver for Slow {
    fn ask<'a>(&'a self, _: &'a Caller, _: &'a Proposal) -> BoxFuture<'a, Verdict> {
        Box::pin(async {
            self.asked.wait().await;
            Verdict::Approved { by: "maria".into() }
        })
    }
}

impl Recorder for Slow {
    fn record(&self, row: Row) -> BoxFuture<'_, Result<(), RecordError>> {
        if matches!(row.event, Event::Intended { .. }) {
            self.intended.fetch_add(1, Ordering::SeqCst);
        }
        // The row itself takes its time.
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(())
        })
    }

    fn usage(&self, _: &AgentId) -> Usage {
        Usage { writes_last_hour: self.intended.load(Ordering::SeqCst), deletes_last_day: 0 }
    }
}

fn gate(asked: usize) -> (Gate, Arc<Slow>) {
    let slow = Slow { moved: AtomicBool::new(false), asked: Barrier::new(asked), intended: AtomicU32::new(0) };
    let slow = Arc::new(slow);
    (Gate::new(slow.clone(), slow.clone(), slow.clone()), slow)
}

fn caller(rest: &str) -> Caller {
    let text = format!("name = \"t\"\n[pages]\nmode = \"read-write\"\nrequire_approval = true\n{rest}");
    Caller::new(AgentId::new("agent"), profile(&text))
}

fn write() -> Proposal {
    proposal(UPDATE_PAGE, AccessClass::Update, &[page("100")])
}

async fn pass(gate: &Gate, caller: &Caller) -> Result<Permit<Update>, Refusal> {
    gate.pass(caller, &write(), Freshness::Live).await
}

#[tokio::test]
async fn two_writes_at_once_do_not_both_take_the_last_place_of_a_limit() {
    let ((gate, _), caller) = (gate(2), caller("[limits]\nwrites_per_hour = 1"));
    let (one, other) = tokio::join!(pass(&gate, &caller), pass(&gate, &caller));
    let refused = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(refused.as_slice(), [Refusal::Profile { reason: Reason::WritesSpent, .. }]), "{refused:?}");
}

#[tokio::test]
async fn a_page_that_left_the_scope_while_a_person_decided_is_not_written() {
    let caller = caller("[scope]\nallow_spaces = [\"IT\"]");
    let (gate, slow) = gate(1);
    assert_eq!(gate.weigh(&caller, &write()).await, Ok(Decision::NeedsApproval));
    assert!(pass(&gate, &caller).await.is_ok());
    slow.moved.store(true, Ordering::SeqCst);
    assert_eq!(pass(&gate, &caller).await.unwrap_err(), Refusal::NotFound);
    assert_eq!(gate.weigh(&caller, &write()).await, Err(Refusal::NotFound));
}
