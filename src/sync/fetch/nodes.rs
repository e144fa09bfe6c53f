//! What copied pages stand under and is not copied itself: folders and other nodes, pages that are archived.

use std::collections::HashSet;

use crate::confluence::api::{around, pages, tree};
use crate::confluence::model::{Page, Restrictions, TreeNode};
use crate::domain::ids::ContentId;
use crate::domain::place::Parent;
use crate::store::Batch;
use crate::sync::plan::facts::{NodeRow, PageRow};
use crate::sync::reader::ends_the_run;
use crate::sync::run::course::Course;
use crate::sync::shelf::{NODES, PAGES, of_page};
use crate::sync::status::Stop;

/// How many levels of nodes above each other are looked up.
const LEVELS: usize = 50;

impl Course<'_> {
    /// Looks up the nodes among these parents, and the nodes above them, as far as they are not known.
    pub(in crate::sync) async fn know_nodes<'p>(
        &self,
        parents: impl IntoIterator<Item = &'p Parent>,
    ) -> Result<(), Stop> {
        let nodes = parents.into_iter().filter(|parent| matches!(parent, Parent::Node(..)));
        let mut next: HashSet<Parent> = nodes.cloned().collect();
        for _ in 0..LEVELS {
            let mut above = HashSet::new();
            for node in std::mem::take(&mut next) {
                let name = of_page(node.id());
                if self.shelf.get::<NodeRow>(NODES, &name).await?.is_some() {
                    continue;
                }
                let row = self.node(&node).await?;
                above.extend(row.parent.clone().filter(|parent| matches!(parent, Parent::Node(..))));
                self.keep_node(&row).await?;
            }
            if above.is_empty() {
                break;
            }
            next = above;
        }
        Ok(())
    }

    /// Looks up something that pages stand under and that is not copied.
    pub(in crate::sync) async fn know_stub(&self, id: &ContentId) -> Result<(), Stop> {
        let name = of_page(id);
        if self.shelf.get::<PageRow>(PAGES, &name).await?.is_some() {
            return Ok(());
        }
        let row = self.node(&Parent::Page(id.clone())).await?;
        self.keep_node(&row).await?;
        self.know_nodes(&row.parent).await
    }

    pub(in crate::sync) async fn keep_node(&self, row: &NodeRow) -> Result<(), Stop> {
        self.tree.node(row);
        let batch = self.shelf.put(Batch::new(), NODES, &of_page(row.itself.id()), row);
        Ok(self.shelf.commit(batch).await?)
    }

    /// What Confluence says of it now; hardly anything where it hides it.
    pub(in crate::sync) async fn node(&self, itself: &Parent) -> Result<NodeRow, Stop> {
        let told = match itself {
            Parent::Page(id) => {
                let page = self.lenient::<Page>(pages::get_page_head_in_any_status(id)).await?;
                page.map(|page| (page.parent(), page.title))
            }
            Parent::Node(kind, id) => {
                let node = self.lenient::<TreeNode>(tree::get_node(*kind, id)).await?;
                node.map(|node| (node.parent(), node.title))
            }
        };
        let Some((parent, title)) = told else {
            return Ok(NodeRow { itself: itself.clone(), parent: None, title: None, restricted: None });
        };
        let restrictions = self.lenient::<Restrictions>(around::restrictions(itself.id())).await?;
        let restricted = restrictions.as_ref().and_then(Restrictions::restricts_reading);
        Ok(NodeRow { itself: itself.clone(), parent, title: Some(title), restricted })
    }

    async fn lenient<T: serde::de::DeserializeOwned>(
        &self,
        request: crate::confluence::Request<crate::domain::access::Read>,
    ) -> Result<Option<T>, Stop> {
        match self.reader.ask(&request, self.stopped).await.and_then(|reply| Ok(reply.json()?)) {
            Ok(answer) => Ok(Some(answer)),
            Err(stop) if ends_the_run(&stop) => Err(stop),
            Err(_) => Ok(None),
        }
    }
}
