//! Hudu: the articles of its knowledge base, those of companies and those of everybody, read over its published API.

mod cursor;
mod json;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::asking::{Api, Manners, Right, Way};
use super::error::SourceError;
use super::record::SourceRecord;
use super::source::{Article, Checked, Content, Problem, Source, SourcePage, Text};
use crate::index::SpaceFacts;
use cursor::Cursor;
use json::{ArticleFound, Articles, Broken, Companies, Folders, Single};

/// Companies and folders on one page.
const PAGE: usize = 250;
/// No list has more pages.
const MOST_PAGES: usize = 2_000;
/// Folders stand in each other no deeper.
const DEEPEST: usize = 32;
/// What stands for a company where an article belongs to everybody.
const GLOBAL: &str = "global";
/// What is wrong with an article that cannot be read.
const BROKEN: &str = "it is not as the API says it is";

/// The limit is 300 requests a minute.
const MANNERS: Manners = Manners {
    accept: "application/json",
    pace: Duration::from_millis(250),
    example: "https://acme.huducloud.com",
    key_remedy: "make one under Admin, Basic Information, API Keys, for the right instance (--url)",
};
const ARTICLES: Right = Right {
    to: "read articles",
    remedy: "under Admin, API Keys, let it see the knowledge base, and from this machine's address",
};

/// The articles of Hudu.
pub(super) struct Hudu {
    record: SourceRecord,
    api: Api,
    /// The names of companies and folders, since the listing began.
    names: Mutex<Option<Arc<Names>>>,
}

/// What articles stand in.
#[derive(Default)]
struct Names {
    /// Names of companies, and whether they are archived.
    companies: BTreeMap<u64, (String, bool)>,
    /// Names of folders and their parents.
    folders: BTreeMap<u64, (String, Option<u64>)>,
}

impl Hudu {
    pub(super) fn new(record: SourceRecord, key: &SecretString, way: &Way) -> Result<Self, SourceError> {
        // People copy the address from the browser or from the documentation of the API.
        let base = record.place.trim_end_matches('/').trim_end_matches("/api/v1");
        let api = Api::new(base, key, MANNERS, way)?;
        Ok(Self { record, api, names: Mutex::default() })
    }

    async fn page(&self, size: u64, offset: u64) -> Result<Articles, SourceError> {
        let query = [("page", &*(offset / size + 1).to_string()), ("page_size", &*size.to_string())];
        self.api.get(&["api", "v1", "articles"], &query, ARTICLES).await
    }

    async fn checked(&self) -> Result<Checked, SourceError> {
        let articles = self.page(1, 0).await?;
        let found = if articles.articles.is_empty() { "the knowledge base, no article yet" } else { "articles" };
        let mut lacking = Vec::new();
        for (list, what) in [("companies", "the names of companies"), ("folders", "the names of folders")] {
            let query = [("page", "1"), ("page_size", "1")];
            match self.api.get::<serde::de::IgnoredAny>(&["api", "v1", list], &query, ARTICLES).await {
                Ok(_) => {}
                Err(error) if error.is_about_all() && !matches!(error, SourceError::KeyRefused { .. }) => {
                    return Err(error);
                }
                Err(error) => lacking.push(format!("{what} cannot be read: {error}")),
            }
        }
        Ok(Checked { found: found.to_owned(), lacking })
    }

    async fn listed(&self, cursor: Option<&str>) -> Result<SourcePage, SourceError> {
        let cursor = match cursor {
            Some(cursor) => Cursor::read(cursor).ok_or(SourceError::Malformed("the cursor is none"))?,
            None => Cursor::default(),
        };
        let names = self.names(cursor == Cursor::default()).await?;
        let listing = match self.page(cursor.size(), cursor.offset).await {
            Ok(listing) => listing,
            Err(error) if error.is_about_a_piece() && !cursor.is_hopeless() => {
                return Ok(match cursor.narrowed() {
                    Some(narrowed) => SourcePage { next: Some(narrowed.text()), ..SourcePage::default() },
                    None => SourcePage {
                        next: Some(cursor.after(None)?.text()),
                        holes: vec![Problem {
                            what: format!("article number {}", cursor.offset + 1),
                            why: error.to_string(),
                        }],
                        ..SourcePage::default()
                    },
                });
            }
            Err(error) => return Err(error),
        };
        if listing.articles.is_empty() {
            return Ok(SourcePage::default());
        }
        let first = listing.articles.iter().find_map(|found| found.as_ref().ok()).map(|article| article.id);
        let mut page = SourcePage { next: Some(cursor.after(first)?.text()), ..SourcePage::default() };
        for found in listing.articles {
            match found {
                Ok(article) if names.are_shown(&article) => page.articles.push(self.article(article, &names)),
                Ok(_) => {}
                Err(Broken { id: Some(id) }) => page.articles.push(broken(id)),
                Err(Broken { id: None }) => {
                    page.holes.push(Problem { what: "an article".to_owned(), why: BROKEN.to_owned() });
                }
            }
        }
        Ok(page)
    }

