//! The line to one connected site: carries approved writes out, once each, and finds out about those whose answer was lost.

mod fate;
mod looking;
mod steps;

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _, TryFutureExt as _};

use crate::confluence::client::Client;
use crate::confluence::failure::Failure;
use crate::confluence::reply::Reply;
use crate::confluence::request::{Request, Thawed};
use crate::domain::access::WriteAccess;
use crate::domain::ids::{ApprovalId, VersionNumber};
use crate::policy::ports::Freshness;
use crate::policy::{Caller, Gate, Permit, Profile, Proposal, Refusal, ToolFacts};
use crate::store::StoreError;

use super::approvals::{Approvals, Carrier, Loaded};
use super::record::{Asked, Record, State, Told, Via};

/// Says what an agent may do now.
pub trait Mandates: Send + Sync {
    /// The agent's profile as it is now. That it is never wider than when the agent asked is the line's business.
    fn now(&self, asked: &Asked) -> Result<Arc<Profile>, NoLonger>;
}

/// Why an agent may do nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLonger {
    /// It was revoked.
    #[error("the agent was revoked")]
    Revoked,
    /// Its profile cannot be read.
    #[error("the agent's profile cannot be read: {0}")]
    Unreadable(String),
}

/// Knows the tools: what they declare, and how they read Confluence's answer.
pub trait Answers: Send + Sync {
    /// What policy judges the tool by.
    fn facts(&self, asked: &Asked) -> Option<ToolFacts>;

    /// The name of every tool.
    fn names(&self) -> Vec<&'static str>;

    /// The tool's answer to the reply to its request.
    fn answer(&self, asked: &Asked, sent: &ToAnswer<'_>, reply: &Reply) -> Result<Answered, Failure>;

    /// The tool's answer where the reply was lost and the effect was found.
    fn found(&self, asked: &Asked, id: Option<String>, version: Option<VersionNumber>) -> Answered;

    /// The answer to several writes that all took effect, with what became of each.
    fn all_done(&self, report: String) -> Answered;
}

/// What a reply answers.
pub struct ToAnswer<'a> {
    /// The arguments of the call.
    pub arguments: &'a [u8],
    /// The body of the request; nothing where it is a file.
    pub body: &'a [u8],
}

/// A tool's answer, and what it made or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// What the agent is told.
    pub told: Told,
    /// Id of what was made or changed.
    pub id: Option<String>,
    /// Its version.
    pub version: Option<VersionNumber>,
}

/// What a line is made of.
pub struct Line {
    /// The gate.
    pub gate: Arc<Gate>,
    /// The way out.
    pub client: Client,
    /// The queue.
    pub approvals: Arc<Approvals>,
    /// What agents may do.
    pub mandates: Arc<dyn Mandates>,
    /// What tools answer.
    pub answers: Arc<dyn Answers>,
}

impl Carrier for Line {
    fn carry_out(self: Arc<Self>, id: ApprovalId) -> BoxFuture<'static, ()> {
        async move {
            let Some(_busy) = self.approvals.begin(&id) else { return };
            if let Err(error) = self.carry(&id).await {
                tracing::error!(%id, %error, "an approved write could not be carried out");
            }
        }
        .boxed()
    }

    fn reconcile(self: Arc<Self>, id: ApprovalId) -> BoxFuture<'static, ()> {
        async move {
            let Some(_busy) = self.approvals.begin(&id) else { return };
            let looked = match self.look(&id).await {
                Ok(true) => self.carry(&id).await,
                other => other.map(drop),
            };
            if let Err(error) = looked {
                tracing::error!(%id, %error, "what became of a write could not be found out");
            }
        }
        .boxed()
    }
}

impl Line {
    /// Sends the write until it is known what became of it, or somebody else has to go on.
    async fn carry(&self, id: &ApprovalId) -> Result<(), StoreError> {
        loop {
            let Some(loaded) = self.approvals.load(id).await? else { return Ok(()) };
            let go_on = match loaded.record.state {
                State::Approved => self.send_once(&loaded).await?,
                State::Unknown => self.look(id).await?,
                _ => false,
            };
            if !go_on {
                return Ok(());
            }
        }
    }

