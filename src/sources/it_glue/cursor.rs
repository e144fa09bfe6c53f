//! Where a listing of IT Glue goes on: organizations in the order of their ids, and in each its documents.

use serde::{Deserialize, Serialize};

use crate::sources::error::SourceError;

/// How documents are asked for. The plain list holds only those outside folders; a filter on the folder changes that,
/// but which filter lets which documents through is nowhere published and differs between accounts. So there are two
/// rounds, and what comes twice is taken once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    /// The first round, with the filter that mostly lets all documents through, and otherwise those outside folders.
    #[default]
    Everywhere,
    /// The first round where that filter is refused.
    Plain,
    /// The second round: those in folders.
    InFolders,
}

impl Form {
    /// Its part of the query.
    pub(super) const fn filter(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Everywhere => Some(("filter[document_folder_id]", "null")),
            Self::Plain => None,
            Self::InFolders => Some(("filter[document_folder_id][ne]", "null")),
        }
    }
}

/// A place in the listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// The organization; where it is gone, the one with the next id.
    pub(super) organization: u64,
    pub(super) form: Form,
    /// From 1.
    pub(super) page: u32,
    /// With what the page before began.
    before: Option<String>,
}

impl Default for Cursor {
    fn default() -> Self {
        Self::at(0)
    }
}

impl Cursor {
    /// The beginning of an organization.
    pub(super) const fn at(organization: u64) -> Self {
        Self { organization, form: Form::Everywhere, page: 1, before: None }
    }

    /// What [`text`](Self::text) wrote.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|cursor: &Self| cursor.page > 0)
    }

    /// For whoever keeps it.
    pub(super) fn text(&self) -> String {
        // Numbers and texts: nothing that could fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A further page, after one that began with `first`.
    pub(super) fn with_page(&self, page: u32, first: Option<&str>) -> Result<Self, SourceError> {
        if first.is_some() && self.before.as_deref() == first {
            return Err(SourceError::Endless("two pages are the same"));
        }
        Ok(Self { page, before: first.map(str::to_owned), ..self.clone() })
    }

    /// The first page of the same organization in another form.
    pub(super) fn in_form(&self, form: Form) -> Self {
        Self { form, ..Self::at(self.organization) }
    }
}
