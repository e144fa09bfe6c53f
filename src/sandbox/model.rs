//! What a simulated site holds: spaces, contents with their versions, comments, attachments and people.
//!
//! Plain data without behaviour. Ids are numbers; the HTTP side prints them as Confluence does
//! (`"123"`, attachments as `"att123"`). Times are UTC with milliseconds.

mod around;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use around::{Around, PeopleGroup, Property, Template};

/// Numeric id of a space or of any content (one sequence for the whole site, as in Confluence).
pub type Id = u64;

/// Everything one site knows.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Spaces by id.
    pub spaces: BTreeMap<Id, Space>,
    /// Pages, blog posts, folders and other content of the tree, by id.
    pub contents: BTreeMap<Id, Content>,
    /// Footer and inline comments, by id.
    pub comments: BTreeMap<Id, Comment>,
    /// Attachments by numeric id (printed as `att<id>`).
    pub attachments: BTreeMap<Id, Attachment>,
    /// People by account id.
    pub users: BTreeMap<String, User>,
    /// Whether changed bodies get colours spelled as Confluence does; else they are kept byte for byte.
    pub rewrites_colours: bool,
    /// What hangs around all that.
    pub around: Around,
    /// The next id handed out.
    pub next_id: Id,
}

/// A space.
#[derive(Clone, Debug)]
pub struct Space {
    /// Numeric id.
    pub id: Id,
    /// Key, unique; personal spaces start with `~`.
    pub key: String,
    /// Display name.
    pub name: String,
    /// `global`, `collaboration`, `knowledge_base`, `personal`, ….
    pub kind: SpaceKind,
    /// `current`, `archived` or `trashed`.
    pub status: SpaceStatus,
    /// Plain-text description.
    pub description: String,
    /// Account id of whoever made it.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its homepage, a page of the space.
    pub homepage: Option<Id>,
    /// Who may see it; `None` means everyone who can log in.
    pub viewers: Option<BTreeSet<String>>,
    /// Who may write in it; `None` means everyone who may see it.
    pub editors: Option<BTreeSet<String>>,
    /// Labels of the space.
    pub labels: Vec<Label>,
}

/// Type of a space, as the v2 document enumerates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceKind {
    /// A team's or topic's space.
    Global,
    /// A collaboration space.
    Collaboration,
    /// A knowledge base of a service desk.
    KnowledgeBase,
    /// A person's own space.
    Personal,
    /// A system space.
    System,
    /// Confluence's own onboarding space.
    Onboarding,
    /// A sample space of cross-flow.
    XflowSampleSpace,
}

/// Status of a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceStatus {
    /// In use.
    Current,
    /// Archived: readable, not listed by default.
    Archived,
    /// In the trash.
    Trashed,
}

/// A page, blog post, folder or another node of the content tree.
#[derive(Clone, Debug)]
pub struct Content {
    /// Numeric id.
    pub id: Id,
    /// What it is.
    pub kind: ContentKind,
    /// The space it lives in.
    pub space: Id,
    /// Its parent in the tree (a page or a folder); `None` at the top, and always for blog posts.
    pub parent: Option<Id>,
    /// Order among its siblings.
    pub position: i64,
    /// `current`, `draft`, `archived` or `trashed`.
    pub status: ContentStatus,
    /// Account id of whoever made it.
    pub author: String,
    /// Account id of its owner.
    pub owner: String,
    /// When it was made.
    pub created: Timestamp,
    /// All versions, oldest first; never empty. The last is the present one.
    pub versions: Vec<Version>,
    /// Labels, in the order they were added.
    pub labels: Vec<Label>,
    /// Who may read it (in addition to the space's viewers); `None` means no restriction.
    pub readers: Option<BTreeSet<String>>,
    /// Who may change it; `None` means no restriction.
    pub writers: Option<BTreeSet<String>>,
}

/// Kind of a node of the content tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    /// A page.
    Page,
    /// A live doc: a page of subtype `live`.
    LiveDoc,
    /// A blog post.
    BlogPost,
    /// A folder: a title and nothing else.
    Folder,
    /// A whiteboard.
    Whiteboard,
    /// A database.
    Database,
    /// A smart link in the tree.
    Embed,
}

/// Status of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentStatus {
    /// Published.
    Current,
    /// Not yet published.
    Draft,
    /// Archived: keeps its title.
    Archived,
    /// In the trash: gives its title up.
    Trashed,
}

/// One version of a content.
#[derive(Clone, Debug)]
pub struct Version {
    /// Counts from 1.
    pub number: u32,
    /// Title as of this version.
    pub title: String,
    /// Body in storage format as of this version.
    pub body: String,
    /// Account id of the editor.
    pub author: String,
    /// When it was saved.
    pub created: Timestamp,
    /// The editor's note.
    pub message: String,
    /// Whether watchers were spared.
    pub minor_edit: bool,
}

/// A footer or inline comment.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Numeric id.
    pub id: Id,
    /// The page, blog post or attachment's page it hangs on.
    pub container: Id,
    /// The comment it answers, if any.
    pub parent: Option<Id>,
    /// Where it stands.
    pub place: CommentPlace,
    /// Account id of its author.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// All versions, oldest first; never empty (`title` unused).
    pub versions: Vec<Version>,
}

/// Where a comment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommentPlace {
    /// Below the page.
    Footer,
    /// On a piece of the page's text.
    Inline {
        /// The marker's `ac:ref` in the body.
        marker: String,
        /// The text it was put on.
        original_selection: String,
        /// `open`, `reopened`, `resolved` or `dangling`.
        resolution: Resolution,
    },
}

/// State of an inline comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Waiting.
    Open,
    /// Opened again.
    Reopened,
    /// Done.
    Resolved,
    /// Its text is gone.
    Dangling,
}

/// A file on a page or blog post.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Numeric id, printed as `att<id>`.
    pub id: Id,
    /// The page or blog post it belongs to.
    pub container: Id,
    /// File name, unique on its page.
    pub title: String,
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// `current` or `trashed`.
    pub status: ContentStatus,
    /// All versions, oldest first; never empty.
    pub versions: Vec<AttachmentVersion>,
    /// Labels.
    pub labels: Vec<Label>,
}

/// One version of an attachment.
#[derive(Clone, Debug)]
pub struct AttachmentVersion {
    /// Counts from 1.
    pub number: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Account id of the uploader.
    pub author: String,
    /// When it was uploaded.
    pub created: Timestamp,
    /// The uploader's note.
    pub comment: String,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Numeric id, one per (prefix, name) on the site.
    pub id: Id,
    /// `global`, `my`, `team` or `system`.
    pub prefix: String,
    /// Lower-case name.
    pub name: String,
}

/// A person or an app.
#[derive(Clone, Debug)]
pub struct User {
    /// Account id, such as `712020:0b6f…`.
    pub account_id: String,
    /// Sign-in address; hidden from others when `private`.
    pub email: String,
    /// Name shown to others.
    pub display_name: String,
    /// Whether the person hides name and address.
    pub private: bool,
    /// `active`, `inactive` or `closed`.
    pub status: UserStatus,
    /// API token for Basic sign-in and, for the simulated gateway, bearer; empty: cannot sign in.
    pub api_token: String,
    /// Whether the person administers the site.
    pub admin: bool,
    /// IANA time zone, in which CQL dates are read.
    pub time_zone: String,
}

/// Status of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// In use.
    Active,
    /// Deactivated.
    Inactive,
    /// Closed: nothing personal is shown any more.
    Closed,
}
