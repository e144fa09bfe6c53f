//! `list` and `show`, and what else is cancelled with an agent.

use serde::Serialize;

use super::{Terminal, paper};
use crate::cli::console::Colour;
use crate::cli::data::way::{Way, strange};
use crate::cli::{CliError, Verdict};
use crate::config::Settings;
use crate::control::{Claim, Listed, Question, Reply, Which};
use crate::domain::ids::ApprovalId;
use crate::domain::text::replace_invisible;
use crate::policy::ask::AgentId;

/// How many writes are listed.
const MOST: usize = 200;

impl Terminal<'_> {
    pub(super) async fn list(&mut self, all: bool, agent: Option<AgentId>, json: bool) -> Result<Verdict, CliError> {
        let which = if all { Which::All } else { Which::Open };
        let reply = self.way.ask(Question::List { which, agent, limit: MOST }).await?;
        let Reply::List { approvals, paused } = reply else { return Err(strange()) };
        if json {
            self.console.line(as_json(&approvals))?;
            return Ok(Verdict::Well);
        }
        if let Some(pause) = paused {
            let by = paper::safe_line(&pause.by);
            let paused = format!("! writing is paused by {by} since {:.0}; `sluice resume` ends that", pause.at);
            self.console.line(self.console.paint(Colour::Yellow, paused))?;
        }
        if approvals.is_empty() {
            self.console.line(if all { "There are no writes." } else { "Nothing waits." })?;
        }
        for Listed { id, state, agent, tool, summary, asked_at, .. } in &approvals {
            let id = self.console.paint(Colour::Bold, id);
            let parts = [agent.as_str(), tool, summary].map(paper::safe_line).join("  ");
            self.console.line(format_args!("{id}  {state:<10}  {asked_at:.0}  {parts}"))?;
        }
        Ok(Verdict::Well)
    }

    pub(super) async fn show(&mut self, id: ApprovalId, json: bool) -> Result<Verdict, CliError> {
        let shown = self.shown(&id).await?;
        if json {
            self.console.line(as_json(&shown))?;
        } else {
            paper::show(&shown, self.console)?;
        }
        Ok(Verdict::Well)
    }
}

/// JSON in which whatever a terminal might obey is written as numbers; it means the same.
fn as_json(thing: &impl Serialize) -> String {
    // Texts, numbers and times can always be written.
    let json = serde_json::to_string_pretty(thing).unwrap_or_default();
    // Such characters stand inside strings alone.
    replace_invisible(&json, |sign| {
        let mut units = [0; 2];
        let units: Vec<String> = sign.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        units.concat()
    })
}

/// Cancels what an agent has waiting that `agents.toml` lets in no more; how many writes there were. Where there is no
/// store, nothing waits.
pub(in crate::cli) async fn cancel_of(agent: &AgentId, settings: &Settings) -> Result<usize, CliError> {
    let data = settings.data_folder();
    if !data.is_ok_and(|data| data.store().join("format").exists()) {
        return Ok(0);
    }
    let mut way = Way::open(settings, "agents revoke").await?;
    let who = settings.approver_secret().map_or(Claim::Anyone, Claim::Secret);
    let who = match way.ask(Question::Approvers).await {
        Ok(Reply::Approvers { set_up: false }) => Claim::Anyone,
        _ => who,
    };
    let reply = way.ask(Question::Revoke { agent: agent.clone(), who }).await;
    way.close().await;
    match reply? {
        Reply::Cancelled(count) => Ok(count),
        _ => Err(strange()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_means_the_same_and_holds_nothing_a_terminal_obeys() {
        let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{202e}d\u{e0041}e\n\t\"";
        let json = as_json(&vec![hostile]);
        assert!(json.chars().all(|sign| sign == '\n' || !crate::domain::text::is_invisible(sign)), "{json:?}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [hostile]);
    }
}
