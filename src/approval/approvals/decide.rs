//! How people end what waits: yes, no, withdrawn, revoked, paused, or settled by somebody who looked.

use serde::{Deserialize, Serialize};

use jiff::Timestamp;

use crate::audit::Entry;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::domain::limits::EXECUTE_WITHIN;
use crate::policy::ask::AgentId;
use crate::store::{Batch, Key, StoreError, Table};

use super::super::record::{Decision, Known, Outcome, Record, Says, State};
use super::super::rules::{Decider, NotYours, may_decide};
use super::{Approvals, Loaded, Stuck};

/// Switches of the whole data directory.
const SWITCHES: Table = Table::new("switch");

/// Why a decision was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// There is no such record.
    #[error("there is no approval `{0}`")]
    Absent(ApprovalId),
    /// Somebody was faster.
    #[error("{by} has already {}: it is {state}", said(*says))]
    Decided {
        /// Who.
        by: String,
        /// What.
        says: Says,
        /// How far it is now.
        state: State,
    },
    /// It waits no longer.
    #[error("it no longer waits: it is {0}")]
    Over(State),
    /// What was on the screen is not what waits.
    #[error("this is not what was shown; look at it again, then decide")]
    OtherSeal,
    /// The record is not what was asked.
    #[error("the record is not what was asked; nothing is sent, and the audit trail says so")]
    Tampered,
    /// Not for this person to decide.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const fn said(says: Says) -> &'static str {
    match says {
        Says::Yes => "approved it",
        Says::No => "denied it",
    }
}

