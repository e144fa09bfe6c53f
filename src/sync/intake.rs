//! Takes in what was read: compares it with what is remembered, makes copies of what is new, tells old copies the rest.

pub(super) mod draft;
pub(super) mod files;
pub(super) mod tree;

use std::collections::BTreeSet;

use crate::confluence::api::documents::Bodies;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::Page;
use crate::domain::ids::ContentId;
use crate::index::Document;
use crate::store::Batch;

use super::fetch::details::Details;
use super::plan::above::{Above, print_of_page};
use super::plan::facts::{Entry, PageRow, Verdict, judge};
use super::run::course::Course;
use super::shelf::{PAGES, of_page};
use super::sink::Change;
use super::status::Stop;
use draft::{Around, body};

/// What comes of something that was read: changes of the copies, and what the store notes once they are durable.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) changes: Vec<Change>,
    pub(super) batch: Batch,
    /// Whether something that others stand under has changed, or is not known yet.
    pub(super) loose: bool,
    /// Whether there is a version in it that was not copied before.
    pub(super) news: bool,
}

/// A page or post on its way.
struct Item {
    page: Page,
    entry: Entry,
    old: Option<PageRow>,
    verdict: Verdict,
    /// Why its body will not come, where it will not.
    bad: Option<String>,
}

/// Of which pages labels and restrictions are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Of all.
    All,
    /// Of those that changed.
    Changed,
}

