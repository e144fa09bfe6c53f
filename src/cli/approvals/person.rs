//! What else people do: settle, undo, grant, pause and resume.

use super::{Terminal, Unproven, paper};
use crate::approval::grants::Grant;
use crate::approval::record::Says;
use crate::cli::data::way::strange;
use crate::cli::{CliError, Verdict};
use crate::control::{Question, Reply, UndoNow};
use crate::domain::ids::ApprovalId;
use crate::domain::place::SpaceName;
use crate::policy::ask::AgentId;

impl Terminal<'_> {
    pub(super) async fn settle(
        &mut self,
        id: ApprovalId,
        happened: bool,
        unproven: Unproven,
    ) -> Result<Verdict, CliError> {
        let shown = self.shown(&id).await?;
        self.console.line(paper::safe_line(&shown.summary))?;
        let (happened, what) = if happened { (Says::Yes, "did happen") } else { (Says::No, "did not happen") };
        let who = self.claim(unproven, &format!("Have you looked, and it {what}?")).await?;
        match self.way.ask(Question::Settle { id, happened, who }).await? {
            Reply::Shown(shown) => self.console.line(format_args!("{} is {}", shown.id, shown.state))?,
            _ => return Err(strange()),
        }
        Ok(Verdict::Well)
    }

    pub(super) async fn undo(&mut self, id: ApprovalId, unproven: Unproven) -> Result<Verdict, CliError> {
        let shown = self.shown(&id).await?;
        if let UndoNow::Not(why) = &shown.undo {
            return Err(CliError::Refused(paper::safe_line(why)));
        }
        self.way.connect(self.settings, &shown.connection).await?;
        self.console.line(format_args!("to be undone: {}", paper::safe_line(&shown.summary)))?;
        let who = self.claim(unproven, "Undo it?").await?;
        let Reply::Undone(records) = self.way.ask(Question::Undo { id, who }).await? else { return Err(strange()) };
        let mut verdict = Verdict::Well;
        for record in records {
            self.console.line(paper::safe_line(&record.summary))?;
            if self.follow(record).await? == Verdict::Wrong {
                verdict = Verdict::Wrong;
            }
        }
        Ok(verdict)
    }

    pub(super) async fn grant(
        &mut self,
        agent: AgentId,
        tool: String,
        space: SpaceName,
        minutes: u32,
        unproven: Unproven,
    ) -> Result<Verdict, CliError> {
        let what = format!("Let {agent} use {} in {space} unasked?", paper::safe_line(&tool));
        let who = self.claim(unproven, &what).await?;
        match self.way.ask(Question::Grant { agent, tool, space, minutes, who }).await? {
            Reply::Granted(grant) => self.console.line(line(&grant))?,
            _ => return Err(strange()),
        }
        Ok(Verdict::Well)
    }

    pub(super) async fn grants(&mut self) -> Result<Verdict, CliError> {
        let Reply::Grants(grants) = self.way.ask(Question::Grants).await? else { return Err(strange()) };
        if grants.is_empty() {
            self.console.line("No grant holds.")?;
        }
        for grant in &grants {
            self.console.line(line(grant))?;
        }
        Ok(Verdict::Well)
    }

    pub(super) async fn revoke_grant(&mut self, id: String) -> Result<Verdict, CliError> {
        let who = self.claim(Unproven::Stops, "").await?;
        let told = format!("the grant {} holds no more", paper::safe_line(&id));
        self.done(Question::RevokeGrant { id, who }, &told).await
    }

    pub(super) async fn pause(&mut self) -> Result<Verdict, CliError> {
        let who = self.claim(Unproven::Stops, "").await?;
        self.done(Question::Pause { who }, "no write is sent any more; `sluice resume` ends that").await
    }

    pub(super) async fn resume(&mut self, unproven: Unproven) -> Result<Verdict, CliError> {
        let who = self.claim(unproven, "Let writes be sent again?").await?;
        self.done(Question::Resume { who }, "writes are sent again").await
    }

    async fn done(&mut self, question: Question, told: &str) -> Result<Verdict, CliError> {
        match self.way.ask(question).await? {
            Reply::Done => self.console.line(told)?,
            _ => return Err(strange()),
        }
        Ok(Verdict::Well)
    }
}

fn line(grant: &Grant) -> String {
    let Grant { id, agent, tool, space, until, by, .. } = grant;
    let agent = paper::safe_line(agent.as_str());
    format!("{id}  {agent} may use {tool} in {space} until {until:.0}, by {}", paper::safe_line(by))
}
