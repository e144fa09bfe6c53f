//! Tells the caller who it is to Sluice and what it may do.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::domain::text::{clean_text, quoted};
use crate::policy::Profile;
use crate::policy::profile::{Allowed, Mode, Switch};
use crate::tools::answer::Text;
use crate::tools::{Begun, Call, NoInput, Output as _, SessionTool, ToolError};

/// Tells who calls.
pub(super) struct Whoami;

/// Who calls and what it may do.
#[derive(Debug, Serialize, JsonSchema)]
struct Caller {
    /// The agent.
    agent: String,
    /// Whose agent it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// Name of its profile.
    profile: String,
    /// Site and account it works at.
    connection: String,
    /// What it may do in each group.
    groups: Vec<Line>,
    /// Which spaces it sees, in words.
    spaces: String,
    /// Tools that it may not call whatever the groups say.
    #[serde(skip_serializing_if = "Option::is_none")]
    denied_tools: Option<Vec<String>>,
    /// How many writes may succeed in an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    writes_per_hour: Option<u32>,
    /// How many deletes may succeed in a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletes_per_day: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// The group.
    group: &'static str,
    /// `disabled`, `read-only` or `read-write`.
    mode: String,
    /// Whether it may delete.
    deletes: bool,
    /// Whether its writes wait for a person.
    approval: bool,
}

impl Line {
    fn of(profile: &Profile, group: Group) -> Self {
        let switches = profile.groups.of(group);
        let writes = switches.mode == Mode::ReadWrite && !group.read_only_by_nature();
        let mode = if writes { Mode::ReadWrite } else { switches.mode.min(Mode::ReadOnly) };
        Self {
            group: group.word(),
            mode: mode.to_string(),
            deletes: writes && switches.allow_delete == Switch::On,
            approval: writes && switches.require_approval == Switch::On,
        }
    }

    fn text(&self) -> String {
        let mut facts = vec![format!("{}: {}", self.group, self.mode)];
        if self.mode == "read-write" {
            facts.push(if self.deletes { "deletes too" } else { "no deletes" }.to_owned());
            facts.extend(self.approval.then(|| "writes wait for a person".to_owned()));
        }
        facts.join(", ")
    }
}

/// The spaces and pages of a profile's scope in words.
fn spaces(profile: &Profile) -> String {
    let only = |allowed: &Allowed| {
        let mut names: Vec<String> = allowed.spaces.iter().map(ToString::to_string).collect();
        names.extend(allowed.pages.iter().map(|page| format!("page {page} and below")));
        if names.is_empty() { "only none".to_owned() } else { format!("only {}", names.join(", ")) }
    };
    let mut parts: Vec<String> = profile.scope.allow.iter().map(only).collect();
    if !profile.scope.deny.is_empty() {
        let names: Vec<String> = profile.scope.deny.iter().map(ToString::to_string).collect();
        parts.push(format!("not {}", names.join(", ")));
    }
    if profile.scope.visible_to_all_only {
        parts.push("nothing under a read restriction".to_owned());
    }
    if parts.is_empty() { "all that the account sees".to_owned() } else { parts.join("; ") }
}

impl Caller {
    fn of(call: &Call<'_>) -> Self {
        let (caller, profile) = (call.caller, &*call.caller.profile);
        Self {
            agent: caller.agent.to_string(),
            owner: Some(clean_text(&caller.owner).text).filter(|owner| !owner.is_empty()),
            profile: clean_text(&profile.name).text,
            connection: clean_text(call.connection).text,
            groups: Group::ALL.into_iter().map(|group| Line::of(profile, group)).collect(),
            spaces: spaces(profile),
            denied_tools: (!profile.tools.deny.is_empty()).then(|| profile.tools.deny.iter().cloned().collect()),
            writes_per_hour: profile.limits.writes_per_hour,
            deletes_per_day: profile.limits.deletes_per_day,
        }
    }
}

impl Text for Caller {
    fn text(&self) -> String {
        let owner = self.owner.as_ref().map(|owner| format!(" of {}", quoted(owner, 120))).unwrap_or_default();
        let mut lines = vec![
            format!("agent {}{owner} · profile {}", quoted(&self.agent, 120), quoted(&self.profile, 120)),
            format!("connection {}", quoted(&self.connection, 200)),
        ];
        lines.extend(self.groups.iter().map(Line::text));
        lines.push(format!("spaces: {}", self.spaces));
        lines.extend(self.denied_tools.as_ref().map(|tools| format!("denied tools: {}", tools.join(", "))));
        lines.extend(self.writes_per_hour.map(|most| format!("at most {most} writes in an hour")));
        lines.extend(self.deletes_per_day.map(|most| format!("at most {most} deletes in a day")));
        lines.join("\n")
    }
}

impl SessionTool for Whoami {
    const NAME: &'static str = "whoami";
    const TITLE: &'static str = "Who am I";
    const DESCRIPTION: &'static str = "Tells which agent you are to Sluice, under which profile, at which site, and what you \
        may do. For the Confluence account use get_current_user.";
    const CLASS: AccessClass = AccessClass::Read;
    type Input = NoInput;

    async fn run(_: NoInput, call: &Call<'_>) -> Result<Begun, ToolError> {
        Ok(Begun::Ended(Caller::of(call).answer()))
    }

    fn output_schema() -> Map<String, Value> {
        Caller::schema().unwrap_or_default()
    }
}
