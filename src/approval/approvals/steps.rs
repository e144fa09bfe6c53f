//! Several writes decided on as one: each gets its record, with that decision, when it is its turn.

use crate::store::{Batch, StoreError};

use super::super::record::{Asked, Decision, Kept, Record, State};
use super::{Approvals, Stuck};

impl Approvals {
    /// Gives a step of `set` its record, approved by whoever approved the set, unless it has one.
    pub(in crate::approval) async fn begin_step(&self, set: &Record, step: &Asked) -> Result<(), StoreError> {
        loop {
            if self.get(&step.id).await?.is_some() {
                return Ok(());
            }
            let (same_is, _) = self.latest_same(step.same).await?;
            let decision = set.decision.clone().map(|decision| Decision { seal: step.seal(), ..decision });
            let by = decision.as_ref().map_or_else(|| step.agent.to_string(), |decision| decision.by.clone());
            let record = Record::new(step.clone(), State::Approved, decision, set.execute_by);
            let mut entry = self.entry(&record, &by, "approved");
            entry.why = Some(format!("as a part of {}", set.asked.id));
            entry.shape = Some(step.shape.clone());
            // It becomes durable with the intent, before anything is sent.
            match self.add(record, same_is, Batch::new().append(entry.row()).soon()).await {
                Ok(_) => return Ok(()),
                // An equal request got its record at the same moment.
                Err(Stuck::Moved) => {}
                Err(Stuck::Store(error)) => return Err(error),
                Err(Stuck::Impossible { .. }) => return Err(StoreError::Conflict { table: "approval" }),
            }
        }
    }

    /// Everything that lies beside a record, and beside its steps that have no record of their own.
    pub(super) async fn parts(&self, asked: &Asked) -> Result<Vec<Kept>, StoreError> {
        let mut parts: Vec<Kept> = asked.parts().cloned().collect();
        if let Some(steps) = &asked.steps {
            // Where the list itself is damaged, nobody knows what it named.
            for step in steps.read(&*self.store).await.unwrap_or_default() {
                if self.get(&step.id).await?.is_none() {
                    parts.extend(step.parts().cloned());
                }
            }
        }
        Ok(parts)
    }
}
