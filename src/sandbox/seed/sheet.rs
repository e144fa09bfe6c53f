//! A page about to be written: what it is about, what kind of page it is, and the facts it quotes.

use fastrand::Rng;
use jiff::Span;
use jiff::civil::Date;

use super::markup::mention;
use super::people::AUTHORS;
use super::subjects::{Office, Subject};
use super::{records, runbooks};

/// A page as written, before it has an id.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// Its title, as text.
    pub(super) title: String,
    /// Its body in pieces that are well formed each; earlier versions have fewer of them.
    pub(super) blocks: Vec<String>,
    /// Its labels.
    pub(super) labels: Vec<String>,
    /// Files its body refers to.
    pub(super) files: Vec<File>,
}

/// A file to attach.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// File name.
    pub(super) name: String,
    /// Media type.
    pub(super) media_type: &'static str,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

/// What a page is written from.
pub(super) struct Scene<'a> {
    /// Where variety comes from.
    pub(super) random: &'a mut Rng,
    /// What it is about.
    pub(super) subject: Subject,
    /// Where.
    pub(super) office: Office,
    /// ` in <city>` when the office is part of the title, else empty.
    pub(super) suffix: String,
    /// A number no other page of the site has; tickets are counted from it.
    pub(super) serial: usize,
    /// Title of another page of the space.
    pub(super) neighbour: String,
}

impl Scene<'_> {
    /// A host of the subject at the office.
    pub(super) fn host(&self, number: usize) -> String {
        format!("{}-{}-{number:02}", self.subject.slug, self.office.code)
    }

    /// An address at the office.
    pub(super) fn address(&mut self) -> String {
        format!("10.{}.{}.{}", self.office.net, self.random.u8(1..60), self.random.u8(10..240))
    }

    /// A ticket number, such as `INC-4711`.
    pub(super) fn ticket(&self, prefix: &str) -> String {
        format!("{prefix}-{}", 2_000 + self.serial)
    }

    /// A day between spring 2024 and spring 2026.
    pub(super) fn day(&mut self) -> String {
        let first = Date::constant(2024, 4, 2);
        first.checked_add(Span::new().days(self.random.i64(0..740))).unwrap_or(first).to_string()
    }

    /// A mention of one of the authors.
    pub(super) fn somebody(&mut self) -> String {
        mention(self.pick(&AUTHORS))
    }

    /// One of `choices`.
    pub(super) fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        self.random.choice(choices.iter()).copied().unwrap_or_default()
    }

    /// The name of the subject at the start of a sentence.
    pub(super) fn capital(&self) -> String {
        let mut letters = self.subject.name.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
    }

    /// A sheet with the labels every page about the subject has.
    pub(super) fn sheet(&self, title: &str, label: &str, blocks: Vec<String>) -> Sheet {
        let labels = vec![label.to_owned(), self.subject.slug.to_owned(), self.subject.area.to_owned()];
        Sheet { title: format!("{title}{}", self.suffix), blocks, labels, files: Vec::new() }
    }
}

/// A kind of page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Template {
    /// What to do when it breaks.
    Runbook,
    /// How people use it.
    Guide,
    /// Errors and their remedies.
    KnownErrors,
    /// What to do every month.
    Checklist,
    /// Questions and answers.
    Questions,
    /// Alerts and thresholds.
    Monitoring,
    /// Review of an outage.
    Incident,
    /// A planned change.
    Change,
    /// Rules.
    Policy,
    /// How it is built.
    Architecture,
    /// Its hosts.
    Inventory,
    /// A rehearsal of its recovery.
    RecoveryTest,
}

impl Template {
    /// All of them.
    pub(super) const ALL: [Template; 12] = [
        Template::Runbook,
        Template::Guide,
        Template::KnownErrors,
        Template::Checklist,
        Template::Questions,
        Template::Monitoring,
        Template::Incident,
        Template::Change,
        Template::Policy,
        Template::Architecture,
        Template::Inventory,
        Template::RecoveryTest,
    ];

    /// Title of the section such pages stand under.
    pub(super) fn section(self) -> &'static str {
        match self {
            Template::Runbook => "Runbooks",
            Template::Guide => "How-to articles",
            Template::KnownErrors => "Known errors",
            Template::Checklist => "Maintenance checklists",
            Template::Questions => "Questions and answers",
            Template::Monitoring => "Monitoring and alerts",
            Template::Incident => "Incident reviews",
            Template::Change => "Change records",
            Template::Policy => "Policies",
            Template::Architecture => "Architecture",
            Template::Inventory => "Inventories",
            Template::RecoveryTest => "Recovery tests",
        }
    }

    /// Writes a page.
    pub(super) fn write(self, scene: &mut Scene<'_>) -> Sheet {
        match self {
            Template::Runbook => runbooks::runbook(scene),
            Template::Guide => runbooks::guide(scene),
            Template::KnownErrors => runbooks::known_errors(scene),
            Template::Checklist => runbooks::checklist(scene),
            Template::Questions => runbooks::questions(scene),
            Template::Monitoring => runbooks::monitoring(scene),
            Template::Incident => records::incident(scene),
            Template::Change => records::change(scene),
            Template::Policy => records::policy(scene),
            Template::Architecture => records::architecture(scene),
            Template::Inventory => records::inventory(scene),
            Template::RecoveryTest => records::recovery_test(scene),
        }
    }
}
