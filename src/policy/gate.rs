//! The gate: one function per step that a call passes on its way to Confluence and back.
//!
//! ```text
//! read:   admit → Permit<Read> → read → sift → answer
//! write:  admit → plan (reads only) → weigh → the durable record waits for a person where one is needed
//!         → pass (decide, approve, record) → Permit<A> → send → the record holds how it ended → answer
//! ```

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::domain::access::{AccessClass, Read, WriteAccess};
use crate::domain::place::Place;

use super::ask::{AgentId, Ask, Caller, Proposal, Standing, ToolFacts};
use super::decide::{Decision, decide};
use super::permit::Permit;
use super::ports::{Approver, Event, Freshness, Locator, Recorder, Row, Verdict};
use super::profile::Profile;
use super::refusal::{Reason, Refusal};
use super::scope;
use super::sift::{Contents, Unsifted};

/// The gate and whom it asks.
pub struct Gate {
    locator: Arc<dyn Locator>,
    approver: Arc<dyn Approver>,
    recorder: Arc<dyn Recorder>,
    /// Held while a write is counted against the limits and written down: two at once would both take the last place.
    counting: Mutex<()>,
}

/// A part of Sluice that reads for its own needs, under a fixed read-only profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// Looks up spaces, names of people and where things are.
    NameLookUp,
    /// Checks what is configured.
    Doctor,
    /// Finds out what became of writes whose answers were lost.
    Reconciler,
    /// Asks a site that is being connected who signed in.
    Connect,
    /// Keeps the local copies of a site's spaces current.
    Sync,
}

impl BuiltIn {
    /// Leave to read, and only to read.
    pub fn permit(self) -> Permit<Read> {
        Permit::for_reads(AgentId::new(match self {
            Self::NameLookUp => "sluice:name-look-up",
            Self::Doctor => "sluice:doctor",
            Self::Reconciler => "sluice:reconciler",
            Self::Connect => "sluice:connect",
            Self::Sync => "sluice:sync",
        }))
    }
}

impl Gate {
    /// A gate that asks these.
    pub fn new(locator: Arc<dyn Locator>, approver: Arc<dyn Approver>, recorder: Arc<dyn Recorder>) -> Self {
        Self { locator, approver, recorder, counting: Mutex::new(()) }
    }

    /// Judges mode, switches, tools and limits without any look-up; gives leave to read.
    /// A write tool gets no more than that: its plan may read, nothing else. `shape` is what the record may hold of
    /// the arguments.
    pub async fn admit(&self, caller: &Caller, tool: ToolFacts, shape: String) -> Result<Permit<Read>, Refusal> {
        self.judge(caller, tool, tool.class, Standing::NotYetKnown).await?;
        self.write_down(row(caller, tool, tool.class, Event::Admitted { shape })).await?;
        Ok(Permit::for_reads(caller.agent.clone()))
    }

    /// Writes down how a call ended.
    pub async fn answered(&self, caller: &Caller, tool: ToolFacts, code: Option<String>) {
        if self.write_down(row(caller, tool, tool.class, Event::Answered { code })).await.is_err() {
            tracing::error!(agent = %caller.agent, tool = tool.name, "the end of a call could not be recorded");
        }
    }

    /// Whether the agent may see a place; what it may not see is not there.
    pub async fn visible(&self, caller: &Caller, place: &Place) -> Result<(), Refusal> {
        match self.standing(caller, place, Freshness::Cached).await? {
            Standing::Outside => Err(Refusal::NotFound),
            Standing::Inside | Standing::NotYetKnown => Ok(()),
        }
    }

    /// Opens an answer and drops what the agent may not see.
    pub async fn sift<T>(&self, caller: &Caller, answer: Unsifted<T>) -> Result<T, Refusal> {
        match answer.contents {
            Contents::One { place, item } => self.visible(caller, &place).await.map(|()| item),
            Contents::Many { places, finish } => {
                scope::look_ahead(&caller.profile.scope, &places, &*self.locator).await;
                let mut stays = Vec::with_capacity(places.len());
                for place in &places {
                    stays.push(self.standing(caller, place, Freshness::Cached).await? == Standing::Inside);
                }
                Ok(finish(stays))
            }
        }
    }

    /// Judges the planned write where it really is and for what it really does, before anybody is asked.
    pub async fn weigh(&self, caller: &Caller, proposal: &Proposal) -> Result<Decision, Refusal> {
        self.judge_everywhere(caller, proposal, proposal.effect.max(proposal.tool.class), Freshness::Recent).await
    }

