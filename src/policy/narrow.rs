//! Two profiles at once: what both of them allow, with the approval that the stricter of them asks for.

use std::cmp::Ordering;

use super::profile::{Approval, ApprovedBy, Groups, Limits, Mode, Profile, Scope, Switch, Switches, Tools};
use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;

impl Profile {
    /// The profile that refuses what either refuses and asks a person where either does. It lists the tools that this
    /// one lists. Narrowed by its equal, a profile stays itself.
    #[must_use]
    pub fn narrowed_by(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        Self {
            name: format!("{} narrowed by {}", self.name, other.name),
            description: self.description.clone(),
            connection: self.connection.clone().or_else(|| other.connection.clone()),
            groups: groups(self.groups, other.groups),
            scope: scope(&self.scope, &other.scope),
            approval: approval(&self.approval, &other.approval),
            limits: Limits {
                writes_per_hour: smaller(self.limits.writes_per_hour, other.limits.writes_per_hour),
                deletes_per_day: smaller(self.limits.deletes_per_day, other.limits.deletes_per_day),
            },
            tools: Tools { set: self.tools.set.clone(), deny: &self.tools.deny | &other.tools.deny },
            revision: Digest::of([self.revision.to_string().as_bytes(), other.revision.to_string().as_bytes()]),
            written: "".into(),
        }
    }

    /// The profile as far as a credential goes that stands only for these classes of access, as a token with few scopes
    /// does. What stands for no reading stands for nothing. It is still read again from where it was written.
    #[must_use]
    pub fn within(&self, allowed: impl Fn(AccessClass) -> bool) -> Self {
        let most = match (allowed(AccessClass::Read), allowed(AccessClass::Create) && allowed(AccessClass::Update)) {
            (false, _) => Mode::Disabled,
            (true, false) => Mode::ReadOnly,
            (true, true) => Mode::ReadWrite,
        };
        let deletes = most == Mode::ReadWrite && allowed(AccessClass::Delete);
        let allow_delete = if deletes { Switch::On } else { Switch::Off };
        let limit = |own: Switches| Switches {
            mode: own.mode.min(most),
            allow_delete: own.allow_delete.min(allow_delete),
            require_approval: own.require_approval,
        };
        let Groups { pages, spaces, search, attachments, users } = self.groups;
        let groups = Groups {
            pages: limit(pages),
            spaces: limit(spaces),
            search: limit(search),
            attachments: limit(attachments),
            users: limit(users),
        };
        Self { groups, ..self.clone() }
    }
}

fn groups(one: Groups, other: Groups) -> Groups {
    Groups {
        pages: switches(one.pages, other.pages),
        spaces: switches(one.spaces, other.spaces),
        search: switches(one.search, other.search),
        attachments: switches(one.attachments, other.attachments),
        users: switches(one.users, other.users),
    }
}

fn switches(one: Switches, other: Switches) -> Switches {
    Switches {
        mode: one.mode.min(other.mode),
        allow_delete: one.allow_delete.min(other.allow_delete),
        require_approval: one.require_approval.max(other.require_approval),
    }
}

/// A space can be named by key in one profile and by id in the other, so that only a look-up tells whether it is in
/// both: the sets stay apart.
fn scope(one: &Scope, other: &Scope) -> Scope {
    let mut allow = one.allow.clone();
    allow.extend(other.allow.iter().filter(|allowed| !one.allow.contains(allowed)).cloned());
    let sources = match (&one.sources, &other.sources) {
        (Some(one), Some(other)) => Some(one & other),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let visible_to_all_only = one.visible_to_all_only || other.visible_to_all_only;
    Scope { allow, deny: &one.deny | &other.deny, visible_to_all_only, sources }
}

fn approval(one: &Approval, other: &Approval) -> Approval {
    Approval {
        by: match strictness(one.by).cmp(&strictness(other.by)) {
            Ordering::Less => other.by,
            Ordering::Equal | Ordering::Greater => one.by,
        },
        client_may_delete: one.client_may_delete.min(other.client_may_delete),
        expires_after: one.expires_after.min(other.expires_after),
        hold: one.hold.min(other.hold),
    }
}

/// How hard it is for the agent's side to get a yes.
const fn strictness(by: ApprovedBy) -> u8 {
    match by {
        ApprovedBy::Client => 0,
        ApprovedBy::Hook => 1,
        ApprovedBy::Human => 2,
        ApprovedBy::FourEyes => 3,
    }
}

/// The smaller of two limits; no limit is the largest.
fn smaller(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
