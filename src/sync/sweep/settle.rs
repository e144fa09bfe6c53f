//! Tells copies what has changed above them: titles, places, restrictions, the space's name. No copy is read anew for it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

use crate::domain::ids::ContentId;
use crate::domain::place::Parent;
use crate::store::Batch;
use crate::sync::accounts::Known;
use crate::sync::intake::Taken;
use crate::sync::intake::draft::Around;
use crate::sync::intake::tree::Tree;
use crate::sync::plan::above::{Above, print_of_file, print_of_page};
use crate::sync::plan::facts::{FileRow, NodeRow, PageRow, SiteRow};
use crate::sync::run::course::Course;
use crate::sync::shelf::{FILES, NODES, PAGES, SITE, of_page};
use crate::sync::sink::Change;
use crate::sync::status::Stop;

use super::files::id_of_copy;
use super::id_of;

/// How many things that pages stand under and nobody listed are looked up in one run.
const STUBS: usize = 2_000;
/// How many of them may stand above each other.
const LEVELS: usize = 50;

impl Course<'_> {
    /// Looks folders and other nodes up again: no listing tells of their changes.
    pub(in crate::sync) async fn refresh_nodes(&self) -> Result<(), Stop> {
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<NodeRow>(NODES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some(last.clone());
            let mut before = HashMap::new();
            for row in rows.into_iter().filter_map(|(_, row)| row) {
                // What became a copied page tells of itself.
                if self.shelf.get::<PageRow>(PAGES, &of_page(row.itself.id())).await?.is_none() {
                    before.insert(row.itself.clone(), row);
                }
            }
            for row in self.nodes_again(before.keys().cloned().collect()).await? {
                if before.get(&row.itself) == Some(&row) {
                    continue;
                }
                self.keep_node(&row).await?;
                self.know_nodes(&row.parent).await?;
                self.loose.store(true, Ordering::Relaxed);
                self.shelf.commit(self.note_loose(Batch::new()).await?).await?;
            }
        }
    }

    /// Goes through all copies and changes those that say something else of what is above them. Where that was cut off,
    /// it begins again: what was told already is found to be told.
    pub(in crate::sync) async fn settle(&self) -> Result<(), Stop> {
        let tree = Tree::default();
        let mut left = STUBS;
        let mut asked = HashSet::new();
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<PageRow>(PAGES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            let mut taken = Taken::default();
            for (name, row) in rows {
                let (Some(id), Some(row)) = (id_of(&name), row) else { continue };
                let above = self.whole(&tree, &row, &mut left, &mut asked).await?;
                taken = self.settled(taken, (&id, &name), row, &above);
            }
            self.counter.put(taken.changes, taken.batch).await?;
        }
        self.settle_files(&tree).await?;
        let site: SiteRow = self.shelf.get(SITE, "").await?.unwrap_or_default();
        Ok(self.shelf.commit(self.shelf.put(Batch::new(), SITE, "", &SiteRow { loose: false, ..site })).await?)
    }

    /// Everything above a page; what nobody listed is looked up.
    async fn whole(
        &self,
        tree: &Tree,
        row: &PageRow,
        left: &mut usize,
        asked: &mut HashSet<ContentId>,
    ) -> Result<Above, Stop> {
        let mut above = tree.above(row.parent.as_ref(), self.shelf).await?;
        for _ in 0..LEVELS {
            let Some(unknown) = above.unknown.clone().filter(|_| *left > 0) else { break };
            if !asked.insert(unknown.id().clone()) {
                break;
            }
            *left -= 1;
            match &unknown {
                Parent::Page(id) => self.know_stub(id).await?,
                node @ Parent::Node(..) => self.know_nodes([node]).await?,
            }
            above = tree.above(row.parent.as_ref(), self.shelf).await?;
        }
        Ok(above)
    }

    fn settled(&self, mut taken: Taken, (id, name): (&ContentId, &str), row: PageRow, above: &Above) -> Taken {
        let Some(space) = self.spaces.get(&row.space) else { return taken };
        let print = print_of_page(&row, above, space);
        if print == row.print {
            return taken;
        }
        let row = PageRow { print, ..row };
        let now = self.reader.clock.now();
        let known = Known::default();
        let around = Around { row: &row, above, space, known: &known, site: self.site, now };
        taken.changes.push(Change::Patch(Box::new(around.patch(id.as_str(), None))));
        taken.batch = self.shelf.put(taken.batch, PAGES, name, &row);
        taken
    }

    async fn settle_files(&self, tree: &Tree) -> Result<(), Stop> {
        let known = Known::default();
        let now = self.reader.clock.now();
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<FileRow>(FILES, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some(last.clone());
            let (mut changes, mut batch) = (Vec::new(), Batch::new());
            for (name, row) in rows {
                let Some(row) = row else { continue };
                let Some(page) = self.shelf.get::<PageRow>(PAGES, &of_page(&row.container)).await? else { continue };
                let Some(space) = self.spaces.get(&page.space) else { continue };
                let above = tree.above(page.parent.as_ref(), self.shelf).await?;
                let print = print_of_file(&row.title, &page, &above, space);
                if print == row.print {
                    continue;
                }
                let around = Around { row: &page, above: &above, space, known: &known, site: self.site, now };
                let patch = around.patch_of_file(&id_of_copy(&name), &row.title, row.container.as_str());
                changes.push(Change::Patch(Box::new(patch)));
                batch = self.shelf.put(batch, FILES, &name, &FileRow { print, ..row });
            }
            self.counter.put(changes, batch).await?;
        }
    }
}
