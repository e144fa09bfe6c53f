//! A person takes a write back: the inverse is planned with full access, judged by the person's rights, and sent.

use serde_json::{Map, Value, json};

use crate::approval::record::Record;
use crate::approval::rules::NotYours;
use crate::approval::{Decider, NotUndone, Plan, Undo};
use crate::domain::access::WriteAccess;
use crate::domain::ids::ApprovalId;
use crate::domain::shape::shape;
use crate::policy::ToolFacts;
use crate::store::StoreError;

use super::undo::{AnyPlan, Made, inverse};
use super::{Call, Submission};
use crate::tools::{Reads, ToolError};

/// Why a write was not taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTakenBack {
    /// It cannot be undone.
    #[error(transparent)]
    NotUndone(#[from] NotUndone),
    /// Not for this person to do.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// The way back could not be planned, or not be gone.
    #[error("{}{}", .0.message, if .0.hint.is_empty() { String::new() } else { format!("; {}", .0.hint) })]
    Tool(#[from] ToolError),
}

impl From<StoreError> for NotTakenBack {
    fn from(error: StoreError) -> Self {
        Self::Tool(error.into())
    }
}

impl Call<'_> {
    /// Plans and sends the inverse of a write in the name of `who`, who calls; the records of what was sent. Nothing is
    /// sent unless the rights of `who` cover all of it.
    pub async fn take_back(&self, record: &Record, who: &Decider) -> Result<Vec<Record>, NotTakenBack> {
        let undo = Undo::of(record)?;
        let asked = &record.asked;
        let entry = crate::tools::find(&asked.tool).ok_or_else(ToolError::not_found)?;
        let tool = ToolFacts { name: entry.facts.name, group: asked.group, class: asked.class };
        let arguments = Map::from_iter([("undo".to_owned(), Value::String(asked.id.to_string()))]);
        let (first, plans) = self.way_back(record, undo, tool, &arguments).await?;
        for plan in &plans {
            match plan {
                AnyPlan::Create(plan) => self.covered(plan, who).await?,
                AnyPlan::Update(plan) => self.covered(plan, who).await?,
                AnyPlan::Delete(plan) => self.covered(plan, who).await?,
            }
        }
        let mut records = Vec::with_capacity(plans.len());
        for (part, plan) in plans.into_iter().enumerate() {
            let mut arguments = arguments.clone();
            arguments.insert("part".to_owned(), json!(part));
            let id = if part == 0 { first.clone() } else { self.approvals.new_id()? };
            let submission = Submission::with_id(self, id, tool, &arguments, Some(asked.id.clone()));
            let submission = Submission { said: Some(who.clone()), ..submission };
            records.push(match plan {
                AnyPlan::Create(plan) => self.recorded(submission, plan).await?,
                AnyPlan::Update(plan) => self.recorded(submission, plan).await?,
                AnyPlan::Delete(plan) => self.recorded(submission, plan).await?,
            });
        }
        Ok(records)
    }

    async fn recorded<A: WriteAccess>(&self, mut submission: Submission, plan: Plan<A>) -> Result<Record, ToolError> {
        // What a person takes back is judged by what it does, not by what the write it undoes was.
        submission.tool.class = A::CLASS;
        self.record(submission, plan).await
    }

    async fn covered<A: WriteAccess>(&self, plan: &Plan<A>, who: &Decider) -> Result<(), NotTakenBack> {
        let effect = plan.effect.max(plan.request.effect()).max(A::CLASS);
        match who {
            Decider::Approver { rights, .. } => Ok(rights.cover(effect, &self.spaces(&plan.places).await?)?),
            Decider::Anyone { .. } => Ok(()),
            Decider::Client | Decider::Hook => Err(NotYours::NotAPerson.into()),
        }
    }

    /// Plans the inverse of a write with the caller's own eyes. The plans name the id in the note that they leave: it is
    /// the record's of the first of them.
    pub(in crate::tools) async fn way_back(
        &self,
        record: &Record,
        undo: &Undo,
        tool: ToolFacts,
        arguments: &Map<String, Value>,
    ) -> Result<(ApprovalId, Vec<AnyPlan>), ToolError> {
        let permit = self.gate.admit(self.caller, tool, shape(arguments)).await?;
        let first = self.approvals.new_id()?;
        let reads = Reads::new(self.gate, self.caller, permit, self.context, first.clone());
        let plans = inverse(undo, &self.made(record).await?, &reads).await?;
        Ok((first, plans))
    }

    /// What is known of the write that is to be undone.
    async fn made(&self, record: &Record) -> Result<Made, StoreError> {
        let before = match &record.asked.before {
            Some(before) => Some(before.text(self.approvals.store()).await?),
            None => None,
        };
        let outcome = record.outcome.as_ref();
        let (id, version) = outcome.map(|outcome| (outcome.id.clone(), outcome.version)).unwrap_or_default();
        Ok(Made { id, version, before, title_before: None })
    }
}
