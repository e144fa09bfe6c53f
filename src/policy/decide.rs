//! The decision: a pure function of profile, question and usage.

use crate::domain::access::AccessClass;
use crate::domain::group::Group;

use super::ask::{Ask, Standing, Usage};
use super::profile::{Mode, Profile, Switch};
use super::refusal::Reason;

/// What the profile says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Go on once a person has said yes.
    NeedsApproval,
    /// Stop.
    Refuse(Reason),
}

/// Judges one question. Deny wins, silence is a refusal; reads never wait for approval.
pub fn decide(profile: &Profile, ask: &Ask<'_>, usage: Usage) -> Decision {
    use Decision::{Allow, NeedsApproval, Refuse};
    let switches = profile.groups.of(ask.group);
    match (switches.mode, ask.class, ask.standing) {
        // A barred tool is barred whatever else the profile says.
        _ if profile.tools.deny.contains(ask.tool) => Refuse(Reason::ToolDenied),
        // A disabled group does nothing.
        (Mode::Disabled, _, _) => Refuse(Reason::GroupDisabled),
        // A read-only group reads, and a group without anything to write never writes.
        (Mode::ReadOnly, class, _) if class.writes() => Refuse(Reason::ReadOnly),
        (_, class, _) if class.writes() && ask.group.read_only_by_nature() => Refuse(Reason::ReadOnly),
        // A space is never deleted, whatever the switches say.
        (_, AccessClass::Delete, _) if ask.group == Group::Spaces => Refuse(Reason::SpaceDelete),
        // Deleting needs its own switch.
        (_, AccessClass::Delete, _) if switches.allow_delete == Switch::Off => Refuse(Reason::DeleteOff),
        // What is out of scope is out of reach.
        (_, _, Standing::Outside) => Refuse(Reason::OutOfScope),
        // Reads need nothing more.
        (_, AccessClass::Read, _) => Allow,
        // The caller's own approvals are no writes of the site, and a raw request is judged again by its own group.
        _ if matches!(ask.group, Group::Session | Group::Matched) => Allow,
        // Limits count what succeeded.
        _ if reached(profile.limits.writes_per_hour, usage.writes_last_hour) => Refuse(Reason::WritesSpent),
        (_, AccessClass::Delete, _) if reached(profile.limits.deletes_per_day, usage.deletes_last_day) => {
            Refuse(Reason::DeletesSpent)
        }
        // A write of a group that requires approval waits for a person; any other goes on.
        _ if switches.require_approval == Switch::On => NeedsApproval,
        _ => Allow,
    }
}

/// Whether a limit leaves no room for one more.
fn reached(limit: Option<u32>, used: u32) -> bool {
    limit.is_some_and(|limit| used >= limit)
}
