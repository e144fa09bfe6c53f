//! What tools that change the tree share: what something may stand under, how much stands below, and homepages.

use crate::confluence::api::{pages, spaces};
use crate::confluence::model::{Child, List, Page, Space};
use crate::domain::ids::{ContentId, SpaceId};
use crate::domain::place::{NodeKind, Parent, SpaceName};
use crate::domain::text::quoted;
use crate::tools::{Reads, ToolError};

/// How many pages and others below a page may go with it before that amounts to a delete.
pub(super) const FEW: usize = 25;
/// How deep descendants are listed.
const DEEPEST: u8 = 10;

/// A page or folder that something may stand under or beside.
pub(super) struct Found {
    /// It, as a parent.
    pub(super) itself: Parent,
    /// The space it lives in.
    pub(super) space: SpaceId,
    /// What it stands under.
    pub(super) under: Option<Parent>,
    /// It in words, such as `page 12 "Runbooks"`.
    pub(super) words: String,
}

/// The page or folder with this id, which the agent may see.
pub(super) async fn found(id: &ContentId, reads: &Reads<'_>) -> Result<Found, ToolError> {
    match reads.page_head(id).await {
        Ok(page) if page.status == "current" => Ok(Found {
            under: page.parent(),
            words: format!("page {id} {}", quoted(&page.title, 80)),
            itself: Parent::Page(page.id),
            space: page.space_id,
        }),
        Ok(_) => Err(ToolError::input("nothing stands under a page that is not current", "name a current page")),
        Err(error) if error == ToolError::not_found() => {
            let folder = reads.node(NodeKind::Folder, id).await?;
            Ok(Found {
                under: folder.parent(),
                words: format!("folder {id} {}", quoted(&folder.title, 80)),
                itself: Parent::Node(NodeKind::Folder, folder.id),
                space: folder.space_id,
            })
        }
        Err(error) => Err(error),
    }
}

/// The space where something new is to stand, and what it is to stand under there: the parent where one is named, else
/// the space's homepage. Nothing where the space has none.
pub(super) async fn destination(
    space: &SpaceName,
    parent: Option<&ContentId>,
    reads: &Reads<'_>,
) -> Result<(Space, Option<Parent>), ToolError> {
    let Some(parent) = parent else {
        let space = reads.space(space).await?;
        let homepage = space.homepage_id.clone().map(Parent::Page);
        return Ok((space, homepage));
    };
    let found = found(parent, reads).await?;
    let there = reads.context().places.space(space).await?.ok_or_else(ToolError::not_found)?;
    if found.space == there.id {
        return Ok((there, Some(found.itself)));
    }
    // Of a space that is hidden it is not said that it is another one.
    reads.space(space).await?;
    Err(ToolError::input("`parent_id` lies in another space", "name the parent's space, or another parent"))
}

/// How much stands below a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Below {
    count: usize,
    is_all: bool,
}

impl Below {
    /// Whether taking all of it along amounts to a delete. What is too much to be counted does.
    pub(super) fn is_much(self) -> bool {
        self.count > FEW || !self.is_all
    }

    /// Whether nothing of it is left uncounted.
    pub(super) fn is_all(self) -> bool {
        self.is_all
    }

    /// Whether there is nothing.
    pub(super) fn is_none(self) -> bool {
        self.count == 0
    }

    /// In words.
    pub(super) fn words(self) -> String {
        match (self.count, self.is_all) {
            (0, true) => "nothing stands below it".to_owned(),
            (count, true) => format!("below it: {count} pages and others"),
            (count, false) => format!("below it: more than {count} pages and others"),
        }
    }
}

/// Counts what stands below a page, and lists the ids.
pub(super) async fn below(page: &Page, reads: &Reads<'_>) -> Result<(Below, Vec<ContentId>), ToolError> {
    reads
        .judged(pages::descendants(&page.id), |reply| {
            let found: List<Child> = reply.json()?;
            // What lies deeper is not listed, and not said to be there.
            let cut = found.results.iter().any(|child| child.depth.is_some_and(|depth| depth >= DEEPEST));
            let below = Below { count: found.results.len(), is_all: !cut && reply.next_cursor().is_none() };
            // A tree never leaves its space.
            Ok((page.place(), (below, found.results.into_iter().map(|child| child.id).collect())))
        })
        .await
}

/// The space of a page that the agent may see, read now; refuses where the page is its homepage. `never` says what never happens to one.
pub(super) async fn not_a_homepage(page: &Page, never: &str, reads: &Reads<'_>) -> Result<Space, ToolError> {
    // Asked now, not remembered: the homepage may have become another one.
    let space: Space = reads.one(spaces::get_space(&page.space_id), |_| page.place()).await?;
    if space.homepage_id.as_ref() == Some(&page.id) {
        return Err(ToolError::refused(
            format!("this page is the homepage of its space, and a homepage is never {never}"),
            "no setting changes this; a person can do it in Confluence itself",
        ));
    }
    Ok(space)
}

/// Refuses what is not current.
pub(super) fn current(page: &Page) -> Result<(), ToolError> {
    if page.status == "current" {
        return Ok(());
    }
    Err(ToolError::conflict("the page is not current; it is archived, in the trash or a draft", "read it again"))
}
