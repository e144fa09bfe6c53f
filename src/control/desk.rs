//! Answers the questions, each by what the queue of writes, the trail and the store do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use tokio::sync::mpsc;

use super::claims::rights;
use super::{Claim, Connections, ControlError, Copied, Listed, Question, Reached, Reply, Shown, Which};
use crate::approval::record::{Record, Says};
use crate::approval::{Approvals, Decider, Forgotten, State};
use crate::audit::Trail;
use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::ApprovalId;
use crate::domain::place::SpaceName;
use crate::domain::spelling::nearest;
use crate::domain::text::{one_line, quoted};
use crate::people::{Agents, Attempts, Links, Validity};
use crate::policy::ask::AgentId;
use crate::store::embedded::EmbeddedStore;
use crate::sync::{Kind, Status};
use crate::tools;

/// Longest list.
const LONGEST_LIST: usize = 500;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 1000;
/// Longest time a grant holds, in minutes.
const LONGEST_GRANT: u32 = 7 * 24 * 60;

/// What a desk is made of.
pub struct Parts {
    /// The queue of writes.
    pub approvals: Arc<Approvals>,
    /// The audit trail.
    pub trail: Arc<Trail>,
    /// The store on disk, where it is there.
    pub store: Option<Arc<EmbeddedStore>>,
    /// The connections that are open.
    pub connections: Arc<Connections>,
    /// What is copied, where anything is.
    pub copied: Option<Arc<dyn Copied>>,
    /// Base of the pages where people decide, where there are any.
    pub dashboard: Option<String>,
    /// Where `approvers.toml` stands.
    pub approvers: PathBuf,
    /// Where `agents.toml` stands.
    pub agents: PathBuf,
    /// Name of the system's user: who decides where no approver has been set up.
    pub user: String,
    /// Hands the data directory over, where whoever owns it goes on without; whether it did.
    pub hand_over: Box<dyn Fn() -> bool + Send + Sync>,
    /// What cannot be used of the files that say who may do what.
    pub mistakes: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Where people ask about one data directory and decide; one for each, so that failed attempts count together.
pub struct Desk {
    pub(super) parts: Parts,
    pub(super) attempts: Attempts,
    links: Links,
}

impl Desk {
    /// A desk; nobody has failed to prove anything yet.
    pub fn new(parts: Parts) -> Self {
        Self { attempts: Attempts::new(Arc::clone(&parts.clock)), links: Links::default(), parts }
    }

    /// Answers a question with every reply there is, the last of several being [`Reply::Done`]. It stops when nobody
    /// takes replies any more.
    pub async fn serve(&self, question: Question, replies: &mpsc::Sender<Reply>) -> Result<(), ControlError> {
        match question {
            Question::Watch => self.watch(replies).await,
            Question::Rows { filter, limit } => self.newest_rows(&filter, limit, replies).await,
            Question::Export { filter } => self.all_rows(&filter, replies).await,
            question => {
                let waits = matches!(question, Question::Wait { .. });
                let reply = tokio::select! {
                    reply = self.answer(question) => reply?,
                    () = replies.closed(), if waits => return Ok(()),
                };
                // Whoever left needs no reply.
                let _ = replies.send(reply).await;
                Ok(())
            }
        }
    }

