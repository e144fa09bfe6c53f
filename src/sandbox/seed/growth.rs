//! A site while it is being seeded: hands out ids and times, and puts spaces, pages, comments and files in.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::Timestamp;

use super::markup::paragraph;
use super::people::{ADMIN, AUTHORS, everyone};
use super::sheet::{File, Sheet};
use super::spaces::Plan;
use crate::sandbox::model::{
    Attachment, AttachmentVersion, Comment, CommentPlace, Content, ContentKind, ContentStatus, Id, Label, Site, Space,
    Version,
};

/// First id of a seeded site.
const FIRST_ID: Id = 98_305;
/// 2024-01-08, when the spaces were made, in seconds.
const FOUNDED: i64 = 1_704_700_800;
/// How many seconds later the last page was begun (in January 2026).
const GROWING: i64 = 64_000_000;

/// A site that is being filled.
pub(super) struct Growth {
    /// What is there already.
    pub(super) site: Site,
    /// Where variety comes from.
    pub(super) random: Rng,
    /// How many pages were written; every page takes the next number.
    pub(super) serial: usize,
    labels: BTreeMap<String, Id>,
}

/// Where a content goes, and what becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// Its space.
    pub(super) space: Id,
    /// Its parent.
    pub(super) parent: Option<Id>,
    /// What it is.
    pub(super) kind: ContentKind,
    /// Its status.
    pub(super) status: ContentStatus,
    /// How many versions it has.
    pub(super) versions: u32,
    /// Who may read it.
    pub(super) readers: Option<BTreeSet<String>>,
}

impl Spot {
    /// A current content with one version that nobody restricted.
    pub(super) fn new(space: Id, parent: Option<Id>, kind: ContentKind) -> Spot {
        Spot { space, parent, kind, status: ContentStatus::Current, versions: 1, readers: None }
    }
}

impl Growth {
    /// An empty site with its people.
    pub(super) fn new(seed: u64) -> Growth {
        let site = Site { users: everyone(), next_id: FIRST_ID, ..Site::default() };
        Growth { site, random: Rng::with_seed(seed), serial: 0, labels: BTreeMap::new() }
    }

    fn id(&mut self) -> Id {
        let id = self.site.next_id;
        self.site.next_id += 1;
        id
    }

    fn author(&mut self) -> String {
        // Half of the work is done by the first seven.
        let among = if self.random.bool() { 7 } else { AUTHORS.len() };
        AUTHORS.get(self.random.usize(0..among)).copied().unwrap_or(ADMIN).to_owned()
    }

    /// A time up to `most` seconds after `since`.
    fn later(&mut self, since: Timestamp, most: i64) -> Timestamp {
        let milliseconds = since.as_millisecond() + 60_000 + self.random.i64(0..most.max(1) * 1_000);
        Timestamp::from_millisecond(milliseconds).unwrap_or(since)
    }

    /// Makes the space; it has no homepage yet.
    pub(super) fn space(&mut self, plan: &Plan) -> Id {
        let id = self.id();
        let made = FOUNDED + i64::try_from(self.site.spaces.len()).unwrap_or_default() * 3_600;
        let label = self.label(if plan.pages > 20 { "documentation" } else { "small" });
        let space = Space {
            id,
            key: plan.key.clone(),
            name: plan.name.clone(),
            kind: plan.kind,
            status: plan.status,
            description: plan.description.clone(),
            author: ADMIN.to_owned(),
            created: Timestamp::from_second(made).unwrap_or_default(),
            homepage: None,
            viewers: plan.audience.viewers(),
            editors: Some(plan.audience.editors()),
            labels: vec![label],
        };
        self.site.spaces.insert(id, space);
        id
    }

    /// The label `name`, the same one for the whole site; `my:…` and `team:…` give the prefix, else it is global.
    pub(super) fn label(&mut self, name: &str) -> Label {
        let id = match self.labels.get(name) {
            Some(id) => *id,
            None => self.id(),
        };
        self.labels.insert(name.to_owned(), id);
        let (prefix, name) = name.split_once(':').unwrap_or(("global", name));
        Label { id, prefix: prefix.to_owned(), name: name.to_owned() }
    }

