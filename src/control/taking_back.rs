//! A person takes a write back, as a caller of their own under full access, as far as their rights go.

use std::sync::Arc;

use super::desk::in_person;
use super::{Claim, ControlError, Desk, Reply};
use crate::approval::Undo;
use crate::config::ProfileName;
use crate::domain::ids::ApprovalId;
use crate::people::PeopleError;
use crate::policy::Caller;
use crate::policy::ask::Written;
use crate::tools::{self, NotTakenBack};

/// What a person may do; the rights of the person narrow it.
const PROFILE: &str = "full-access";

impl Desk {
    pub(super) async fn take_back(&self, id: &ApprovalId, who: &Claim) -> Result<Reply, ControlError> {
        let who = self.proven(who).await?;
        let record = self.record(id).await?;
        Undo::of(&record).map_err(NotTakenBack::from)?;
        let connection = &record.asked.connection;
        let app =
            self.parts.connections.get(connection).ok_or_else(|| ControlError::NotConnected(connection.clone()))?;
        let name = ProfileName::Shipped(PROFILE.to_owned());
        let names: Vec<&str> = tools::catalog().map(|entry| entry.facts.name).collect();
        let profile = name.read(&names).map_err(PeopleError::from)?.profile;
        let written = Written { from: name.kept().into(), text: Arc::clone(&profile.written) };
        let caller = Caller {
            agent: in_person(&who),
            profile: Arc::new(profile),
            owner: who.name().into(),
            profiles: [written].into(),
            connection: None,
        };
        let records = app.take_back(caller, record, who).await?;
        let mut undone = Vec::with_capacity(records.len());
        for record in &records {
            undone.push(self.show(record).await?);
        }
        Ok(Reply::Undone(undone))
    }
}
