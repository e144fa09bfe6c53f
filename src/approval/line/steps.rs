//! Several writes decided on as one: carried out in their order, each by its own record, up to the first that fails.
//!
//! The record of the set sends nothing. What became of each step is what the step's own record says, so whatever ends the
//! process in between, every step is found out about like any other write, and the set goes on from there.

use std::fmt::Write as _;

use crate::approval::record::{Asked, Known, Outcome, Record, State};
use crate::store::StoreError;

use super::super::approvals::Loaded;
use super::Line;

/// Where a set stands.
enum Stand {
    /// Every step took effect.
    AllDone,
    /// This step is to begin.
    Next,
    /// What becomes of a step is not known yet.
    Open,
    /// This step did not take effect, or only a person can tell.
    Stopped(usize),
}

impl Line {
    /// Carries the steps out, from the first that is not done. Whether to look at the record again.
    pub(super) async fn carry_steps(&self, loaded: &Loaded) -> Result<bool, StoreError> {
        let record = &loaded.record;
        let in_time = record.execute_by.is_some_and(|moment| self.approvals.now() < moment);
        if !in_time {
            return Ok(false);
        }
        let Some(steps) = self.steps(record).await? else {
            self.approvals.reject_tampered(loaded).await?;
            return Ok(false);
        };
        let Some(loaded) = self.move_to(loaded, State::Executing, None).await? else { return Ok(false) };
        for step in &steps {
            self.approvals.begin_step(&loaded.record, step).await?;
            if let Some(_busy) = self.approvals.begin(&step.id) {
                // A step goes the way of any other write.
                Box::pin(self.carry(&step.id)).await?;
            }
            let state = self.approvals.get(&step.id).await?.map(|record| record.state);
            if state != Some(State::Succeeded) {
                break;
            }
        }
        let records = self.records(&steps).await?;
        match stand(&steps, &records) {
            Stand::AllDone => self.all_done(&loaded, &records).await?,
            Stand::Stopped(at) => self.stopped(&loaded, &steps, &records, at).await?,
            Stand::Next | Stand::Open => {
                self.move_to(&loaded, State::Unknown, None).await?;
            }
        }
        Ok(false)
    }

    /// Looks where a set stands that was left, or waits for a step. Whether to go on with it at once.
    pub(super) async fn look_at_steps(&self, loaded: &Loaded) -> Result<bool, StoreError> {
        let record = &loaded.record;
        let in_time = record.execute_by.is_some_and(|moment| self.approvals.now() < moment);
        let Some(steps) = self.steps(record).await? else {
            let why = "its record was changed from outside; an administrator has to look";
            self.failed_steps(loaded, "rejected_tampered", why.to_owned()).await?;
            return Ok(false);
        };
        let records = self.records(&steps).await?;
        match stand(&steps, &records) {
            Stand::AllDone => self.all_done(loaded, &records).await?,
            Stand::Stopped(at) => self.stopped(loaded, &steps, &records, at).await?,
            Stand::Next if in_time => return Ok(self.move_to(loaded, State::Approved, None).await?.is_some()),
            Stand::Next => {
                let done = records.iter().flatten().count();
                let why = format!("only {done} of {} steps could be sent in time", steps.len());
                self.failed_steps(loaded, "expired", why).await?;
            }
            Stand::Open => {
                self.move_to(loaded, State::Unknown, None).await?;
            }
        }
        Ok(false)
    }

    /// The steps, unless the record or the list is not what was asked.
    async fn steps(&self, record: &Record) -> Result<Option<Vec<Asked>>, StoreError> {
        let Some(steps) = record.asked.steps.as_ref().filter(|_| record.is_intact()) else { return Ok(None) };
        match steps.read(self.approvals.store()).await {
            Ok(steps) => Ok(Some(steps)),
            Err(StoreError::Damaged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The records of the steps, none of those that have not begun.
    async fn records(&self, steps: &[Asked]) -> Result<Vec<Option<Record>>, StoreError> {
        let mut records = Vec::with_capacity(steps.len());
        for step in steps {
            records.push(self.approvals.get(&step.id).await?);
        }
        Ok(records)
    }

    async fn all_done(&self, loaded: &Loaded, records: &[Option<Record>]) -> Result<(), StoreError> {
        let answered = self.answers.all_done(report(records));
        self.succeeded(loaded, answered, Known::Answered).await
    }

    /// Ends a set at a step that did not come to a good end; what came before stays, what comes after is not sent.
    async fn stopped(
        &self,
        loaded: &Loaded,
        steps: &[Asked],
        records: &[Option<Record>],
        at: usize,
    ) -> Result<(), StoreError> {
        let record = records.get(at).and_then(Option::as_ref);
        let outcome = record.and_then(|record| record.outcome.as_ref());
        let state = record.map_or(State::Failed, |record| record.state);
        let code = outcome.and_then(|outcome| outcome.code.clone()).unwrap_or_else(|| state.word().to_owned());
        let why = outcome.and_then(|outcome| outcome.message.clone()).unwrap_or_else(|| state.word().to_owned());
        let summary = steps.get(at).map_or("", |step| step.summary.as_str());
        let mut message = format!("step {} of {} ({summary}) ended as {state}: {why}", at + 1, steps.len());
        let done: Vec<String> = records.iter().take(at).flatten().map(|record| record.asked.id.to_string()).collect();
        if !done.is_empty() {
            let _ = write!(message, "; done before it: {}", done.join(", "));
        }
        match steps.len() - at - 1 {
            0 => {}
            rest => {
                let _ = write!(message, "; not sent after it: {rest}");
            }
        }
        self.failed_steps(loaded, &code, message).await
    }

    async fn failed_steps(&self, loaded: &Loaded, code: &str, why: String) -> Result<(), StoreError> {
        let outcome = Outcome {
            code: Some(code.to_owned()),
            message: Some(why),
            hint: Some("undo what is done with undo_write, or send the rest anew once the cause is gone".to_owned()),
            ..Outcome::known(self.approvals.now(), Known::Answered)
        };
        self.move_to(loaded, State::Failed, Some(outcome)).await.map(drop)
    }
}

fn stand(steps: &[Asked], records: &[Option<Record>]) -> Stand {
    for (at, (step, record)) in steps.iter().zip(records).enumerate() {
        match record {
            None => return Stand::Next,
            Some(record) if record.asked.seal() != step.seal() => return Stand::Stopped(at),
            Some(record) if record.state == State::Succeeded => {}
            Some(record) if record.state.is_settled() => return Stand::Stopped(at),
            Some(_) => return Stand::Open,
        }
    }
    Stand::AllDone
}

/// What became of each step, one to a line.
fn report(records: &[Option<Record>]) -> String {
    let line = |(at, record): (usize, &Record)| {
        let outcome = record.outcome.as_ref();
        let id = outcome.and_then(|outcome| outcome.id.as_ref()).map(|id| format!(" · id {id}"));
        let version = outcome.and_then(|outcome| outcome.version).map(|version| format!(" · version {version}"));
        let asked = &record.asked;
        let (id, version) = (id.unwrap_or_default(), version.unwrap_or_default());
        format!("{}. {}: {}{id}{version} · {}", at + 1, record.state, asked.summary, asked.id)
    };
    records.iter().flatten().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