    /// Puts `sheet` at `spot`, with its files.
    pub(super) fn content(&mut self, spot: Spot, sheet: Sheet) -> Id {
        let id = self.id();
        let author = self.author();
        let created = self.begun(spot.space);
        let versions = self.versions(&sheet, spot.versions, &author, created);
        let labels = sheet.labels.iter().map(|name| self.label(name)).collect();
        let last = versions.last().map_or(created, |version| version.created);
        let content = Content {
            id,
            kind: spot.kind,
            space: spot.space,
            parent: spot.parent,
            position: i64::try_from(self.site.contents.len()).unwrap_or_default(),
            status: spot.status,
            owner: author.clone(),
            author,
            created,
            versions,
            labels,
            writers: None,
            readers: spot.readers,
        };
        self.site.contents.insert(id, content);
        for file in sheet.files {
            self.attach(id, file, last);
        }
        id
    }

    fn begun(&mut self, space: Id) -> Timestamp {
        let founded = self.site.spaces.get(&space).map(|space| space.created).unwrap_or_default();
        self.later(founded, GROWING)
    }

    fn versions(&mut self, sheet: &Sheet, count: u32, author: &str, created: Timestamp) -> Vec<Version> {
        let mut when = created;
        let mut versions = Vec::new();
        for number in 1..=count.max(1) {
            let missing = usize::try_from(count.saturating_sub(number)).unwrap_or_default();
            let kept = sheet.blocks.len().saturating_sub(missing).max(1);
            let editor = if number == 1 { author.to_owned() } else { self.author() };
            let early = number == 1 && count > 3;
            let message = match number {
                1 => "",
                2 => "Add the steps that were missing",
                3 => "Correct the host names",
                _ => "Review after feedback from the desk",
            };
            versions.push(Version {
                number,
                title: if early { format!("{} (work in progress)", sheet.title) } else { sheet.title.clone() },
                body: sheet.blocks.iter().take(kept).map(String::as_str).collect(),
                author: editor,
                created: when,
                message: message.to_owned(),
                minor_edit: number.is_multiple_of(3),
            });
            when = self.later(when, 1_700_000);
        }
        versions
    }

    /// Attaches `file`; every third one was uploaded twice.
    fn attach(&mut self, container: Id, file: File, since: Timestamp) -> Id {
        let id = self.id();
        let (author, created) = (self.author(), self.later(since, 3_000));
        let upload = |number, bytes, author, created, comment: &str| AttachmentVersion {
            number,
            bytes,
            author,
            created,
            comment: comment.to_owned(),
        };
        let mut versions = Vec::new();
        if id.is_multiple_of(3) && file.media_type.starts_with("text/") {
            let half = file.bytes.len() / 2;
            let older = file.bytes.get(..half).unwrap_or_default().to_vec();
            versions.push(upload(1, older, author.clone(), created, "First half"));
            let again = self.later(created, 600_000);
            versions.push(upload(2, file.bytes, self.author(), again, "Complete"));
        } else {
            versions.push(upload(1, file.bytes, author, created, ""));
        }
        let labels = if id.is_multiple_of(4) { vec![self.label("evidence")] } else { Vec::new() };
        let attachment = Attachment {
            id,
            container,
            title: file.name,
            media_type: file.media_type.to_owned(),
            status: ContentStatus::Current,
            versions,
            labels,
        };
        self.site.attachments.insert(id, attachment);
        id
    }

    /// Attaches `file` and throws it away again.
    pub(super) fn discard(&mut self, container: Id, file: File) {
        let since = self.site.contents.get(&container).map(|content| content.created).unwrap_or_default();
        let id = self.attach(container, file, since);
        if let Some(attachment) = self.site.attachments.get_mut(&id) {
            attachment.status = ContentStatus::Trashed;
        }
    }

    /// Adds a comment of one version; `inside` is markup.
    pub(super) fn comment(&mut self, container: Id, parent: Option<Id>, place: CommentPlace, inside: &str) -> Id {
        let id = self.id();
        let answered = parent.and_then(|parent| self.site.comments.get(&parent)).map(|comment| comment.created);
        let published = || self.site.contents.get(&container)?.versions.last().map(|version| version.created);
        let since = answered.or_else(published).unwrap_or_default();
        let (author, created) = (self.author(), self.later(since, 400_000));
        let version = Version {
            number: 1,
            title: String::new(),
            body: paragraph(inside),
            author: author.clone(),
            created,
            message: String::new(),
            minor_edit: false,
        };
        self.site
            .comments
            .insert(id, Comment { id, container, parent, place, author, created, versions: vec![version] });
        id
    }
}
