//! What is remembered of everything that was copied: little enough of each page for a million of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::{Attachment, Page};
use crate::domain::ids::{ContentId, SpaceId, SpaceKey};
use crate::domain::place::Parent;

/// What is remembered of a copied page or post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRow {
    /// Which of the two it is.
    #[serde(rename = "k")]
    pub kind: DocumentKind,
    /// The version that was copied.
    #[serde(rename = "v")]
    pub version: u32,
    /// What it stands under.
    #[serde(rename = "p")]
    pub parent: Option<Parent>,
    /// Its space.
    #[serde(rename = "s")]
    pub space: SpaceId,
    /// Its title.
    #[serde(rename = "t")]
    pub title: String,
    /// A print of its link.
    #[serde(rename = "w")]
    pub link: u64,
    /// Its labels, in order.
    #[serde(rename = "l")]
    pub labels: Vec<String>,
    /// Whether it is itself restricted for readers; `None` as long as nobody could say.
    #[serde(rename = "r")]
    pub restricted: Option<bool>,
    /// A print of what its copy says that other pages or its space have a part in.
    #[serde(rename = "n")]
    pub print: u64,
    /// Whether its copy lacks something that another reading may bring.
    #[serde(rename = "g", default)]
    pub gap: bool,
}

/// What is remembered of a copied file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// The version that was copied.
    #[serde(rename = "v")]
    pub version: u32,
    /// The page or post it is on.
    #[serde(rename = "c")]
    pub container: ContentId,
    /// Its name.
    #[serde(rename = "t")]
    pub title: String,
    /// As of a page.
    #[serde(rename = "n")]
    pub print: u64,
    /// As of a page.
    #[serde(rename = "g", default)]
    pub gap: bool,
}

/// What is remembered of something that copied pages stand under and that is not copied itself: a folder or another
/// node, or a page that is archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRow {
    /// What it is and its id.
    pub itself: Parent,
    /// What it stands under.
    pub parent: Option<Parent>,
    /// Its title; `None` where nothing could be read of it.
    pub title: Option<String>,
    /// As of a page.
    pub restricted: Option<bool>,
}

/// What is remembered of a copied space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRow {
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    pub name: String,
    /// Whether all its pages were copied once.
    #[serde(default)]
    pub pages: bool,
    /// Whether all its posts were.
    #[serde(default)]
    pub posts: bool,
    /// The latest change of a page that was seen.
    #[serde(default)]
    pub pages_until: Option<Timestamp>,
    /// The latest change of a post that was seen.
    #[serde(default)]
    pub posts_until: Option<Timestamp>,
    /// As of when its pages are known to be as they were copied: when the last good look at its changes began.
    #[serde(default)]
    pub current: Option<Timestamp>,
    /// How many pages and posts were copied, as of the last count.
    #[serde(default)]
    pub documents: u64,
    /// How many seemed gone in the last sweep and were kept.
    #[serde(default)]
    pub held: Option<u64>,
    /// Whether the space itself was missing when it was last looked for.
    #[serde(default)]
    pub missing: bool,
}

impl SpaceRow {
    /// A space of which nothing was copied yet.
    pub fn new(key: SpaceKey, name: String) -> Self {
        Self {
            key,
            name,
            pages: false,
            posts: false,
            pages_until: None,
            posts_until: None,
            current: None,
            documents: 0,
            held: None,
            missing: false,
        }
    }
}

/// What is remembered of the whole site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteRow {
    /// Whether all files were copied once.
    #[serde(default)]
    pub files: bool,
    /// The latest change of a file that was seen.
    #[serde(default)]
    pub files_until: Option<Timestamp>,
    /// How many files seemed gone in the last sweep and were kept.
    #[serde(default)]
    pub files_held: Option<u64>,
    /// When the last run ended well.
    #[serde(default)]
    pub synced: Option<Timestamp>,
    /// When the last sweep ended well.
    #[serde(default)]
    pub swept: Option<Timestamp>,
    /// When the known accounts were looked up last.
    #[serde(default)]
    pub people: Option<Timestamp>,
    /// The number of the last run.
    #[serde(default)]
    pub runs: u64,
    /// Whether something that others stand under has changed and their copies were not gone through since.
    #[serde(default)]
    pub loose: bool,
    /// Whether copies may be missing, because the index was made anew and no sweep has compared it since.
    #[serde(default)]
    pub doubtful: bool,
}

