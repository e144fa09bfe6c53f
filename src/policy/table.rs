//! What a profile comes to: tool by tool allow, approve or deny, and which line of the file decides.

use std::fmt::{self, Write as _};

use super::ask::{Ask, Standing, ToolFacts, Usage};
use super::decide::{Decision, decide};
use super::file::Source;
use super::profile::{Profile, Scope};
use super::refusal::Reason;
use crate::domain::access::AccessClass;
use crate::domain::group::Group;
use crate::domain::place::SpaceName;

/// What becomes of every call of a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It goes on.
    Allow,
    /// It goes on once a person has said yes.
    Approve,
    /// It is refused.
    Deny,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Allow => "allow",
            Self::Approve => "approve",
            Self::Deny => "deny",
        })
    }
}

/// One tool under one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Name of the tool.
    pub tool: &'static str,
    /// Its group.
    pub group: Group,
    /// What it does.
    pub class: AccessClass,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why, in the words of the file.
    pub reason: String,
}

/// Every tool under a profile, as far as mode, switches, limits and barred tools go; the scope is judged per space.
pub fn table(profile: &Profile, tools: &[ToolFacts]) -> Vec<Row> {
    let row = |tool: &ToolFacts| {
        let decision = judge(profile, tool, Standing::NotYetKnown);
        let outcome = match decision {
            Decision::Allow => Outcome::Allow,
            Decision::NeedsApproval => Outcome::Approve,
            Decision::Refuse(_) => Outcome::Deny,
        };
        let reason = deciding(profile, tool, decision).words;
        Row { tool: tool.name, group: tool.group, class: tool.class, outcome, reason }
    };
    tools.iter().map(row).collect()
}

