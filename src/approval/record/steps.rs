//! The writes that a record is made of where several are decided on as one, in their order.

use serde::{Deserialize, Serialize};

use crate::domain::ids::ApprovalId;
use crate::store::{Store, StoreError};

use super::Asked;
use super::kept::{Kept, PIECES};

/// Several writes. Each gets a record of its own, with the decision on all of them, once it is its turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// What was asked of each.
    pub(super) list: Kept,
    /// How many there are.
    pub count: usize,
    /// How many bytes of their requests lie beside.
    pub beside: usize,
}

impl Steps {
    /// Keeps what was asked of each as a part of the record `id`.
    pub async fn keep(store: &dyn Store, id: &ApprovalId, steps: &[Asked]) -> Result<Self, StoreError> {
        // Like records themselves: text, numbers and times alone.
        let list = serde_json::to_vec(steps).unwrap_or_default();
        let beside = steps.iter().map(Asked::beside).sum();
        Ok(Self { list: Kept::keep(store, id, "steps", list.into()).await?, count: steps.len(), beside })
    }

    /// What was asked of each; damaged where it is not what was kept.
    pub async fn read(&self, store: &dyn Store) -> Result<Vec<Asked>, StoreError> {
        let list = self.list.read(store).await?;
        let steps: Vec<Asked> =
            serde_json::from_slice(&list).map_err(|_| StoreError::Damaged { table: PIECES.name() })?;
        if steps.len() == self.count { Ok(steps) } else { Err(StoreError::Damaged { table: PIECES.name() }) }
    }
}