    /// Answers a question that has one reply.
    pub async fn answer(&self, question: Question) -> Result<Reply, ControlError> {
        let approvals = &self.parts.approvals;
        match question {
            Question::Approvers => Ok(Reply::Approvers { set_up: !self.approvers().await?.is_empty() }),
            Question::List { which, agent, limit } => self.list(which, agent.as_ref(), limit).await,
            Question::Show { id } => self.shown(&id).await,
            Question::Wait { id, seconds } => self.wait(id, Duration::from_secs(seconds.into())).await,
            Question::Decide { id, seal, says, reason, who } => self.decide(&id, seal, says, reason, &who).await,
            Question::Settle { id, happened, who } => self.settle(&id, happened, &who).await,
            Question::Undo { id, who } => self.take_back(&id, &who).await,
            Question::Grant { agent, tool, space, minutes, who } => {
                self.grant(agent, &tool, space, minutes, &who).await
            }
            Question::Grants => Ok(Reply::Grants(approvals.grants().await?)),
            Question::RevokeGrant { id, who } => {
                let who = self.proven(&who).await?;
                let there = approvals.revoke_grant(&id, who.name()).await?;
                if there { Ok(Reply::Done) } else { Err(ControlError::NoGrant(quoted(&id, 40))) }
            }
            Question::Pause { who } => {
                let who = self.proven(&who).await?;
                approvals.pause(who.name()).await?;
                Ok(Reply::Done)
            }
            Question::Resume { who } => {
                let who = self.proven(&who).await?;
                approvals.resume(who.name()).await?;
                Ok(Reply::Done)
            }
            Question::Revoke { agent, who } => self.revoke(&agent, &who).await,
            Question::ForgetConnection { connection, who } => self.forget_connection(&connection, &who).await,
            Question::Verify { head, moved_away } => self.verify(head.as_deref(), moved_away).await,
            Question::Check => self.check().await,
            Question::Backup { file } => self.backup(&file).await,
            Question::Link => self.link().await,
            Question::HandOver if (self.parts.hand_over)() => Ok(Reply::Done),
            Question::HandOver => Err(ControlError::Kept),
            Question::Quotas => Ok(Reply::Quotas(self.parts.connections.quotas())),
            Question::Syncs { ask } => Ok(Reply::Syncs(self.syncs(ask))),
            Question::Sources { ask } => Ok(Reply::Sources(match &self.parts.copied {
                Some(copied) => copied.sources(ask).await,
                None => Vec::new(),
            })),
            Question::ForgetCopies { name } => {
                if let Some(copied) = &self.parts.copied {
                    copied.forget(&name).await.map_err(ControlError::Copies)?;
                }
                Ok(Reply::Done)
            }
            Question::Mistakes => Ok(Reply::Mistakes((self.parts.mistakes)())),
            Question::Watch | Question::Rows { .. } | Question::Export { .. } => {
                Err(ControlError::NotUnderstood("it has many replies".to_owned()))
            }
        }
    }

    /// The queue of writes.
    pub fn approvals(&self) -> &Arc<Approvals> {
        &self.parts.approvals
    }

    /// The audit trail.
    pub fn trail(&self) -> &Arc<Trail> {
        &self.parts.trail
    }

    /// The links that let people into the dashboard.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// A link is for the one person at this machine: where somebody can sign in, it would be a way past that.
    async fn link(&self) -> Result<Reply, ControlError> {
        let dashboard = self.parts.dashboard.as_ref().ok_or(ControlError::NoDashboard)?;
        if !self.approvers().await?.is_empty() {
            return Err(ControlError::SignIn(format!("{dashboard}/sign-in")));
        }
        let link = self.links.make(self.parts.clock.steady())?;
        Ok(Reply::Link(format!("{dashboard}/enter/{}", link.expose_secret())))
    }

    /// Asks for syncs, where any are asked for, and says how it stands.
    fn syncs(&self, ask: Option<Kind>) -> Vec<Status> {
        let syncs = self.parts.connections.syncs();
        if let Some(kind) = ask {
            for sync in &syncs {
                sync.ask(kind);
            }
        }
        syncs.iter().map(|sync| sync.status()).collect()
    }

    async fn wait(&self, id: ApprovalId, patience: Duration) -> Result<Reply, ControlError> {
        match self.parts.approvals.wait(&id, patience, State::is_settled).await? {
            Some(record) => self.of(&record).await,
            None => Err(ControlError::Absent(id)),
        }
    }

    async fn list(&self, which: Which, agent: Option<&AgentId>, limit: usize) -> Result<Reply, ControlError> {
        let fits = |record: &Record| which == Which::All || !record.state.is_final();
        let records = self.parts.approvals.list(agent, fits, limit.min(LONGEST_LIST)).await?;
        let paused = self.parts.approvals.paused().await?;
        Ok(Reply::List { approvals: records.iter().map(Listed::of).collect(), paused })
    }