impl Course<'_> {
    /// Takes in pages or posts as a listing has them.
    pub(super) async fn take(
        &self,
        kind: DocumentKind,
        pages: Vec<Page>,
        bodies: Bodies,
        asked: Asked,
    ) -> Result<Taken, Stop> {
        let mut taken = Taken::default();
        let mut items = Vec::with_capacity(pages.len());
        for page in pages {
            let entry = Entry::of(kind, &page);
            let name = of_page(&entry.id);
            let old = self.shelf.get::<PageRow>(PAGES, &name).await?;
            if !self.spaces.contains_key(&entry.space) {
                // It was moved to where nothing is copied.
                if old.is_some() {
                    taken.changes.push(Change::Remove(entry.id.to_string()));
                    taken.batch = self.shelf.remove(taken.batch, PAGES, &name);
                    taken.loose = true;
                }
                continue;
            }
            let verdict = judge(old.as_ref(), &entry);
            taken.news |= old.as_ref().is_none_or(|old| old.version != entry.version);
            items.push(Item { page, entry, old, verdict, bad: None });
        }
        if bodies == Bodies::Without {
            self.fill(kind, &mut items).await?;
        }
        let wanted = |item: &&Item| asked == Asked::All || item.verdict != Verdict::Same;
        let ids: Vec<ContentId> = items.iter().filter(wanted).map(|item| item.entry.id.clone()).collect();
        let details = self.details(kind, &ids).await?;
        let rows: Vec<PageRow> = items.iter().map(|item| row(item, details.get(&item.entry.id))).collect();
        for (item, row) in items.iter().zip(&rows) {
            self.tree.page(&item.entry.id, row);
        }
        self.know_nodes(rows.iter().filter_map(|row| row.parent.as_ref())).await?;
        self.draw(items, rows, taken).await
    }

    /// Reads the bodies that are needed. What cannot be seen at the moment is left as it is, and read the next time.
    async fn fill(&self, kind: DocumentKind, items: &mut Vec<Item>) -> Result<(), Stop> {
        let needed = items.iter().filter(|item| item.verdict == Verdict::Read);
        let ids: Vec<ContentId> = needed.map(|item| item.entry.id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut found = self.bodies(kind, &ids).await?;
        items.retain_mut(|item| {
            if item.verdict != Verdict::Read {
                return true;
            }
            if let Some(page) = found.pages.remove(&item.entry.id) {
                item.entry = Entry::of(kind, &page);
                item.page = page;
                return true;
            }
            item.bad = found.bad.remove(&item.entry.id);
            item.bad.is_some()
        });
        Ok(())
    }

    async fn draw(&self, items: Vec<Item>, rows: Vec<PageRow>, mut taken: Taken) -> Result<Taken, Stop> {
        let read = items.iter().filter(|item| item.verdict == Verdict::Read);
        let accounts: BTreeSet<_> = read.flat_map(|item| draft::people(&item.page)).collect();
        let known = self.known(accounts).await?;
        let mut drafts = Vec::new();
        let now = self.reader.clock.now();
        for (mut item, mut row) in items.into_iter().zip(rows) {
            let above = self.tree.above(row.parent.as_ref(), self.shelf).await?;
            let Some(space) = self.spaces.get(&row.space) else { continue };
            row.print = print_of_page(&row, &above, space);
            taken.loose |= loosens(item.old.as_ref(), &row, &above);
            if item.verdict == Verdict::Read {
                row.gap |= draft::people(&item.page).any(|account| !known.has(&account));
            }
            let around = Around { row: &row, above: &above, space, known: &known, site: self.site, now };
            let is_other = item.old.as_ref().is_none_or(|old| old.print != row.print || old.link != row.link);
            if item.verdict == Verdict::Read {
                let document = around.document(&item.page);
                if let Some(why) = item.bad.take() {
                    self.reader.trouble(Some(&document.id), format!("its body cannot be read: {why}"));
                }
                let storage = item.page.body.take().and_then(|body| body.storage).map(|storage| storage.value);
                drafts.push((document, storage.unwrap_or_default()));
            } else if is_other {
                let link = item.page.links.webui.as_deref();
                taken.changes.push(Change::Patch(Box::new(around.patch(item.entry.id.as_str(), link))));
            }
            if item.old.as_ref() != Some(&row) {
                taken.batch = self.shelf.put(taken.batch, PAGES, &of_page(&item.entry.id), &row);
            }
        }
        for document in self.converted(drafts).await? {
            taken.changes.push(Change::Put(Box::new(document)));
        }
        Ok(taken)
    }

    /// Converts bodies on a thread that may take its time. One that makes the conversion break off is left out.
    async fn converted(&self, drafts: Vec<(Document, String)>) -> Result<Vec<Document>, Stop> {
        let drafts = std::sync::Arc::new(drafts);
        let shared = std::sync::Arc::clone(&drafts);
        let all =
            tokio::task::spawn_blocking(move || shared.iter().map(|(_, storage)| body(storage)).collect::<Vec<_>>());
        let bodies = if let Ok(bodies) = all.await {
            bodies
        } else {
            let mut bodies = Vec::with_capacity(drafts.len());
            for place in 0..drafts.len() {
                let shared = std::sync::Arc::clone(&drafts);
                let one = tokio::task::spawn_blocking(move || shared.get(place).map(|(_, storage)| body(storage)));
                let broken = || (String::new(), Some("its body could not be converted; only its title is kept"));
                bodies.push(one.await.ok().flatten().unwrap_or_else(broken));
            }
            bodies
        };
        let drafts = std::sync::Arc::try_unwrap(drafts).unwrap_or_else(|shared| (*shared).clone());
        let made = drafts.into_iter().zip(bodies).map(|((document, _), (body, wrong))| {
            if let Some(wrong) = wrong {
                self.reader.trouble(Some(&document.id), wrong);
            }
            Document { body, ..document }
        });
        Ok(made.collect())
    }
}

/// What is remembered of a page from now on; its print is still to come.
fn row(item: &Item, details: Option<&Details>) -> PageRow {
    let Entry { kind, version, parent, space, title, link, .. } = item.entry.clone();
    let old = item.old.as_ref();
    let labels = details.map(|details| details.labels.clone()).or_else(|| old.map(|old| old.labels.clone()));
    let restricted = details.and_then(|details| details.restricted).or_else(|| old.and_then(|old| old.restricted));
    let print = old.map_or(0, |old| old.print);
    let labels = labels.unwrap_or_default();
    PageRow { kind, version, parent, space, title, link, labels, restricted, print, gap: item.bad.is_some() }
}

/// Whether copies of what stands below have to be gone through because of it, or its own.
fn loosens(old: Option<&PageRow>, row: &PageRow, above: &Above) -> bool {
    let changed = |old: &PageRow| {
        old.title != row.title || old.parent != row.parent || old.space != row.space || old.restricted != row.restricted
    };
    above.unknown.is_some() || old.is_some_and(changed)
}
