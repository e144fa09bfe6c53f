//! The spaces of the service desk: what each is for, who sees it, and what stands in it.

use std::collections::BTreeSet;

use super::people::{ADMIN, MIRA, NOOR, VIEWER, staff};
use super::sheet::Template;
use crate::sandbox::model::{SpaceKind, SpaceStatus};

/// A space to be filled.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Key.
    pub(super) key: String,
    /// Display name.
    pub(super) name: String,
    /// Type.
    pub(super) kind: SpaceKind,
    /// Status.
    pub(super) status: SpaceStatus,
    /// Description.
    pub(super) description: String,
    /// Who sees it.
    pub(super) audience: Audience,
    /// Areas its pages are about.
    pub(super) areas: &'static [&'static str],
    /// Kinds of its pages.
    pub(super) templates: &'static [Template],
    /// How many pages are written from the templates.
    pub(super) pages: usize,
    /// How many blog posts.
    pub(super) posts: usize,
    /// How much life its pages have.
    pub(super) life: Life,
}

/// How much life the pages of a space have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Drafts, archived, trashed and restricted pages, many versions and comments.
    Full,
    /// Current pages, few versions and comments.
    Sparse,
}

/// Who sees a space, and who writes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everyone reads, the staff writes.
    Everyone,
    /// The staff writes; the viewer reads.
    StaffAndViewer,
    /// The staff reads and writes.
    Staff,
    /// Three people.
    Few,
    /// Its owner, and the administrator.
    Owner,
}

impl Audience {
    /// Account ids of who may see; `None` for everyone.
    pub(super) fn viewers(self) -> Option<BTreeSet<String>> {
        let named = |people: &[&str]| people.iter().map(|person| (*person).to_owned()).collect();
        match self {
            Audience::Everyone => None,
            Audience::StaffAndViewer => Some(staff(&[VIEWER])),
            Audience::Staff => Some(staff(&[])),
            Audience::Few => Some(named(&[ADMIN, MIRA, NOOR])),
            Audience::Owner => Some(named(&[ADMIN, MIRA])),
        }
    }

    /// Account ids of who may write.
    pub(super) fn editors(self) -> BTreeSet<String> {
        match self {
            Audience::Everyone | Audience::StaffAndViewer | Audience::Staff => staff(&[]),
            Audience::Few | Audience::Owner => self.viewers().unwrap_or_default(),
        }
    }
}

const EVERYTHING: &[&str] = &["workplace", "identity", "network", "servers", "apps", "security"];
const DAILY: &[&str] = &["workplace", "identity", "network", "apps"];
const OPERATING: &[Template] = &[
    Template::Runbook,
    Template::Architecture,
    Template::Monitoring,
    Template::Inventory,
    Template::Checklist,
    Template::KnownErrors,
];
const RULING: &[Template] =
    &[Template::Policy, Template::Runbook, Template::Monitoring, Template::KnownErrors, Template::Questions];
const RECORDING: &[Template] = &[Template::Incident, Template::Change, Template::RecoveryTest];
const HELPING: &[Template] = &[Template::Guide, Template::Questions];

/// The spaces, in the order of their ids.
pub(super) fn service_desk() -> Vec<Plan> {
    use Audience::{Everyone, Few, Owner, Staff, StaffAndViewer};
    use SpaceKind::{Collaboration, Global, KnowledgeBase, Personal};
    let desk: &[Template] = &[Template::Questions, Template::Checklist, Template::KnownErrors];
    let personal = format!("~{}", MIRA.replace([':', '-'], ""));
    let archived = |plan: Plan| Plan { status: SpaceStatus::Archived, ..plan };
    let trashed = |plan: Plan| Plan { status: SpaceStatus::Trashed, ..plan };
    vec![
        plan("IT", "IT Service Desk", Global, StaffAndViewer, (&["workplace", "identity"], desk), (32, 3)),
        plan("KB", "Help Centre", KnowledgeBase, StaffAndViewer, (DAILY, HELPING), (56, 0)),
        plan("NET", "Network and Connectivity", Global, Staff, (&["network"], OPERATING), (42, 0)),
        plan("SRV", "Servers and Cloud", Global, Staff, (&["servers"], OPERATING), (46, 1)),
        plan("IAM", "Identity and Access", Collaboration, Staff, (&["identity"], RULING), (30, 0)),
        plan("SEC", "Security Operations", Global, Staff, (&["security"], RULING), (25, 2)),
        plan("APP", "Business Applications", Collaboration, Staff, (&["apps"], OPERATING), (30, 0)),
        plan("WRK", "Workplace Technology", Global, StaffAndViewer, (&["workplace"], OPERATING), (32, 0)),
        plan("OPS", "Changes and Incidents", Global, Staff, (EVERYTHING, RECORDING), (42, 4)),
        plan("ANN", "IT Announcements", Global, Everyone, (DAILY, HELPING), (4, 16)),
        plan("HR", "People Team (confidential)", Global, Few, (&["apps"], RULING), (10, 0)),
        plan(&personal, "Mira Okafor", Personal, Owner, (&["servers"], HELPING), (6, 1)),
        archived(plan("OLD", "Old Data Centre", Global, Staff, (&["servers", "network"], OPERATING), (16, 0))),
        trashed(plan("PILOT", "Printer Pilot 2024", Global, Staff, (&["workplace"], HELPING), (5, 0))),
    ]
}

/// Spaces for `pages` pages, about a hundred in each; the first is the service desk's.
pub(super) fn many(pages: usize) -> Vec<Plan> {
    let pages = pages.max(1);
    let count = (pages / 100).max(1);
    let (share, rest) = (pages / count, pages % count);
    (0..count)
        .map(|index| {
            let (key, name) = match index {
                0 => ("IT".to_owned(), "IT Service Desk".to_owned()),
                _ => (format!("TEAM{index:03}"), format!("Team {index}")),
            };
            let written = share + usize::from(index < rest) - 1;
            let topics: (&'static [&'static str], &'static [Template]) = (EVERYTHING, &Template::ALL);
            let base = plan(&key, &name, SpaceKind::Global, Audience::StaffAndViewer, topics, (written, 0));
            Plan { life: Life::Sparse, ..base }
        })
        .collect()
}

type Topics = (&'static [&'static str], &'static [Template]);

fn plan(key: &str, name: &str, kind: SpaceKind, audience: Audience, topics: Topics, counts: (usize, usize)) -> Plan {
    let ((areas, templates), (pages, posts)) = (topics, counts);
    Plan {
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        status: SpaceStatus::Current,
        description: format!("{name}: documentation about {}.", areas.join(", ")),
        audience,
        areas,
        templates,
        pages,
        posts,
        life: Life::Full,
    }
}
