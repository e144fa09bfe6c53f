//! A planned write as data: the exact request, what it rests on, what it changes, and how to undo and prove it.

use crate::confluence::Request;
use crate::domain::access::{AccessClass, WriteAccess};
use crate::domain::ids::{ApprovalId, VersionNumber};
use crate::domain::place::Place;
use crate::policy::{Proposal, ToolFacts};

use super::proof::Proof;
use super::undo::Undo;

/// A write that a tool has planned and the gate has not yet judged.
#[derive(Debug)]
#[must_use = "a plan does nothing until it is carried out"]
pub struct Plan<A: WriteAccess> {
    /// The exact request, bytes and all.
    pub request: Request<A>,
    /// Every place it touches: where the target is, and where it will be.
    pub places: Vec<Place>,
    /// The target in words, such as `page 123 "VPN runbook"`.
    pub target: String,
    /// The version it rests on.
    pub rests_on: Option<VersionNumber>,
    /// The body it replaces or removes, in storage format.
    pub before: Option<String>,
    /// What it amounts to beyond its class, seen against what is there.
    pub effect: AccessClass,
    /// One line for people.
    pub summary: String,
    /// What is there now and goes because Markdown cannot hold it, such as a macro.
    pub loses: Vec<String>,
    /// What will change, as Markdown for people.
    pub preview: String,
    /// How to undo it.
    pub undo: Undo,
    /// How to find out afterwards whether it happened.
    pub proof: Proof,
}

impl<A: WriteAccess> Plan<A> {
    /// What the write costs besides what was asked for, in words for people and agents.
    pub fn loss(&self) -> Option<String> {
        let kept = self.rests_on.map(|version| format!("; version {version} still has it")).unwrap_or_default();
        let lost = (!self.loses.is_empty()).then(|| self.loses.join(", "))?;
        Some(format!("Markdown cannot hold and this takes away: {lost}{kept}"))
    }

    /// The plan as policy sees it.
    pub fn proposal(&self, approval: ApprovalId, tool: ToolFacts) -> Proposal {
        Proposal {
            approval,
            tool,
            effect: self.effect.max(self.request.effect()),
            places: self.places.clone(),
            target: self.target.clone(),
            summary: self.summary.clone(),
            preview: self.shown(),
            digest: self.request.digest(),
        }
    }

    /// What people are shown: what it costs first, then what changes.
    pub fn shown(&self) -> String {
        self.loss().into_iter().chain([self.preview.clone()]).collect::<Vec<_>>().join("\n")
    }
}
