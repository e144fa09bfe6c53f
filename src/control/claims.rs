//! Makes people prove who they are.

use std::path::Path;

use super::{Claim, ControlError, Desk};
use crate::approval::record::Via;
use crate::approval::{Decider, Rights};
use crate::domain::access::AccessClass;
use crate::people::{Approver, Approvers};
use crate::store::{Batch, Key, Table};

/// Where people are named.
const NAMED: Table = Table::new("named");

impl Desk {
    /// Remembers where approvers are named, as soon as the data directory is open.
    pub async fn remember_approvers(&self) -> Result<(), ControlError> {
        self.approvers().await.map(drop)
    }

    /// The approvers as they are named now. The store remembers where they are named, so that nobody gets rid of them
    /// by asking from another configuration folder.
    pub(super) async fn approvers(&self) -> Result<Approvers, ControlError> {
        let approvers = Approvers::load(&self.parts.approvers)?;
        let here = self.parts.approvers.to_string_lossy();
        let (store, key) = (self.parts.approvals.store(), Key::new(NAMED, "approvers"));
        let remembered = store.get(&key).await?.map(|record| String::from_utf8_lossy(&record.value).into_owned());
        if !approvers.is_empty() {
            if remembered.as_deref() != Some(&*here) {
                store.commit(Batch::new().put(key, here.into_owned())).await?;
            }
            return Ok(approvers);
        }
        match remembered.filter(|there| *there != here) {
            Some(there) => Ok(Approvers::load(Path::new(&there))?),
            None => Ok(approvers),
        }
    }

    /// Who makes this claim. A secret that is nobody's counts as a failed attempt, and after too many of them nobody's
    /// is looked at for a while.
    pub(super) async fn proven(&self, claim: &Claim) -> Result<Decider, ControlError> {
        let approvers = self.approvers().await?;
        let via = Via::Terminal;
        match claim {
            Claim::Proven(who) => Ok(who.clone()),
            Claim::Anyone if approvers.is_empty() => Ok(Decider::Anyone { name: self.parts.user.clone(), via }),
            Claim::Anyone => Err(ControlError::NoSecret),
            Claim::Secret(_) if approvers.is_empty() => Err(ControlError::NobodySetUp),
            Claim::Secret(secret) => {
                let attempt = self.attempts.begin()?;
                let secret = secret.clone();
                let proving = tokio::task::spawn_blocking(move || approvers.prove(&secret));
                let approver = proving.await.map_err(|_| ControlError::Fault)?;
                match approver {
                    Ok(Approver { name, classes, spaces }) => {
                        attempt.succeeded();
                        Ok(Decider::Approver { name, via, rights: Rights { classes, spaces } })
                    }
                    Err(not_proven) => {
                        tracing::warn!("somebody tried to decide with a secret that is no approver's");
                        let row = self.parts.trail.entry("somebody", "not_proven");
                        self.parts.trail.note(row).await?;
                        Err(not_proven.into())
                    }
                }
            }
        }
    }
}

/// What somebody may approve.
pub(super) fn rights(who: &Decider) -> Rights {
    match who {
        Decider::Approver { rights, .. } => rights.clone(),
        Decider::Anyone { .. } => Rights::all(),
        Decider::Client | Decider::Hook => Rights { classes: [AccessClass::Read].into(), spaces: None },
    }
}
