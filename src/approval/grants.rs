//! Standing grants: a person's yes in advance, for one agent, one tool, one space and a while.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::Entry;
use crate::domain::place::SpaceName;
use crate::policy::ask::AgentId;
use crate::policy::profile::ApprovedBy;
use crate::store::{Batch, Key, Scan, Store, StoreError, Table};

use super::approvals::Approvals;
use super::record::{Asked, Touched};
use super::rules::Decider;

const GRANTS: Table = Table::new("grant");

/// A yes in advance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id, such as `gr-1f…`.
    pub id: String,
    /// For this agent.
    pub agent: AgentId,
    /// For this tool.
    pub tool: String,
    /// In this space.
    pub space: SpaceName,
    /// Until then.
    pub until: Timestamp,
    /// Whose yes.
    pub by: String,
    /// Whether that person proved to be an approver.
    pub proven: Proven,
    /// Since when.
    pub at: Timestamp,
}

/// Whether a person proved to be who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proven {
    /// By an approver's secret.
    Yes,
    /// No approver has been set up.
    No,
}

impl Grant {
    /// How decisions name it.
    pub fn words(&self) -> String {
        format!("{} in advance ({})", self.by, self.id)
    }

    /// Whether it covers this write now. What amounts to more than the tool declares was not meant.
    fn covers(&self, asked: &Asked, now: Timestamp) -> bool {
        let here = |space: &Touched| match &self.space {
            SpaceName::Id(id) => *id == space.id,
            SpaceName::Key(key) => key.as_str().eq_ignore_ascii_case(space.key.as_str()),
        };
        let for_this = self.agent == asked.agent && self.tool == asked.tool && now < self.until;
        let second_eyes = asked.by != ApprovedBy::FourEyes || self.proven == Proven::Yes && self.by != asked.owner;
        for_this
            && second_eyes
            && asked.effect == asked.class
            // What several writes are is said by no name of a tool.
            && asked.steps.is_none()
            && !asked.spaces.is_empty()
            && asked.spaces.iter().all(here)
    }
}

/// The grant that covers a write, if any.
pub(super) async fn covering(store: &dyn Store, asked: &Asked, now: Timestamp) -> Result<Option<Grant>, StoreError> {
    Ok(all(store).await?.into_iter().find(|grant| grant.covers(asked, now)))
}

async fn all(store: &dyn Store) -> Result<Vec<Grant>, StoreError> {
    let found = store.scan(Scan::of(GRANTS, 10_000)).await?;
    Ok(found.iter().filter_map(|(_, record)| serde_json::from_slice(&record.value).ok()).collect())
}

impl Approvals {
    /// Says yes in advance.
    pub async fn grant(
        &self,
        agent: AgentId,
        tool: String,
        space: SpaceName,
        until: Timestamp,
        by: &Decider,
    ) -> Result<Grant, StoreError> {
        let id = self.new_id()?.as_str().replacen("ap-", "gr-", 1).chars().take(11).collect();
        let proven = if matches!(by, Decider::Approver { .. }) { Proven::Yes } else { Proven::No };
        let grant = Grant { id, agent, tool, space, until, by: by.name().to_owned(), proven, at: self.now() };
        let entry = Entry {
            tool: Some(grant.tool.clone()),
            target: Some(format!("space {}", grant.space)),
            why: Some(format!("{} for {} until {}", grant.id, grant.agent, grant.until)),
            ..Entry::new(grant.at, &*grant.by, "granted")
        };
        let value = serde_json::to_vec(&grant).unwrap_or_default();
        self.store().commit(Batch::new().put(Key::new(GRANTS, &grant.id), value).append(entry.row())).await?;
        Ok(grant)
    }

    /// The grants that still hold.
    pub async fn grants(&self) -> Result<Vec<Grant>, StoreError> {
        let now = self.now();
        Ok(all(self.store()).await?.into_iter().filter(|grant| now < grant.until).collect())
    }

    /// Takes a grant back; whether there was one.
    pub async fn revoke_grant(&self, id: &str, who: &str) -> Result<bool, StoreError> {
        let key = Key::new(GRANTS, id);
        let there = self.store().get(&key).await?.is_some();
        if there {
            let entry = Entry { why: Some(id.to_owned()), ..Entry::new(self.now(), who, "grant_revoked") };
            self.store().commit(Batch::new().remove(key).append(entry.row())).await?;
        }
        Ok(there)
    }

    /// Drops grants that ended.
    pub(super) async fn drop_ended_grants(&self) -> Result<(), StoreError> {
        let now = self.now();
        let ended = all(self.store()).await?.into_iter().filter(|grant| now >= grant.until);
        let batch = ended.fold(Batch::new().soon(), |batch, grant| batch.remove(Key::new(GRANTS, &grant.id)));
        self.store().commit(batch).await
    }
}
