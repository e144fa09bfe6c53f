//! What copied pages stand under and is not copied itself: folders and other nodes, pages that are archived.

use std::collections::HashSet;

use futures_util::stream::{StreamExt as _, TryStreamExt as _};

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
            let mut unknown = Vec::new();
            for node in std::mem::take(&mut next) {
                if self.shelf.get::<NodeRow>(NODES, &of_page(node.id())).await?.is_none() {
                    unknown.push(node);
                }
            }
            if unknown.is_empty() {
                break;
            }
            for row in self.nodes(unknown).await? {
                next.extend(row.parent.clone().filter(|parent| matches!(parent, Parent::Node(..))));
                self.keep_node(&row).await?;
            }
        }
        Ok(())
    }

    /// What Confluence says of these now: restrictions in bulk as far as the search knows them, the rest one by one, a
    /// few at a time, because there is no list of nodes by their ids.
    async fn nodes(&self, nodes: Vec<Parent>) -> Result<Vec<NodeRow>, Stop> {
        let ids: Vec<ContentId> = nodes.iter().map(|node| node.id().clone()).collect();
        let known = self.found(&ids).await?;
        let each = nodes.into_iter().map(|node| {
            let restricted = known.get(node.id()).and_then(|details| details.restricted);
            async move { self.node(&node, restricted).await }
        });
        futures_util::stream::iter(each).buffer_unordered(self.at_once.max(1)).try_collect().await
    }

    /// Looks up something that pages stand under and that is not copied.
    pub(in crate::sync) async fn know_stub(&self, id: &ContentId) -> Result<(), Stop> {
        let name = of_page(id);
        if self.shelf.get::<PageRow>(PAGES, &name).await?.is_some() {
            return Ok(());
        }
        let row = self.node(&Parent::Page(id.clone()), None).await?;
        self.keep_node(&row).await?;
        self.know_nodes(&row.parent).await
    }

    pub(in crate::sync) async fn keep_node(&self, row: &NodeRow) -> Result<(), Stop> {
        self.tree.node(row);
        let batch = self.shelf.put(Batch::new(), NODES, &of_page(row.itself.id()), row);
        Ok(self.shelf.commit(batch).await?)
    }

    /// What Confluence says of it now; hardly anything where it hides it. Whether it is restricted is asked for where it
    /// is not known.
    async fn node(&self, itself: &Parent, restricted: Option<bool>) -> Result<NodeRow, Stop> {
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
        let restricted = if restricted.is_some() {
            restricted
        } else {
            let restrictions = self.lenient::<Restrictions>(around::restrictions(itself.id())).await?;
            restrictions.as_ref().and_then(Restrictions::restricts_reading)
        };
        Ok(NodeRow { itself: itself.clone(), parent, title: Some(title), restricted })
    }

    /// The same for some that are known already, in any order.
    pub(in crate::sync) async fn nodes_again(&self, nodes: Vec<Parent>) -> Result<Vec<NodeRow>, Stop> {
        if nodes.is_empty() { Ok(Vec::new()) } else { self.nodes(nodes).await }
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