/// The table as Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = String::from("| tool | group | access | | why |\n|---|---|---|---|---|\n");
    for Row { tool, group, class, outcome, reason } in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{tool}` | {group} | {class} | {outcome} | {} |", reason.replace('|', "\\|"));
    }
    text
}

/// The table in columns, for a terminal.
pub fn columns(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.tool.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Row { tool, group, class, outcome, reason } in rows {
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{outcome:<7}  {tool:<width$}  {:<6}  {:<11}  {reason}", class.to_string(), group.word());
    }
    text
}

/// Which line of a profile's file decides about a tool, in a space or wherever.
///
/// Spaces are compared as they are written here, by id only when a call is judged; where that may differ it says so.
pub fn explain(source: &Source, tool: &ToolFacts, space: Option<&SpaceName>) -> String {
    let profile = &source.profile;
    let (standing, scope_key) = match space {
        Some(space) => stands(&profile.scope, space),
        None => (Standing::NotYetKnown, None),
    };
    let decision = judge(profile, tool, standing);
    let mut rule = deciding(profile, tool, decision);
    if let (Decision::Refuse(Reason::OutOfScope), Some(key), Some(space)) = (decision, &scope_key, space) {
        rule = Rule { key: key.clone(), words: out_of_scope(key, space) };
    }
    let outcome = match decision {
        Decision::Allow => "allowed",
        Decision::NeedsApproval => "allowed once a person approves it",
        Decision::Refuse(Reason::OutOfScope) => "answered as \"not found\"",
        Decision::Refuse(_) => "refused",
    };
    let mut text = format!("{} → {} is {outcome}", at(source, &rule), tool.name);
    if !matches!(decision, Decision::Refuse(_)) {
        for note in notes(profile, tool, space, scope_key) {
            let _ = write!(text, "\n{}", at(source, &note));
        }
    }
    if let Some(space) = space.filter(|space| named_otherwise(&profile.scope, space)) {
        let _ = write!(
            text,
            "\nkeys and ids are compared when a call is judged: a space that [scope] names otherwise may be {space}"
        );
    }
    text
}

/// A rule of the file and what it says.
struct Rule {
    /// Where it stands, such as `pages.mode`; empty if no line of any file can say otherwise.
    key: String,
    /// It in the words of the file.
    words: String,
}

impl Rule {
    fn new(key: impl Into<String>, words: impl Into<String>) -> Self {
        Self { key: key.into(), words: words.into() }
    }
}

fn judge(profile: &Profile, tool: &ToolFacts, standing: Standing) -> Decision {
    let ask = Ask { tool: tool.name, group: tool.group, class: tool.class, standing };
    decide(profile, &ask, Usage::default())
}

/// The rule of the file that a decision rests on.
fn deciding(profile: &Profile, tool: &ToolFacts, decision: Decision) -> Rule {
    let group = tool.group;
    let mode = || Rule::new(format!("{group}.mode"), format!("[{group}] mode = \"{}\"", profile.groups.of(group).mode));
    match decision {
        Decision::Allow if group == Group::Matched => {
            Rule::new("", "each request is judged by the group of its operation and what it does")
        }
        Decision::Refuse(Reason::GroupDisabled) if group == Group::Matched => Rule::new("", "every group is disabled"),
        Decision::NeedsApproval => {
            Rule::new(format!("{group}.require_approval"), format!("[{group}] require_approval = true"))
        }
        Decision::Allow if tool.class == AccessClass::Delete => {
            Rule::new(format!("{group}.allow_delete"), format!("[{group}] allow_delete = true"))
        }
        Decision::Refuse(Reason::ToolDenied) => {
            Rule::new(format!("tools.deny.{}", tool.name), format!("[tools] deny names {}", tool.name))
        }
        Decision::Refuse(Reason::DeleteOff) => {
            Rule::new(format!("{group}.allow_delete"), format!("[{group}] allow_delete = false"))
        }
        Decision::Refuse(Reason::ReadOnly) if group.read_only_by_nature() => {
            Rule::new("", format!("the group {group} has nothing to write"))
        }
        Decision::Refuse(Reason::SpaceDelete) => Rule::new("", "a space is never deleted, whatever a profile says"),
        Decision::Refuse(Reason::OutOfScope) => Rule::new("scope", "[scope] leaves the space out"),
        Decision::Refuse(Reason::WritesSpent) => Rule::new("limits.writes_per_hour", "[limits] writes_per_hour = 0"),
        Decision::Refuse(Reason::DeletesSpent) => Rule::new("limits.deletes_per_day", "[limits] deletes_per_day = 0"),
        Decision::Allow | Decision::Refuse(Reason::GroupDisabled | Reason::ReadOnly) => mode(),
    }
}

/// `file:line: words`; a key that is left out is said to be, with the line of its table.
fn at(source: &Source, rule: &Rule) -> String {
    let Rule { key, words } = rule;
    let file = &source.file;
    if let Some(line) = source.line(key) {
        return format!("{file}:{line}: {words}");
    }
    let table = key.split('.').next().unwrap_or_default();
    match source.line(table) {
        Some(line) => format!("{file}:{line}: {words}, since the key is left out"),
        None if table.is_empty() => words.clone(),
        None => format!("{file}: {words}, since there is no [{table}]"),
    }
}

/// Where a space stands by the words of the scope, and the key of the rule that says so.
fn stands(scope: &Scope, space: &SpaceName) -> (Standing, Option<String>) {
    let same = |name: &&SpaceName| name.to_string().eq_ignore_ascii_case(&space.to_string());
    if let Some(name) = scope.deny.iter().find(same) {
        return (Standing::Outside, Some(format!("scope.deny_spaces.{name}")));
    }
    let mut allowed_by = None;
    for allowed in &scope.allow {
        match allowed.spaces.iter().find(same) {
            Some(name) => allowed_by = Some(format!("scope.allow_spaces.{name}")),
            // Some of its pages may be allowed.
            None if !allowed.pages.is_empty() => return (Standing::NotYetKnown, Some("scope.allow_pages".into())),
            None => return (Standing::Outside, Some("scope.allow_spaces".into())),
        }
    }
    (Standing::Inside, allowed_by)
}

/// Whether the scope names a space by id where the question names one by key, or the other way round.
fn named_otherwise(scope: &Scope, space: &SpaceName) -> bool {
    let is_id = |name: &SpaceName| matches!(name, SpaceName::Id(_));
    scope.allow.iter().flat_map(|allowed| &allowed.spaces).chain(&scope.deny).any(|name| is_id(name) != is_id(space))
}

fn out_of_scope(key: &str, space: &SpaceName) -> String {
    let says = if key.starts_with("scope.deny_spaces") { "deny_spaces names" } else { "allow_spaces does not name" };
    format!("[scope] {says} {space}")
}

/// What else bears on a call that goes on: the space, and limits.
fn notes(profile: &Profile, tool: &ToolFacts, space: Option<&SpaceName>, scope_key: Option<String>) -> Vec<Rule> {
    let mut notes = Vec::new();
    match (scope_key, space) {
        (Some(key), Some(_)) if key == "scope.allow_pages" => {
            notes.push(Rule::new(key, "[scope] allow_pages names the pages it may touch, with all below them"));
        }
        (Some(key), Some(space)) => notes.push(Rule::new(key, format!("[scope] allow_spaces names {space}"))),
        (None, None) if !profile.scope.is_everything() => {
            notes.push(Rule::new("scope", "[scope] limits the spaces and pages it may touch"));
        }
        _ => {}
    }
    if profile.scope.visible_to_all_only {
        let words = "[scope] visible_to_all_only = true hides what is under a read restriction";
        notes.push(Rule::new("scope.visible_to_all_only", words));
    }
    if let Some(limit) = profile.limits.writes_per_hour.filter(|_| tool.class.writes()) {
        notes.push(Rule::new("limits.writes_per_hour", format!("[limits] at most {limit} writes in an hour")));
    }
    if let Some(limit) = profile.limits.deletes_per_day.filter(|_| tool.class == AccessClass::Delete) {
        notes.push(Rule::new("limits.deletes_per_day", format!("[limits] at most {limit} deletes in a day")));
    }
    notes
}