/// A page or post as a listing tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: ContentId,
    /// Which of the two it is.
    pub kind: DocumentKind,
    /// Its version.
    pub version: u32,
    /// What it stands under.
    pub parent: Option<Parent>,
    /// Its space.
    pub space: SpaceId,
    /// Its title.
    pub title: String,
    /// A print of its link.
    pub link: u64,
}

impl Entry {
    /// What a listing tells of a page.
    pub fn of(kind: DocumentKind, page: &Page) -> Self {
        Self {
            id: page.id.clone(),
            kind,
            version: page.version_number().0,
            parent: page.parent(),
            space: page.space_id.clone(),
            title: page.title.clone(),
            link: print([page.links.webui.as_deref().unwrap_or_default()]),
        }
    }
}

/// What has to be done about a page or post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing.
    Same,
    /// Its copy is told its new title, place or link; its body is the same.
    Moved,
    /// Its body is read and copied.
    Read,
}

/// Compares a listing with what is remembered. A move makes no new version.
pub fn judge(row: Option<&PageRow>, entry: &Entry) -> Verdict {
    let Some(row) = row else { return Verdict::Read };
    if row.gap || row.version != entry.version || row.kind != entry.kind {
        return Verdict::Read;
    }
    let same =
        row.parent == entry.parent && row.space == entry.space && row.title == entry.title && row.link == entry.link;
    if same { Verdict::Same } else { Verdict::Moved }
}

/// The same for a file.
pub fn judge_file(row: Option<&FileRow>, file: &Attachment) -> Verdict {
    let same = |row: &FileRow| {
        !row.gap
            && Some(row.version) == file.version.as_ref().map(|version| version.number.0)
            && Some(&row.container) == file.container()
            && row.title == file.title
    };
    if row.is_some_and(same) { Verdict::Same } else { Verdict::Read }
}

/// A number that texts with a difference hardly share: FNV-1a over them and the ends between them. It is kept on disk
/// and must stay the same.
pub fn print<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let step = |print: u64, byte: u8| (print ^ u64::from(byte)).wrapping_mul(PRIME);
    texts.into_iter().fold(BASIS, |print, text| text.bytes().chain([0xff]).fold(print, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            id: "7".parse().unwrap(),
            kind: DocumentKind::Page,
            version: 3,
            parent: Some(Parent::Page("5".parse().unwrap())),
            space: "1".parse().unwrap(),
            title: "On call".into(),
            link: 9,
        }
    }

    fn row() -> PageRow {
        let Entry { kind, version, parent, space, title, link, .. } = entry();
        PageRow { kind, version, parent, space, title, link, labels: vec![], restricted: None, print: 0, gap: false }
    }

    #[test]
    fn what_differs_says_what_has_to_be_done() {
        let space = || "2".parse().unwrap();
        let table = [
            (None, entry(), Verdict::Read),
            (Some(row()), entry(), Verdict::Same),
            (Some(row()), Entry { version: 4, ..entry() }, Verdict::Read),
            (Some(row()), Entry { version: 2, ..entry() }, Verdict::Read),
            (Some(PageRow { gap: true, ..row() }), entry(), Verdict::Read),
            (Some(row()), Entry { parent: None, ..entry() }, Verdict::Moved),
            (Some(row()), Entry { space: space(), ..entry() }, Verdict::Moved),
            (Some(row()), Entry { title: "Off call".into(), ..entry() }, Verdict::Moved),
            (Some(row()), Entry { link: 8, ..entry() }, Verdict::Moved),
            (Some(PageRow { labels: vec!["a".into()], ..row() }), entry(), Verdict::Same),
        ];
        for (row, entry, expected) in table {
            assert_eq!(judge(row.as_ref(), &entry), expected, "{row:?} {entry:?}");
        }
    }

    #[test]
    fn a_print_tells_where_a_text_ends() {
        assert_ne!(print(["ab", "c"]), print(["a", "bc"]));
        assert_ne!(print([""]), print([]));
    }

    #[test]
    fn a_row_is_short() {
        let row = PageRow { title: "x".repeat(40), labels: vec!["runbook".into(); 3], print: u64::MAX, ..row() };
        assert!(serde_json::to_vec(&row).unwrap().len() < 250);
    }
}
