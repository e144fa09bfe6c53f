//! A folder: the Markdown and HTML files beneath it, opened beneath it whatever links or dots it holds.

mod front;
mod walk;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::error::SourceError;
use super::record::SourceRecord;
use super::source::{Article, Checked, Content, Problem, Source, SourcePage, Text};
use crate::confluence::address::checked_base;
use crate::domain::text::quoted;
use crate::index::SpaceFacts;
use walk::{Format, Met, Walked};

/// Files on one page.
const PAGE: usize = 200;

/// The files beneath a folder.
pub(super) struct Folder {
    record: SourceRecord,
    root: PathBuf,
    /// What was there when the listing began.
    walked: Mutex<Option<Arc<Walked>>>,
}

impl Folder {
    pub(super) fn new(record: SourceRecord) -> Result<Self, SourceError> {
        let root = PathBuf::from(&record.place);
        if !root.is_absolute() {
            return Err(SourceError::Unusable("name its folder with --path".to_owned()));
        }
        if let Some(links) = &record.links {
            // Whoever clicks on a link sends it there.
            checked_base("url", links, "https://wiki.example.com/docs")
                .map_err(|error| SourceError::Unusable(error.to_string()))?;
        }
        Ok(Self { root, record, walked: Mutex::default() })
    }

    /// Does that with the folder, on a thread that may wait.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(Dir) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let root = self.root.clone();
        let done = tokio::task::spawn_blocking(move || {
            let opened = Dir::open_ambient_dir(&root, ambient_authority());
            let root = opened.map_err(|error| {
                SourceError::Unusable(format!("its folder `{}` cannot be opened: {error}", root.display()))
            })?;
            work(root)
        });
        done.await.unwrap_or_else(|error| Err(SourceError::Unusable(format!("its folder could not be read: {error}"))))
    }

    async fn checked(&self) -> Result<Checked, SourceError> {
        let walked = self.with(|root| Ok(walk::walk(&root))).await?;
        let lacking: Vec<String> =
            walked.unread.iter().take(5).map(|unread| format!("{}: {}", unread.what, unread.why)).collect();
        Ok(Checked { found: format!("{} files", walked.files.len()), lacking })
    }

    async fn listed(&self, cursor: Option<&str>) -> Result<SourcePage, SourceError> {
        let known = self.walked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let walked = if let Some(walked) = known.filter(|_| cursor.is_some()) {
            walked
        } else {
            let walked = Arc::new(self.with(|root| Ok(walk::walk(&root))).await?);
            *self.walked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&walked));
            walked
        };
        let from = cursor.map_or(0, |cursor| walked.files.partition_point(|met| met.path.as_str() <= cursor));
        let rest = walked.files.get(from..).unwrap_or_default();
        let files = rest.get(..PAGE.min(rest.len())).unwrap_or_default();
        let next = files.last().filter(|_| rest.len() > PAGE).map(|last| last.path.clone());
        // What was not read is said once, at the end.
        let problems = if next.is_none() { walked.unread.clone() } else { Vec::new() };
        let total = u64::try_from(walked.files.len()).ok();
        let articles = files.iter().map(|met| self.article(met)).collect();
        Ok(SourcePage { articles, next, total, problems, holes: Vec::new() })
    }

    fn article(&self, met: &Met) -> Article {
        let mut above: Vec<&str> = met.path.split('/').collect();
        let name = above.pop().unwrap_or_default();
        let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let ancestors = above.iter().scan(String::new(), |path, part| {
            path.push_str(part);
            path.push('/');
            Some(path.clone())
        });
        let own = self.record.name.to_string();
        Article {
            id: met.path.clone(),
            title: title.to_owned(),
            stamp: met.stamp.clone(),
            ancestors: ancestors.collect(),
            breadcrumb: above.iter().map(|part| (*part).to_owned()).collect(),
            space: SpaceFacts { id: own.clone(), key: own.clone(), name: own },
            created: None,
            modified: met.modified,
            url: self.url(&met.path).unwrap_or_default(),
            restricted: false,
            content: None,
        }
    }

    fn url(&self, path: &str) -> Option<String> {
        let mut url = match &self.record.links {
            Some(base) => url::Url::parse(base).ok()?,
            None => url::Url::from_directory_path(&self.root).ok()?,
        };
        url.path_segments_mut().ok()?.pop_if_empty().extend(path.split('/'));
        Some(url.into())
    }

    async fn content(&self, path: String) -> Result<Content, SourceError> {
        let format = Format::of(&path).ok_or(SourceError::Missing)?;
        let text = self.with(move |root| walk::read(&root, &path)).await?;
        Ok(match format {
            Format::Markdown => front::markdown(&text),
            Format::Html => Content { title: front::title_of_html(&text), text: Text::Html(text), labels: Vec::new() },
        })
    }
}

impl Source for Folder {
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
        Box::pin(self.content(article.id.clone()))
    }

    fn is_there<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, SourceError>> {
        let path = id.to_owned();
        Box::pin(self.with(move |root| Ok(walk::is_there(&root, &path))))
    }
}

/// What could not be read there.
fn unread(path: &str, why: impl std::fmt::Display) -> Problem {
    Problem { what: quoted(path, 200), why: why.to_string() }
}

/// When a file was changed.
fn changed(metadata: &cap_std::fs::Metadata) -> Option<Timestamp> {
    Timestamp::try_from(metadata.modified().ok()?.into_std()).ok()
}