    /// Judges, writes the intent down and sends, once. Whether to look at the record again.
    async fn send_once(&self, loaded: &Loaded) -> Result<bool, StoreError> {
        let asked = &loaded.record.asked;
        if self.approvals.paused().await?.is_some() {
            return Ok(false);
        }
        if asked.steps.is_some() {
            return self.carry_steps(loaded).await;
        }
        let store = self.approvals.store();
        let read = asked.arguments.read(store).and_then(|_| asked.body.read(store));
        let body = match read.await {
            Ok(body) => body,
            Err(StoreError::Damaged { .. }) => {
                self.approvals.reject_tampered(loaded).await?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let (true, Some(tool), Ok(request)) =
            (loaded.record.is_intact(), self.answers.facts(asked), asked.request.thaw(body))
        else {
            self.approvals.reject_tampered(loaded).await?;
            return Ok(false);
        };
        let profile = match self.profile(asked).await? {
            Ok(profile) => profile,
            Err(no_longer) => {
                self.approvals.end(loaded, State::Cancelled, "sluice", &no_longer.to_string()).await?;
                return Ok(false);
            }
        };
        let caller = Caller::new(asked.agent.clone(), profile);
        let proposal = proposal(asked, tool, String::new());
        match request {
            Thawed::Create(request) => self.pass_and_send(loaded, &caller, &proposal, request).await,
            Thawed::Update(request) => self.pass_and_send(loaded, &caller, &proposal, request).await,
            Thawed::Delete(request) => self.pass_and_send(loaded, &caller, &proposal, request).await,
        }
    }

    /// What the agent may do now, and never more than when it asked.
    async fn profile(&self, asked: &Asked) -> Result<Result<Arc<Profile>, NoLonger>, StoreError> {
        let now = match self.mandates.now(asked) {
            Ok(profile) if profile.revision == asked.revision => return Ok(Ok(profile)),
            Ok(profile) => profile,
            Err(no_longer) => return Ok(Err(no_longer)),
        };
        let then = self.approvals.profile_then(asked, &self.answers.names()).await?;
        Ok(then.map(|then| Arc::new(now.narrowed_by(&then))))
    }

    async fn pass_and_send<A: WriteAccess>(
        &self,
        loaded: &Loaded,
        caller: &Caller,
        proposal: &Proposal,
        request: Request<A>,
    ) -> Result<bool, StoreError> {
        let permit: Permit<A> = match self.gate.pass(caller, proposal, freshness(&loaded.record)).await {
            Ok(permit) => permit,
            Err(refusal) => {
                self.refused(loaded, &refusal).await?;
                return Ok(false);
            }
        };
        let sent = self.client.send(permit, request).await;
        self.settle(&proposal.approval, sent).await
    }

    /// The gate stopped it: for now, where the record or the site could not be asked; for good otherwise.
    async fn refused(&self, loaded: &Loaded, refusal: &Refusal) -> Result<(), StoreError> {
        match refusal {
            Refusal::NotRecorded | Refusal::NotLocated(_) | Refusal::NotInForce => Ok(()),
            Refusal::NotDecided => {
                self.approvals.end(loaded, State::Cancelled, "sluice", "the profile now requires approval").await
            }
            refusal => self.approvals.end(loaded, State::Cancelled, "sluice", &refusal.to_string()).await,
        }
    }
}

/// What policy let pass at once was looked up when it was weighed, a moment ago; whatever a person decided on, or was
/// sent before, may have moved since.
fn freshness(record: &Record) -> Freshness {
    let at_once = record.decision.as_ref().is_some_and(|decision| decision.via == Via::Policy);
    if at_once && record.attempts == 0 { Freshness::Recent } else { Freshness::Live }
}

/// What was asked, as policy judges it.
pub fn proposal(asked: &Asked, tool: ToolFacts, preview: String) -> Proposal {
    Proposal {
        approval: asked.id.clone(),
        tool,
        effect: asked.effect,
        places: asked.places.clone(),
        target: asked.target.clone(),
        summary: asked.summary.clone(),
        preview,
        digest: asked.request.digest(),
    }
}
