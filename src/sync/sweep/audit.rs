//! Compares what is remembered with the copies that are there, so that neither has what the other lacks.

use std::collections::HashSet;

use crate::store::Batch;
use crate::sync::plan::facts::{FileRow, PageRow};
use crate::sync::run::course::Course;
use crate::sync::shelf::{FILES, PAGES, of_number};
use crate::sync::sink::Change;
use crate::sync::status::Stop;

use super::files::id_of_copy;

/// How many ids are read together.
const TOGETHER: usize = 5_000;

impl Course<'_> {
    /// Removes copies that nothing is remembered of, and notes which pages have lost theirs: the sweep reads them again.
    pub(in crate::sync) async fn audit(&self) -> Result<(), Stop> {
        let (mut pages, mut files) = (HashSet::new(), HashSet::new());
        let mut after: Option<String> = None;
        loop {
            let from = after.clone();
            let ids = self.with_copies(move |copies| copies.ids(from.as_deref(), TOGETHER)).await?;
            let Some(last) = ids.last() else { break };
            after = Some(last.clone());
            let mut strays = Vec::new();
            for id in ids {
                let (kept, number) = match id.strip_prefix("att") {
                    Some(digits) => (&mut files, digits.parse::<u64>().unwrap_or_default()),
                    None => (&mut pages, id.parse().unwrap_or_default()),
                };
                let table = if id.starts_with("att") { FILES } else { PAGES };
                if self.shelf.get::<serde::de::IgnoredAny>(table, &of_number(number)).await?.is_some() {
                    kept.insert(number);
                } else {
                    strays.push(Change::Remove(id));
                }
            }
            if !strays.is_empty() {
                self.counter.put(strays, Batch::new()).await?;
            }
        }
        self.note_lost_pages(&pages).await?;
        self.note_lost_files(&files).await
    }

    async fn note_lost_pages(&self, there: &HashSet<u64>) -> Result<(), Stop> {
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<PageRow>(PAGES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some(last.clone());
            let is_lost = |name: &str| !there.contains(&name.parse().unwrap_or_default());
            let mut batch = Batch::new();
            for (name, row) in rows.into_iter().filter(|(name, _)| is_lost(name)) {
                if let Some(row) = row {
                    batch = self.shelf.put(batch, PAGES, &name, &PageRow { gap: true, ..row });
                }
            }
            self.shelf.commit(batch).await?;
        }
    }

    async fn note_lost_files(&self, there: &HashSet<u64>) -> Result<(), Stop> {
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<FileRow>(FILES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some(last.clone());
            let is_lost = |name: &str| !there.contains(&name.parse().unwrap_or_default());
            let mut batch = Batch::new();
            for (name, row) in rows.into_iter().filter(|(name, _)| is_lost(name)) {
                tracing::debug!(id = id_of_copy(&name), "a file has lost its copy");
                if let Some(row) = row {
                    batch = self.shelf.put(batch, FILES, &name, &FileRow { gap: true, ..row });
                }
            }
            self.shelf.commit(batch).await?;
        }
    }
}
