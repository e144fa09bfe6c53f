//! IT Glue: the documents of all organizations that a key may see, read over its published JSON:API.

mod cursor;
mod json;
mod places;
mod sections;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::asking::{Api, Manners, Right, Way};
use super::error::SourceError;
use super::record::SourceRecord;
use super::source::{Article, Checked, Content, Problem, Source, SourcePage};
use crate::domain::text::quoted;
use crate::index::SpaceFacts;
use cursor::{Cursor, Form};
use json::{Listing, Resource, Single};
use places::Known;

/// Where keys of the United States are good.
pub(super) const USUAL: &str = "https://api.itglue.com";
/// Documents on one page; 1000 at most.
const PAGE: u32 = 250;
/// No list has more pages.
const MOST_PAGES: u32 = 2_000;
/// Folders stand in each other no deeper.
const DEEPEST: usize = 32;

/// The limit is 3000 requests in five minutes, for everybody who uses the account's keys.
const MANNERS: Manners = Manners {
    accept: "application/vnd.api+json",
    pace: Duration::from_millis(150),
    example: USUAL,
    key_remedy: "keys are good in one region (--url https://api.eu.itglue.com or https://api.au.itglue.com for others) \
        and end after 90 days without use; make a new one under Account, Settings, API Keys",
};
const ORGANIZATIONS: Right =
    Right { to: "list organizations", remedy: "give it access to organizations under Account, Settings, API Keys" };
const DOCUMENTS: Right = Right {
    to: "list documents",
    remedy: "IT Glue refuses that to some keys; ask its support to let keys of this account read documents",
};
const SECTIONS: Right = Right {
    to: "read what documents say",
    remedy: "IT Glue refuses that to some keys; ask its support to let keys of this account read documents",
};

/// The documents of IT Glue.
pub(super) struct ItGlue {
    record: SourceRecord,
    api: Api,
    /// What has been listed of the organizations, and the folders of the one that is listed.
    known: Mutex<Known>,
}

impl ItGlue {
    pub(super) fn new(record: SourceRecord, key: &SecretString, way: &Way) -> Result<Self, SourceError> {
        let api = Api::new(&record.place, key, MANNERS, way)?;
        Ok(Self { record, api, known: Mutex::default() })
    }

    async fn checked(&self) -> Result<Checked, SourceError> {
        let first: Listing =
            self.api.get(&["organizations"], &[("page[number]", "1"), ("page[size]", "25")], ORGANIZATIONS).await?;
        let (mut lacking, mut documents) = (Vec::new(), 0);
        let organizations: Vec<u64> = first.resources().filter_map(|found| found.ok()?.id.parse().ok()).collect();
        for organization in organizations.iter().take(3) {
            let listing = match self.documents(*organization, Form::Everywhere, 1).await {
                Err(SourceError::Strange(400 | 422)) => self.documents(*organization, Form::Plain, 1).await,
                listed => listed,
            };
            let listing = match listing {
                // Documents are switched off there.
                Err(SourceError::Missing) => continue,
                listed => listed?,
            };
            documents += listing.resources().count();
            if let Some(Ok(document)) = listing.resources().next() {
                match sections::read(&self.api, &document.id).await {
                    Err(SourceError::Missing) => lacking.push("documents in sections cannot be read".to_owned()),
                    read => drop(read?),
                }
                break;
            }
        }
        if organizations.is_empty() {
            lacking.push("its key sees no organization; give it access to some".to_owned());
        }
        let found = if documents > 0 { "organizations and their documents" } else { "organizations, no document yet" };
        Ok(Checked { found: found.to_owned(), lacking })
    }

    /// One page of an organization's documents.
    async fn documents(&self, organization: u64, form: Form, page: u32) -> Result<Listing, SourceError> {
        let (number, size) = (page.to_string(), PAGE.to_string());
        let mut query = vec![("page[number]", number.as_str()), ("page[size]", size.as_str()), ("sort", "id")];
        query.extend(form.filter());
        let path = ["organizations", &organization.to_string(), "relationships", "documents"];
        self.api.get(&path, &query, DOCUMENTS).await
    }

