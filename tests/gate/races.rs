//! What changes while a person decides or another write passes is seen before a write is let go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use sluice::audit::LogRecorder;
use sluice::clock::SystemClock;
use sluice::domain::access::{AccessClass, Update};
use sluice::domain::ids::{SpaceId, SpaceKey};
use sluice::domain::place::Place;
use sluice::policy::ask::AgentId;
use sluice::policy::ports::{Approver, Freshness, LocateError, Locator, Verdict};
use sluice::policy::{Caller, Gate, Permit, Proposal, Reason, Refusal};
use tokio::sync::Barrier;

use super::fakes::{UPDATE_PAGE, page, proposal};
use crate::desk::profile;

/// One page that moves from `IT` to `HR` while a person decides, and a person who waits until as many are asked.
struct Slow {
    moves: bool,
    moved: AtomicBool,
    asked: Barrier,
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
            self.moved.store(self.moves, Ordering::SeqCst);
            Verdict::Approved { by: "maria".into() }
        })
    }
}

fn gate(moves: bool, asked: usize) -> Gate {
    let slow = Arc::new(Slow { moves, moved: AtomicBool::new(false), asked: Barrier::new(asked) });
    Gate::new(slow.clone(), slow, Arc::new(LogRecorder::new(Arc::new(SystemClock::new()))))
}

fn caller(rest: &str) -> Caller {
    let text = format!("name = \"t\"\n[pages]\nmode = \"read-write\"\nrequire_approval = true\n{rest}");
    Caller::new(AgentId::new("agent"), profile(&text))
}

async fn pass(gate: &Gate, caller: &Caller) -> Result<Permit<Update>, Refusal> {
    gate.pass(caller, &proposal(UPDATE_PAGE, AccessClass::Update, &[page("100")])).await
}

#[tokio::test]
async fn two_writes_at_once_do_not_both_take_the_last_place_of_a_limit() {
    let (gate, caller) = (gate(false, 2), caller("[limits]\nwrites_per_hour = 1"));
    let (one, other) = tokio::join!(pass(&gate, &caller), pass(&gate, &caller));
    let refused = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert!(matches!(refused.as_slice(), [Refusal::Profile { reason: Reason::WritesSpent, .. }]), "{refused:?}");
}

#[tokio::test]
async fn a_page_that_left_the_scope_while_a_person_decided_is_not_written() {
    let caller = caller("[scope]\nallow_spaces = [\"IT\"]");
    assert!(pass(&gate(false, 1), &caller).await.is_ok());
    assert_eq!(pass(&gate(true, 1), &caller).await.unwrap_err(), Refusal::NotFound);
}