    fn article(&self, found: ArticleFound, names: &Names) -> Article {
        let space = match found.company_id {
            Some(id) => {
                let name = names.companies.get(&id).map_or_else(|| format!("company {id}"), |(name, _)| name.clone());
                SpaceFacts { id: id.to_string(), key: name.clone(), name }
            }
            None => SpaceFacts { id: GLOBAL.into(), key: GLOBAL.into(), name: "Global knowledge base".into() },
        };
        let above = names.above(found.folder_id);
        let content = Content { text: Text::Html(found.content), title: None, labels: Vec::new() };
        Article {
            id: found.id.to_string(),
            title: found.name,
            stamp: found.updated_at.clone(),
            breadcrumb: above.iter().map(|(_, name)| name.clone()).collect(),
            ancestors: above.iter().map(|(id, _)| id.to_string()).collect(),
            space,
            created: found.created_at.parse().ok(),
            modified: found.updated_at.parse().ok(),
            // Some versions leave the host out.
            url: self.api.base().join(&found.url).map(String::from).unwrap_or_default(),
            restricted: false,
            content: Some(content),
        }
    }

    /// The names of companies and folders, asked for anew where that is wished. Where they may not be read, articles are
    /// as good without.
    async fn names(&self, anew: bool) -> Result<Arc<Names>, SourceError> {
        let known = self.names.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|_| !anew) {
            return Ok(known);
        }
        let mut names = Names::default();
        for page in 1..=MOST_PAGES {
            let Some(Companies { companies }) = self.names_page("companies", page).await? else { break };
            let (before, full) = (names.companies.len(), companies.len() >= PAGE);
            names.companies.extend(companies.into_iter().flatten().map(|one| (one.id, (one.name, one.archived))));
            if !full || names.companies.len() == before {
                break;
            }
        }
        for page in 1..=MOST_PAGES {
            let Some(Folders { folders }) = self.names_page("folders", page).await? else { break };
            let (before, full) = (names.folders.len(), folders.len() >= PAGE);
            names.folders.extend(folders.into_iter().flatten().map(|one| (one.id, (one.name, one.parent_folder_id))));
            if !full || names.folders.len() == before {
                break;
            }
        }
        let names = Arc::new(names);
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&names));
        Ok(names)
    }

    async fn names_page<T: serde::de::DeserializeOwned>(
        &self,
        list: &str,
        page: usize,
    ) -> Result<Option<T>, SourceError> {
        let query = [("page", &*page.to_string()), ("page_size", &*PAGE.to_string())];
        match self.api.get(&["api", "v1", list], &query, ARTICLES).await {
            Ok(listing) => Ok(Some(listing)),
            Err(SourceError::KeyRefused { .. }) => Ok(None),
            Err(error) if error.is_about_all() => Err(error),
            Err(_) => Ok(None),
        }
    }

    async fn there(&self, id: &str) -> Result<bool, SourceError> {
        match self.api.get::<Single>(&["api", "v1", "articles", id], &[], ARTICLES).await {
            Ok(Single { article }) => {
                article.map(|article| article.is_shown()).map_err(|_| SourceError::Malformed(BROKEN))
            }
            Err(SourceError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What is there and cannot be read: it is listed, so that a copy from before stays.
fn broken(id: u64) -> Article {
    Article {
        id: id.to_string(),
        title: String::new(),
        stamp: String::new(),
        breadcrumb: Vec::new(),
        ancestors: Vec::new(),
        space: SpaceFacts { id: String::new(), key: String::new(), name: String::new() },
        created: None,
        modified: None,
        url: String::new(),
        restricted: false,
        content: None,
    }
}

impl Names {
    /// Whether people see an article: it is published, and its company is not archived.
    fn are_shown(&self, article: &ArticleFound) -> bool {
        let company = article.company_id.and_then(|id| self.companies.get(&id));
        article.is_shown() && company.is_none_or(|(_, archived)| !archived)
    }

    /// What stands above something in that folder, topmost first.
    fn above(&self, folder: Option<u64>) -> Vec<(u64, String)> {
        let mut above = Vec::new();
        let mut next = folder;
        while let Some(id) = next.take().filter(|_| above.len() < DEEPEST) {
            if let Some((name, parent)) = self.folders.get(&id) {
                above.push((id, name.clone()));
                next = *parent;
            }
        }
        above.reverse();
        above
    }
}

impl Source for Hudu {
    fn record(&self) -> &SourceRecord {
        &self.record
    }

    fn check(&self) -> BoxFuture<'_, Result<Checked, SourceError>> {
        Box::pin(self.checked())
    }

    fn list<'a>(&'a self, cursor: Option<&'a str>) -> BoxFuture<'a, Result<SourcePage, SourceError>> {
        Box::pin(self.listed(cursor))
    }

    /// Listings come with contents; what has none is broken.
    fn read<'a>(&'a self, article: &'a Article) -> BoxFuture<'a, Result<Content, SourceError>> {
        let content = article.content.clone().ok_or(SourceError::Malformed(BROKEN));
        Box::pin(std::future::ready(content))
    }

    fn is_there<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, SourceError>> {
        Box::pin(self.there(id))
    }
}
