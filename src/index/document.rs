//! A document as it is copied: what is searched, what is shown, and what says who may see it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The copy of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its id, unique in its shard: that of the page, post or attachment (`att…`), or the other source's own.
    pub id: String,
    /// What it is.
    pub kind: DocumentKind,
    /// Its title, on one line; the name of a file.
    pub title: String,
    /// Its body as Markdown, cleaned; empty for files.
    pub body: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// The titles of what it stands under, topmost first, without its space.
    pub breadcrumb: Vec<String>,
    /// The ids of what it stands under, in the same order; for a file, its page's too, last.
    pub ancestors: Vec<String>,
    /// The space it lives in, or what stands for one elsewhere.
    pub space: SpaceFacts,
    /// Who made it.
    pub author: Option<Name>,
    /// Who changed it last.
    pub editor: Option<Name>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
    /// Its version, where it has one.
    pub version: u64,
    /// Its address for people.
    pub url: String,
    /// Whether not everybody who sees the space may read it, because it or something above it is restricted.
    pub restricted: bool,
    /// What else there is to say of a file.
    pub file: Option<FileFacts>,
    /// When it was copied or last found to be unchanged.
    pub copied: Timestamp,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A page of Confluence.
    Page,
    /// A blog post of Confluence.
    BlogPost,
    /// A file attached to a page or post.
    Attachment,
    /// An article of another source.
    Article,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Page, Self::BlogPost, Self::Attachment, Self::Article];

    /// What it is called in filters and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blog_post",
            Self::Attachment => "attachment",
            Self::Article => "article",
        }
    }
}

/// A space, or what stands for one elsewhere: an organization, a company, a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceFacts {
    /// Its id.
    pub id: String,
    /// Its key; elsewhere whatever people would filter by.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// A person's account and name. The name goes when the account is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The account's id.
    pub account_id: String,
    /// The name to show; a placeholder where there is none.
    pub name: String,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// The id of the page or post it is attached to.
    pub page_id: String,
    /// The title of that page or post.
    pub page_title: String,
}