    /// Judges the planned write once more as things stand now, makes sure that a person has approved it where the
    /// profile says so, writes the intent down, and gives leave to send this one request. Only what was weighed a moment
    /// ago may be judged by places that are remembered; whatever has waited is looked up again.
    pub async fn pass<A: WriteAccess>(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        freshness: Freshness,
    ) -> Result<Permit<A>, Refusal> {
        let effect = proposal.effect.max(proposal.tool.class).max(A::CLASS);
        let approved_by = match self.judge_everywhere(caller, proposal, effect, freshness).await? {
            Decision::NeedsApproval => Some(self.approved(caller, proposal, effect).await?),
            _ => None,
        };
        let intent = Event::Intended { digest: proposal.digest, approved_by };
        let intent = Row { approval: Some(proposal.approval.clone()), ..row(caller, proposal.tool, effect, intent) };
        let recorded = {
            let _counting = self.counting.lock().await;
            // Other writes may have used the limit up since.
            self.judge(caller, proposal.tool, effect, Standing::Inside).await?;
            self.recorder.record(intent)
        };
        recorded.await.map_err(Refusal::from)?;
        Ok(Permit::for_write(caller.agent.clone(), proposal.digest))
    }

    /// Judges a planned write at every place it touches; one that touches none is still judged once.
    async fn judge_everywhere(
        &self,
        caller: &Caller,
        proposal: &Proposal,
        effect: AccessClass,
        freshness: Freshness,
    ) -> Result<Decision, Refusal> {
        let nowhere = [Place::Nowhere];
        let places = if proposal.places.is_empty() { nowhere.as_slice() } else { &proposal.places };
        let mut decision = Decision::Allow;
        for place in places {
            let standing = self.standing(caller, place, freshness).await?;
            if self.judge(caller, proposal.tool, effect, standing).await? == Decision::NeedsApproval {
                decision = Decision::NeedsApproval;
            }
        }
        Ok(decision)
    }

    async fn judge(
        &self,
        caller: &Caller,
        tool: ToolFacts,
        class: AccessClass,
        standing: Standing,
    ) -> Result<Decision, Refusal> {
        let ask = Ask { tool: tool.name, group: tool.group, class, standing };
        match decide(&caller.profile, &ask, self.recorder.usage(&caller.agent)) {
            Decision::Refuse(reason) => {
                self.write_down(row(caller, tool, class, Event::Refused(reason))).await?;
                Err(Refusal::of(&caller.profile, reason, tool.name, tool.group, class))
            }
            decision => Ok(decision),
        }
    }

    async fn approved(&self, caller: &Caller, proposal: &Proposal, effect: AccessClass) -> Result<String, Refusal> {
        // A person decides on what the write amounts to, not on what it was planned as.
        let raised = Proposal { effect, ..proposal.clone() };
        let verdict = self.approver.ask(caller, &raised).await;
        let refusal = match &verdict {
            Verdict::Approved { by } => return Ok(by.clone()),
            Verdict::Denied { by, reason } => Refusal::Denied { by: by.clone(), reason: reason.clone() },
            Verdict::Waiting => Refusal::NotDecided,
            Verdict::NoApprover => Refusal::NoApprover { profile: caller.profile.name.clone() },
        };
        let event = Event::NotApproved(verdict);
        let approval = Some(proposal.approval.clone());
        self.write_down(Row { approval, ..row(caller, proposal.tool, effect, event) }).await?;
        Err(refusal)
    }

    async fn standing(&self, caller: &Caller, place: &Place, freshness: Freshness) -> Result<Standing, Refusal> {
        scope::standing(&caller.profile.scope, place, &*self.locator, freshness)
            .await
            .map_err(|error| Refusal::NotLocated(error.to_string()))
    }

    async fn write_down(&self, row: Row) -> Result<(), Refusal> {
        Ok(self.recorder.record(row).await?)
    }
}

/// A row about this call.
fn row(caller: &Caller, tool: ToolFacts, class: AccessClass, event: Event) -> Row {
    Row {
        agent: caller.agent.clone(),
        profile: caller.profile.name.clone(),
        revision: caller.profile.revision,
        tool: tool.name.to_owned(),
        class,
        approval: None,
        event,
    }
}

/// Whether a tool could ever pass under a profile: what tools/list shows and what a hidden tool's call is refused by.
pub fn may_ever(caller: &Caller, tool: ToolFacts) -> Result<(), Reason> {
    could_ever(&caller.profile, tool)
}

/// Whether a tool could ever pass under a profile, whoever calls.
pub fn could_ever(profile: &Profile, tool: ToolFacts) -> Result<(), Reason> {
    let ask = Ask { tool: tool.name, group: tool.group, class: tool.class, standing: Standing::NotYetKnown };
    match decide(profile, &ask, super::Usage::default()) {
        Decision::Refuse(reason @ (Reason::WritesSpent | Reason::DeletesSpent)) => {
            // A limit of zero can never be met; any other will have room again.
            let never = match reason {
                Reason::WritesSpent => profile.limits.writes_per_hour == Some(0),
                _ => profile.limits.deletes_per_day == Some(0),
            };
            if never { Err(reason) } else { Ok(()) }
        }
        Decision::Refuse(reason) => Err(reason),
        Decision::Allow | Decision::NeedsApproval => Ok(()),
    }
}