    async fn listed(&self, cursor: Option<&str>) -> Result<SourcePage, SourceError> {
        let cursor = match cursor {
            Some(cursor) => Cursor::read(cursor).ok_or(SourceError::Malformed("the cursor is none"))?,
            None => Cursor::default(),
        };
        let organizations = self.organizations(cursor == Cursor::default()).await?;
        let Some((&organization, name)) = organizations.range(cursor.organization..).next() else {
            return Ok(SourcePage::default());
        };
        // That of the cursor may be gone by now.
        let cursor = if cursor.organization == organization { cursor } else { Cursor::at(organization) };
        let after = organizations.range(organization + 1..).next().map(|(next, _)| *next);
        let listing = match self.documents(organization, cursor.form, cursor.page).await {
            Ok(listing) => listing,
            // Documents are switched off there.
            Err(SourceError::Missing) => Listing::default(),
            Err(SourceError::Strange(400 | 422)) if cursor.form == Form::Everywhere => {
                let next = Some(cursor.in_form(Form::Plain).text());
                return Ok(SourcePage { next, ..SourcePage::default() });
            }
            Err(SourceError::Strange(400 | 422)) if cursor.form == Form::InFolders => Listing::default(),
            Err(error) if error.is_about_a_piece() || matches!(error, SourceError::Strange(_)) => {
                let hole = Problem { what: format!("the documents of {}", quoted(name, 80)), why: error.to_string() };
                let next = after.map(|next| Cursor::at(next).text());
                return Ok(SourcePage { next, holes: vec![hole], ..SourcePage::default() });
            }
            Err(error) => return Err(error),
        };
        if cursor.form == Form::Everywhere && listing.resources().flatten().any(is_in_folder) {
            self.known.lock().unwrap_or_else(PoisonError::into_inner).one_round = true;
        }
        let next = match listing.next_page(cursor.page, PAGE) {
            Some(page) if page > MOST_PAGES => return Err(SourceError::Endless("an organization has too many pages")),
            Some(page) => Some(cursor.with_page(page, listing.first_id())?),
            None if cursor.form == Form::InFolders || self.is_one_round() => after.map(Cursor::at),
            None => Some(cursor.in_form(Form::InFolders)),
        };
        let space = SpaceFacts { id: organization.to_string(), key: name.clone(), name: name.clone() };
        let mut page = SourcePage { next: next.map(|next| next.text()), ..SourcePage::default() };
        for found in listing.resources() {
            match found {
                Ok(document) if is_copied(document) => {
                    page.articles.push(self.article(document, organization, &space).await?);
                }
                Ok(_) => {}
                Err(why) => {
                    let what = format!("a document of {}", quoted(name, 80));
                    page.holes.push(Problem { what, why: why.to_owned() });
                }
            }
        }
        Ok(page)
    }

    async fn article(
        &self,
        document: &Resource,
        organization: u64,
        space: &SpaceFacts,
    ) -> Result<Article, SourceError> {
        let mut above = Vec::new();
        if let Some(folder) = document.text("document-folder-id") {
            let folders = self.folders(organization).await?;
            let mut next = Some(folder);
            while let Some(id) = next.take().filter(|_| above.len() < DEEPEST) {
                let (name, parent) = folders.get(&id).cloned().unwrap_or_default();
                above.push((id, name));
                next = parent;
            }
            above.reverse();
        }
        let named: Vec<_> = above.into_iter().filter(|(_, name)| !name.is_empty()).collect();
        let own = document.text("resource-url").filter(|url| url.starts_with("https://"));
        Ok(Article {
            id: document.id.clone(),
            title: document.text("name").unwrap_or_default(),
            stamp: document.text("updated-at").unwrap_or_default(),
            breadcrumb: named.iter().map(|(_, name)| name.clone()).collect(),
            ancestors: named.into_iter().map(|(id, _)| id).collect(),
            space: space.clone(),
            created: document.time("created-at"),
            modified: document.time("updated-at"),
            url: own.unwrap_or_else(|| self.url(organization, &document.id)),
            restricted: document.is("restricted"),
            content: None,
        })
    }

    /// Where people read a document: the API's host says in which region.
    fn url(&self, organization: u64, document: &str) -> String {
        let app = self.api.base().host_str().and_then(|host| host.strip_prefix("api."));
        app.map(|region| format!("https://app.{region}/{organization}/docs/{document}")).unwrap_or_default()
    }

    fn is_one_round(&self) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).one_round
    }

    async fn there(&self, id: &str) -> Result<bool, SourceError> {
        match self.api.get::<Single>(&["documents", id], &[], DOCUMENTS).await {
            Ok(found) => found.resource().map(is_copied).map_err(SourceError::Malformed),
            Err(SourceError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Whether a document is one that people see: neither archived nor a draft.
fn is_copied(document: &Resource) -> bool {
    !document.is("archived") && !document.is_not("published")
}

fn is_in_folder(document: &Resource) -> bool {
    document.text("document-folder-id").is_some()
}

impl Source for ItGlue {
    fn record(&self) -> &SourceRecord {
        &self.record
    }

    fn check(&self) -> BoxFuture<'_, Result<Checked, SourceError>> {
        Box::pin(self.checked())
    }

    fn list<'a>(&'a self, cursor: Option<&'a str>) -> BoxFuture<'a, Result<SourcePage, SourceError>> {
        Box::pin(self.listed(cursor))
    }

    fn read<'a>(&'a self, article: &'a Article) -> BoxFuture<'a, Result<Content, SourceError>> {
        Box::pin(sections::read(&self.api, &article.id))
    }

    fn is_there<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, SourceError>> {
        Box::pin(self.there(id))
    }
}
