//! What the gate is asked: who calls which tool, what a planned write would do, and how much was done before.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::ApprovalId;
use crate::domain::place::Place;

use super::profile::Profile;

/// Name of an agent, as decisions and records carry it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(Arc<str>);

impl AgentId {
    /// An agent by the name its configuration gives it.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// Whether a configuration may give this name: 1 to 64 letters, digits, dots, dashes and underscores.
    pub fn fits(name: &str) -> bool {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        (1..=64).contains(&name.len()) && name.bytes().all(fits)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for AgentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AgentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&Cow::<'de, str>::deserialize(deserializer)?))
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Who calls, under the profile as it stood when the call began.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The agent.
    pub agent: AgentId,
    /// Its profile; a call in flight keeps the one it began with.
    pub profile: Arc<Profile>,
    /// Whose agent it is.
    pub owner: Arc<str>,
    /// What its profile was made of: the first, narrowed by each of the others.
    pub profiles: Arc<[Written]>,
    /// Name of the connection it uses, where it or its profile names one.
    pub connection: Option<Arc<str>>,
}

/// A profile as it was written, and where, so that it can be read again when an approved write is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// File or name, as whoever reads it again understands it; empty where it is read from nowhere again.
    pub from: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
}

impl Caller {
    /// A caller whose profile is read from nowhere again, and whom nobody owns.
    pub fn new(agent: AgentId, profile: impl Into<Arc<Profile>>) -> Self {
        let profile = profile.into();
        let written = Written { from: "".into(), text: Arc::clone(&profile.written) };
        let connection = profile.connection.as_deref().map(Arc::from);
        Self { agent, profile, owner: "".into(), profiles: [written].into(), connection }
    }
}

/// What a tool declares about itself and policy judges by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolFacts {
    /// Name, such as `update_page`.
    pub name: &'static str,
    /// The group whose switches apply.
    pub group: Group,
    /// The class it declares.
    pub class: AccessClass,
}

/// One question to [`super::decide()`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask<'a> {
    /// Name of the tool.
    pub tool: &'a str,
    /// Its group.
    pub group: Group,
    /// What the call does; for a planned write, what the built request amounts to.
    pub class: AccessClass,
    /// Where the target stands towards the profile's scope.
    pub standing: Standing,
}

/// Where a target stands towards a profile's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Not looked up yet: only mode, switches and limits are judged.
    NotYetKnown,
    /// In a space the profile lets the agent see, or in no space at all.
    Inside,
    /// In a space it does not, or nobody can say where.
    Outside,
}

/// What the agent has done in the rolling windows of its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Usage {
    /// Successful writes in the last hour.
    pub writes_last_hour: u32,
    /// Successful deletes in the last day.
    pub deletes_last_day: u32,
}

/// A planned write as policy, approver and audit see it: everything but the bytes.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its durable record.
    pub approval: ApprovalId,
    /// The tool that planned it.
    pub tool: ToolFacts,
    /// What the built request amounts to; never weaker than what the tool declares.
    pub effect: AccessClass,
    /// Every place it touches: where the target is, and where it will be.
    pub places: Vec<Place>,
    /// The target in words, such as `page 123 "VPN runbook"`.
    pub target: String,
    /// One line for people.
    pub summary: String,
    /// What will change, as Markdown for people.
    pub preview: String,
    /// Fingerprint of the exact request.
    pub digest: Digest,
}