    pub(super) async fn record(&self, id: &ApprovalId) -> Result<Record, ControlError> {
        self.parts.approvals.get(id).await?.ok_or_else(|| ControlError::Absent(id.clone()))
    }

    async fn shown(&self, id: &ApprovalId) -> Result<Reply, ControlError> {
        self.of(&self.record(id).await?).await
    }

    async fn of(&self, record: &Record) -> Result<Reply, ControlError> {
        Ok(Reply::Shown(Box::new(self.show(record).await?)))
    }

    pub(super) async fn show(&self, record: &Record) -> Result<Shown, ControlError> {
        let open = self.parts.connections.get(&record.asked.connection).is_some();
        let reached = if open { Reached::Yes } else { Reached::No };
        Ok(Shown::of(record, reached, self.parts.approvals.store()).await?)
    }

    async fn decide(
        &self,
        id: &ApprovalId,
        seal: Digest,
        says: Says,
        reason: Option<String>,
        who: &Claim,
    ) -> Result<Reply, ControlError> {
        let who = self.proven(who).await?;
        let reason = reason.map(|reason| one_line(&reason, LONGEST_REASON)).filter(|reason| !reason.is_empty());
        let record = self.parts.approvals.decide(id, seal, &who, says, reason).await?;
        self.of(&record).await
    }

    async fn settle(&self, id: &ApprovalId, happened: Says, who: &Claim) -> Result<Reply, ControlError> {
        let who = self.proven(who).await?;
        let record = self.record(id).await?;
        rights(&who).cover(record.asked.effect, &record.asked.spaces)?;
        let record = self.parts.approvals.settle_by_hand(id, who.name(), happened).await?;
        self.of(&record).await
    }

    async fn grant(
        &self,
        agent: AgentId,
        tool: &str,
        space: SpaceName,
        minutes: u32,
        who: &Claim,
    ) -> Result<Reply, ControlError> {
        let entry = tools::find(tool).filter(|entry| entry.answer.is_some()).ok_or_else(|| {
            let writing = tools::catalog().filter(|entry| entry.answer.is_some()).map(|entry| entry.facts.name);
            let meant = nearest(tool, writing).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            ControlError::NoTool { tool: quoted(tool, 60), meant }
        })?;
        if entry.facts.group == Group::Matched {
            return Err(ControlError::NotInAdvance(entry.facts.name));
        }
        if minutes > LONGEST_GRANT {
            return Err(ControlError::TooLong);
        }
        let who = self.proven(who).await?;
        rights(&who).cover_named(entry.facts.class, &space)?;
        let approvals = &self.parts.approvals;
        let now = approvals.now();
        let until = now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(now);
        Ok(Reply::Granted(approvals.grant(agent, tool.to_owned(), space, until, &who).await?))
    }

    /// Forgets a connection in the name of whoever may.
    async fn forget_connection(&self, connection: &str, who: &Claim) -> Result<Reply, ControlError> {
        let who = self.proven(who).await?;
        self.parts.connections.remove(connection);
        let Forgotten { closed, removed, left } =
            self.parts.approvals.forget_connection(connection, who.name()).await?;
        Ok(Reply::Forgotten { closed, removed, left })
    }

    /// Cancels what an agent has waiting: by an approver, or because `agents.toml` lets it in no more, which is proof
    /// enough.
    async fn revoke(&self, agent: &AgentId, who: &Claim) -> Result<Reply, ControlError> {
        let who = match self.proven(who).await {
            Err(ControlError::NoSecret) if self.is_revoked(agent)? => self.parts.user.clone(),
            who => who?.name().to_owned(),
        };
        Ok(Reply::Cancelled(self.parts.approvals.revoke(agent, &who).await?))
    }

    fn is_revoked(&self, agent: &AgentId) -> Result<bool, ControlError> {
        let agents = Agents::load(&self.parts.agents)?;
        Ok(agents.get(agent).is_some_and(|agent| agent.validity == Validity::Revoked))
    }
}

/// How a person's own writes name their agent.
pub(super) fn in_person(who: &Decider) -> AgentId {
    AgentId::new(&format!("person:{}", who.name()))
}
