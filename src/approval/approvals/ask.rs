//! How a write gets its record: once for equal requests, with the decision where policy or a grant has made it.

use crate::domain::digest::Digest;
use crate::domain::limits::{EXECUTE_WITHIN, PENDING_BYTES, PENDING_PER_AGENT, REPLAYED_FOR};
use crate::policy::ask::AgentId;
use crate::store::{Batch, StoreError};

use super::super::grants;
use super::super::record::{Asked, Decision, Kept, Record, Says, State, Via};
use super::super::rules::Decider;
use super::{Approvals, Loaded, Stuck, lock};

/// Whether a person has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The profile requires it.
    APerson,
    /// Policy alone says yes.
    Nobody,
    /// A person has said yes already: it is that person's own write.
    Said(Decider),
}

/// Why a write got no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// Writing is paused.
    #[error("writing is paused by {by}")]
    Paused {
        /// Who paused it.
        by: String,
    },
    /// Too many writes of this agent wait already.
    #[error("{PENDING_PER_AGENT} writes of this agent wait for a person already")]
    TooMany,
    /// What waits takes up too much room already.
    #[error("the writes that wait for a person take up {} MiB already", PENDING_BYTES >> 20)]
    TooMuch,
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Approvals {
    /// The record that an equal request finds: one that is not final, or one that succeeded a short while ago.
    pub async fn equal(&self, agent: &AgentId, same: Digest) -> Result<Option<Record>, StoreError> {
        let (_, latest) = self.latest_same(same).await?;
        Ok(latest.filter(|record| record.asked.agent == *agent && self.stands_for_equals(record)))
    }

    fn stands_for_equals(&self, record: &Record) -> bool {
        let lately = |outcome: &super::super::record::Outcome| {
            self.now().duration_since(outcome.at).unsigned_abs() < REPLAYED_FOR && record.undone_by.is_none()
        };
        match record.state {
            State::Succeeded => record.outcome.as_ref().is_some_and(lately),
            state => !state.is_final(),
        }
    }

    /// Gives a write its record, or finds that of an equal one. One that needs a person waits in it, durably; one
    /// that does not is approved at once. Where it gets none of its own, what lies beside it is forgotten.
    pub async fn ask(&self, asked: Asked, wanted: &Wanted) -> Result<Record, AskError> {
        let (id, mut beside) = (asked.id.clone(), self.parts(&asked).await?);
        beside.retain(|kept| matches!(kept, Kept::Apart { .. }));
        let given = self.given(asked, wanted).await;
        let is_unused = match &given {
            Ok(record) => record.asked.id != id,
            Err(AskError::Paused { .. } | AskError::TooMany | AskError::TooMuch) => true,
            // It may have been written all the same.
            Err(AskError::Store(_)) => false,
        };
        for kept in beside.iter().filter(|_| is_unused) {
            kept.forget(&*self.store).await?;
        }
        given
    }

    async fn given(&self, asked: Asked, wanted: &Wanted) -> Result<Record, AskError> {
        if let Some(pause) = self.paused().await? {
            return Err(AskError::Paused { by: pause.by });
        }
        loop {
            let (same_is, latest) = self.latest_same(asked.same).await?;
            if let Some(known) = latest.filter(|record| self.stands_for_equals(record)) {
                return Ok(known);
            }
            let (record, by, event) = self.decided_at_once(asked.clone(), wanted).await?;
            if record.state == State::Pending && self.pending(&asked.agent) >= PENDING_PER_AGENT {
                return Err(AskError::TooMany);
            }
            if record.state == State::Pending && self.waiting_bytes() + asked.beside() > PENDING_BYTES {
                return Err(AskError::TooMuch);
            }
            let mut entry = self.entry(&record, &by, event);
            entry.shape = Some(asked.shape.clone());
            let batch = Batch::new().append(entry.row());
            let batch = if record.state == State::Pending {
                let preview = record.asked.preview.text(&*self.store).await?;
                self.announcer.announce(batch, &record, &preview)
            } else {
                // What policy approves at once becomes durable with the intent, before anything is sent.
                batch.soon()
            };
            match self.add(record, same_is, batch).await {
                Ok(Loaded { record, .. }) => return Ok(record),
                // An equal request was faster.
                Err(Stuck::Moved) => {}
                Err(Stuck::Store(error)) => return Err(error.into()),
                Err(Stuck::Impossible { .. }) => return Err(StoreError::Conflict { table: "approval" }.into()),
            }
        }
    }

    async fn decided_at_once(
        &self,
        asked: Asked,
        wanted: &Wanted,
    ) -> Result<(Record, String, &'static str), StoreError> {
        let now = self.now();
        let yes = |by: String, via, seal| Decision { says: Says::Yes, by, via, at: now, reason: None, seal };
        let agent = asked.agent.to_string();
        let (by, via) = match wanted {
            Wanted::Nobody => ("policy".to_owned(), Via::Policy),
            Wanted::Said(who) => (who.name().to_owned(), who.via()),
            Wanted::APerson => match grants::covering(&*self.store, &asked, now).await? {
                Some(grant) => (grant.words(), Via::Grant),
                None => return Ok((Record::new(asked, State::Pending, None, None), agent, "asked")),
            },
        };
        let seal = asked.seal();
        let record = Record::new(asked, State::Approved, Some(yes(by.clone(), via, seal)), Some(now + EXECUTE_WITHIN));
        Ok(if via == Via::Policy { (record, agent, "asked") } else { (record, by, "approved") })
    }

    /// How much the requests of all writes that wait for a person take up.
    fn waiting_bytes(&self) -> usize {
        let waits = |open: &&super::Open| open.state == State::Pending;
        lock(&self.open).values().filter(waits).map(|open| open.bytes).sum()
    }

    /// How many writes of an agent wait for a person.
    fn pending(&self, agent: &AgentId) -> usize {
        let waits = |open: &&super::Open| open.agent == *agent && open.state == State::Pending;
        lock(&self.open).values().filter(waits).count()
    }
}
