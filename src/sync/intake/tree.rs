//! Finds out what stands above a page, from what is remembered.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::domain::ids::ContentId;
use crate::domain::place::Parent;
use crate::store::StoreError;
use crate::sync::plan::above::{Above, Step};
use crate::sync::plan::facts::{NodeRow, PageRow};
use crate::sync::shelf::{NODES, PAGES, Shelf, of_page};

/// How many things are remembered here at most; the rest is in the store.
const MOST: usize = 50_000;
/// How many things a page stands under at most; what goes on for longer goes round in circles.
const DEEPEST: usize = 200;

#[derive(Clone)]
struct Link {
    parent: Option<Parent>,
    title: Option<String>,
    restricted: Option<bool>,
}

/// What was met lately, by id.
#[derive(Default)]
pub(in crate::sync) struct Tree(Mutex<HashMap<ContentId, Link>>);

impl Tree {
    /// Remembers a page.
    pub(in crate::sync) fn page(&self, id: &ContentId, row: &PageRow) {
        let (parent, title) = (row.parent.clone(), Some(row.title.clone()));
        self.remember(id, Link { parent, title, restricted: row.restricted });
    }

    /// Remembers something else that pages stand under.
    pub(in crate::sync) fn node(&self, row: &NodeRow) {
        let NodeRow { itself, parent, title, restricted } = row.clone();
        self.remember(itself.id(), Link { parent, title, restricted });
    }

    /// Forgets a page.
    pub(in crate::sync) fn forget(&self, id: &ContentId) {
        self.links().remove(id);
    }

    fn remember(&self, id: &ContentId, link: Link) {
        let mut links = self.links();
        if links.len() >= MOST {
            links.clear();
        }
        links.insert(id.clone(), link);
    }

    fn links(&self) -> std::sync::MutexGuard<'_, HashMap<ContentId, Link>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn link(&self, id: &ContentId, known: &Shelf) -> Result<Option<Link>, StoreError> {
        if let Some(link) = self.links().get(id) {
            return Ok(Some(link.clone()));
        }
        let name = of_page(id);
        if let Some(row) = known.get::<PageRow>(PAGES, &name).await? {
            self.page(id, &row);
        } else if let Some(row) = known.get::<NodeRow>(NODES, &name).await? {
            self.node(&row);
        }
        Ok(self.links().get(id).cloned())
    }

    /// Everything above whatever has this parent.
    pub(in crate::sync) async fn above(&self, parent: Option<&Parent>, known: &Shelf) -> Result<Above, StoreError> {
        let mut above = Above::default();
        let mut met = HashSet::new();
        let mut parent = parent.cloned();
        while let Some(one) = parent {
            if met.len() >= DEEPEST || !met.insert(one.id().clone()) {
                break;
            }
            let Some(link) = self.link(one.id(), known).await? else {
                above.unknown = Some(one);
                break;
            };
            let Link { title, restricted, parent: next } = link;
            above.steps.push(Step { id: one.id().clone(), title, restricted });
            parent = next;
        }
        above.steps.reverse();
        Ok(above)
    }
}