/// Nothing is written while this is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who paused it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Approvals {
    /// Decides on a write. `seal` is the fingerprint that was on the screen. The first decision stands; later ones
    /// are told by whom it was made.
    pub async fn decide(
        &self,
        id: &ApprovalId,
        seal: Digest,
        who: &Decider,
        says: Says,
        reason: Option<String>,
    ) -> Result<Record, DecideError> {
        loop {
            let loaded = self.load(id).await?.ok_or_else(|| DecideError::Absent(id.clone()))?;
            self.may_be_decided(&loaded, seal, who, says).await?;
            let now = self.now();
            let (state, event) = match says {
                Says::Yes => (State::Approved, "approved"),
                Says::No => (State::Denied, "denied"),
            };
            let decision =
                Decision { says, by: who.name().to_owned(), via: who.via(), at: now, reason: reason.clone(), seal };
            let mut entry = self.entry(&loaded.record, who.name(), event);
            entry.why = Some(format!("in the {}", who.via().word()));
            let edit = |record: &mut Record| {
                record.state = state;
                record.decision = Some(decision);
                record.execute_by = (says == Says::Yes).then(|| now + EXECUTE_WITHIN);
            };
            match self.change(&loaded, entry, edit).await {
                Ok(Loaded { record, .. }) => {
                    if says == Says::Yes {
                        self.start(&record);
                    }
                    return Ok(record);
                }
                Err(Stuck::Moved) => {}
                Err(Stuck::Store(error)) => return Err(error.into()),
                Err(Stuck::Impossible { from, .. }) => return Err(DecideError::Over(from)),
            }
        }
    }

    async fn may_be_decided(
        &self,
        loaded: &Loaded,
        seal: Digest,
        who: &Decider,
        says: Says,
    ) -> Result<(), DecideError> {
        let record = &loaded.record;
        if record.state != State::Pending {
            return Err(match &record.decision {
                Some(Decision { by, says, .. }) => {
                    DecideError::Decided { by: by.clone(), says: *says, state: record.state }
                }
                None => DecideError::Over(record.state),
            });
        }
        if !record.is_intact() {
            self.reject_tampered(loaded).await?;
            return Err(DecideError::Tampered);
        }
        if self.is_past(record, record.asked.decide_by) {
            self.end(loaded, State::Expired, "sluice", "nobody decided in time").await?;
            return Err(DecideError::Over(State::Expired));
        }
        if seal != record.seal {
            return Err(DecideError::OtherSeal);
        }
        Ok(may_decide(&record.asked, who, says)?)
    }

    /// Ends a record that is not what was asked, and says so loudly.
    pub(in crate::approval) async fn reject_tampered(&self, loaded: &Loaded) -> Result<(), StoreError> {
        tracing::error!(id = %loaded.record.asked.id, "the record of a write was changed from outside; it is not sent");
        self.end(loaded, State::RejectedTampered, "sluice", "the record is not what was asked").await
    }

    /// Ends what was not sent; a record that moved on meanwhile is left alone. What was sent before and turned up
    /// nowhere is not sent again, but it may have been on its way: that is found out first.
    pub(in crate::approval) async fn end(
        &self,
        loaded: &Loaded,
        state: State,
        who: &str,
        why: &str,
    ) -> Result<(), StoreError> {
        let now = self.now();
        let in_doubt = loaded.record.doubt.is_some() && state != State::RejectedTampered;
        let mut entry = self.entry(&loaded.record, who, if in_doubt { "stopped" } else { state.word() });
        entry.why = Some(why.to_owned());
        let edit = |record: &mut Record| {
            record.state = if in_doubt { State::Unknown } else { state };
            record.execute_by = if in_doubt { Some(now) } else { record.execute_by };
            record.outcome = Some(Outcome { message: Some(why.to_owned()), ..Outcome::known(now, Known::NotSent) });
        };
        match self.change(loaded, entry, edit).await {
            Ok(_) | Err(Stuck::Moved | Stuck::Impossible { .. }) => Ok(()),
            Err(Stuck::Store(error)) => Err(error),
        }
    }

    /// Withdraws an agent's own write that was not sent yet, and gives the record as it is then; nothing where the
    /// agent has no such record.
    pub async fn withdraw(&self, agent: &AgentId, id: &ApprovalId) -> Result<Option<Record>, StoreError> {
        let Some(loaded) = self.load(id).await?.filter(|loaded| loaded.record.asked.agent == *agent) else {
            return Ok(None);
        };
        if loaded.record.state.may_become(State::Cancelled) {
            self.end(&loaded, State::Cancelled, agent.as_str(), "the agent withdrew it").await?;
        }
        self.get(id).await
    }

    /// Cancels everything an agent has waiting; how many there were.
    pub async fn revoke(&self, agent: &AgentId, who: &str) -> Result<usize, StoreError> {
        let mut cancelled = 0;
        for id in self.open_ids().await? {
            let Some(loaded) = self.load(&id).await?.filter(|loaded| loaded.record.asked.agent == *agent) else {
                continue;
            };
            if loaded.record.state.may_become(State::Cancelled) {
                self.end(&loaded, State::Cancelled, who, "the agent was revoked").await?;
                cancelled += 1;
            }
        }
        Ok(cancelled)
    }

    /// Says what became of a write that only a person can tell about.
    pub async fn settle_by_hand(&self, id: &ApprovalId, who: &str, happened: Says) -> Result<Record, DecideError> {
        let loaded = self.load(id).await?.ok_or_else(|| DecideError::Absent(id.clone()))?;
        if loaded.record.state != State::NeedsHuman {
            return Err(DecideError::Over(loaded.record.state));
        }
        let state = if happened == Says::Yes { State::Succeeded } else { State::Failed };
        let now = self.now();
        let message = Some(format!("{who} looked and said so"));
        let entry = self.entry(&loaded.record, who, state.word());
        let edit = |record: &mut Record| {
            record.state = state;
            record.outcome = Some(Outcome { message, ..Outcome::known(now, Known::Seen) });
        };
        match self.change(&loaded, entry, edit).await {
            Ok(Loaded { record, .. }) => Ok(record),
            Err(Stuck::Store(error)) => Err(error.into()),
            Err(Stuck::Moved | Stuck::Impossible { .. }) => Err(DecideError::Over(loaded.record.state)),
        }
    }

    /// Who paused all writing, where somebody has.
    pub async fn paused(&self) -> Result<Option<Pause>, StoreError> {
        let found = self.store.get(&Key::new(SWITCHES, "pause")).await?;
        // What cannot be read pauses too.
        let read = |value: &[u8]| {
            serde_json::from_slice(value).unwrap_or_else(|_| Pause { by: "somebody".into(), at: self.now() })
        };
        Ok(found.map(|record| read(&record.value)))
    }

    /// Stops every write from being sent, until [`Approvals::resume`].
    pub async fn pause(&self, who: &str) -> Result<(), StoreError> {
        let pause = Pause { by: who.to_owned(), at: self.now() };
        let value = serde_json::to_vec(&pause).unwrap_or_default();
        let entry = Entry::new(pause.at, who, "paused");
        self.store.commit(Batch::new().put(Key::new(SWITCHES, "pause"), value).append(entry.row())).await
    }

    /// Lets writes be sent again, and carries out what was approved meanwhile and has not expired.
    pub async fn resume(&self, who: &str) -> Result<(), StoreError> {
        let entry = Entry::new(self.now(), who, "resumed");
        self.store.commit(Batch::new().remove(Key::new(SWITCHES, "pause")).append(entry.row())).await?;
        self.take_up().await;
        Ok(())
    }
}
