//! A profile: what one agent may do, group by group, where, how often, and with whose approval.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::SpaceName;

/// A checked profile. Made by the profile file reader; compared and judged, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Name of the connection that its agents use, where it names one.
    pub connection: Option<String>,
    /// The switches of each group; a group that the file leaves out is disabled.
    pub groups: Groups,
    /// Which spaces.
    pub scope: Scope,
    /// How approvals are asked for.
    pub approval: Approval,
    /// How much per hour and day.
    pub limits: Limits,
    /// Which tools are shown and which are barred.
    pub tools: Tools,
    /// Fingerprint of the file's text, so that a decision can say under which profile it fell; of a narrowed profile,
    /// the fingerprint of the fingerprints of both.
    pub revision: Digest,
    /// The text it was read from; empty for a narrowed profile, which stands in no file.
    pub written: Arc<str>,
}

/// The switches of all five groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Groups {
    /// Pages and blog posts, their comments, labels, versions.
    pub pages: Switches,
    /// Space metadata.
    pub spaces: Switches,
    /// Search.
    pub search: Switches,
    /// Files on pages.
    pub attachments: Switches,
    /// People.
    pub users: Switches,
}

impl Groups {
    /// The switches of one group.
    pub fn of(&self, group: Group) -> Switches {
        match group {
            Group::Pages => self.pages,
            Group::Spaces => self.spaces,
            Group::Search => self.search,
            Group::Attachments => self.attachments,
            Group::Users => self.users,
            // Nothing of Confluence is in it; what it leads to is judged by its own group.
            Group::Session => {
                Switches { mode: Mode::ReadWrite, allow_delete: Switch::On, require_approval: Switch::Off }
            }
            // Something has to be open; what each request may do is judged by the group of its operation.
            Group::Matched => {
                let groups = [self.pages, self.spaces, self.search, self.attachments, self.users];
                let closed = groups.iter().all(|group| matches!(group.mode, Mode::Disabled));
                let mode = if closed { Mode::Disabled } else { Mode::ReadWrite };
                Switches { mode, allow_delete: Switch::On, require_approval: Switch::Off }
            }
        }
    }
}

/// The switches of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Switches {
    /// Disabled, read-only or read-write.
    pub mode: Mode,
    /// Whether deletes are allowed; counts only with read-write.
    pub allow_delete: Switch,
    /// Whether every write waits for a person; counts only with read-write.
    pub require_approval: Switch,
}

/// What may be done with a group at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Nothing.
    #[default]
    Disabled,
    /// Reading.
    ReadOnly,
    /// Reading, creating and updating.
    ReadWrite,
}

impl fmt::Display for Mode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Disabled => "disabled",
            Self::ReadOnly => "read-only",
            Self::ReadWrite => "read-write",
        })
    }
}

/// A switch in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub enum Switch {
    /// `false`, the default.
    #[default]
    Off,
    /// `true`.
    On,
}

/// What one profile allows an agent to see: whole spaces, and pages with all that stands below them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Allowed {
    /// These spaces.
    pub spaces: BTreeSet<SpaceName>,
    /// These pages, wherever they are, and what stands below them.
    pub pages: BTreeSet<ContentId>,
}

/// What an agent may see; deny wins.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only what is in every one of these: one for each profile that named any. Without one every space is allowed,
    /// with an empty one none.
    pub allow: Vec<Allowed>,
    /// Never these.
    pub deny: BTreeSet<SpaceName>,
    /// Nothing that is kept from some who see its space, by a restriction of its own or of what it stands under.
    pub visible_to_all_only: bool,
    /// The other sources of documentation that may be searched, by name; all there are where it says nothing.
    pub sources: Option<BTreeSet<String>>,
}

impl Scope {
    /// No space at all.
    pub fn nothing() -> Self {
        Self { allow: vec![Allowed::default()], sources: Some(BTreeSet::new()), ..Self::default() }
    }

    /// Whether another source of documentation may be searched.
    pub fn admits_source(&self, name: &str) -> bool {
        self.sources.as_ref().is_none_or(|named| named.contains(name))
    }

    /// Whether the profile leaves everything visible, so that nothing has to be looked up.
    pub fn is_everything(&self) -> bool {
        self.allow.is_empty() && self.deny.is_empty() && !self.visible_to_all_only
    }

    /// Whether two pages of one space can stand differently towards the scope.
    pub fn tells_pages_apart(&self) -> bool {
        self.visible_to_all_only || self.allow.iter().any(|allowed| !allowed.pages.is_empty())
    }
}

/// How approvals are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who may approve.
    pub by: ApprovedBy,
    /// Whether the agent's own user may approve deletes in the client.
    pub client_may_delete: Switch,
    /// How long a request stays open.
    pub expires_after: Duration,
    /// How long a call waits before it answers "pending".
    pub hold: Duration,
}

impl Default for Approval {
    fn default() -> Self {
        Self {
            by: ApprovedBy::Human,
            client_may_delete: Switch::Off,
            expires_after: Duration::from_hours(24),
            hold: Duration::from_secs(25),
        }
    }
}

/// Who may approve a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovedBy {
    /// The agent's own user, in the client.
    Client,
    /// A person who proves who it is.
    #[default]
    Human,
    /// A person who is not the agent's owner.
    FourEyes,
    /// A command that the operator set up.
    Hook,
}

/// How much an agent may write; unset means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Limits {
    /// Successful writes of any class in a rolling hour.
    pub writes_per_hour: Option<u32>,
    /// Successful deletes in a rolling day.
    pub deletes_per_day: Option<u32>,
}

/// Which tools are shown and which are barred.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tools {
    /// What tools/list shows; narrows the list only.
    pub set: ToolSet,
    /// Tools that may not be called.
    pub deny: BTreeSet<String>,
}

/// What tools/list shows.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum ToolSet {
    /// The few that most work needs; the default, because too many tools burden a model.
    #[default]
    Core,
    /// Every tool the profile allows.
    All,
    /// These tools and all tools of these groups.
    Named {
        /// Tools by name.
        tools: BTreeSet<String>,
        /// Whole groups.
        groups: BTreeSet<Group>,
    },
}
