//! The tree: where a page stands, what it is called, whether it is archived, and folders and other nodes.

use crate::confluence::api::pages;
use crate::confluence::api::tree::{self, Position};
use crate::confluence::failure::Failure;
use crate::confluence::model::{Child, List, Page, TreeNode};
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::place::{NodeKind, Parent};

use super::{Again, Finding, Site};

/// A page moved, by its parent; among the same siblings, by its neighbours. To move it there again changes nothing.
pub(super) async fn is_moved(
    site: &Site<'_>,
    id: &ContentId,
    from: Option<&ContentId>,
    to: &Parent,
    (position, target): (Position, &ContentId),
) -> Result<Finding, Failure> {
    let Some(page) = site.read::<Page>(pages::get_page_head_in_any_status(id)).await? else {
        return Ok(Finding::CannotTell);
    };
    let under = page.parent_id.as_ref();
    if page.status != "current" {
        return Ok(Finding::Superseded);
    }
    if under != Some(to.id()) {
        // Somewhere else than before, it may have been there in between.
        return Ok(if under == from { Finding::NOT_THERE } else { Finding::CannotTell });
    }
    if under != from {
        return Ok(Finding::happened(id, None));
    }
    let siblings = children(site, to).await?;
    let at = |id: &ContentId| siblings.iter().position(|sibling| sibling.id == *id);
    let stands = match (position, at(id), at(target)) {
        (Position::Append, Some(place), _) => place + 1 == siblings.len(),
        (Position::Before, Some(place), Some(target)) => place + 1 == target,
        (Position::After, Some(place), Some(target)) => place == target + 1,
        _ => return Ok(Finding::CannotTell),
    };
    Ok(if stands { Finding::happened(id, None) } else { Finding::NOT_THERE })
}

async fn children(site: &Site<'_>, parent: &Parent) -> Result<Vec<Child>, Failure> {
    Ok(site.read::<List<Child>>(tree::children(parent)).await?.map_or_else(Vec::new, |list| list.results))
}

/// A page renamed. Where it has a third title, ours may have come before or not at all.
pub(super) async fn is_renamed(site: &Site<'_>, id: &ContentId, before: &str, after: &str) -> Result<Finding, Failure> {
    Ok(match site.read::<Page>(pages::get_page_head_in_any_status(id)).await? {
        Some(page) if page.title == after => Finding::happened(id, page.version.map(|version| version.number)),
        Some(page) if page.title == before && page.status == "current" => Finding::NOT_THERE,
        _ => Finding::CannotTell,
    })
}

/// A page archived, by its status. One that moved on is not to be archived any more.
pub(super) async fn is_archived(site: &Site<'_>, id: &ContentId, version: VersionNumber) -> Result<Finding, Failure> {
    Ok(match site.read::<Page>(pages::get_page_head_in_any_status(id)).await? {
        None => Finding::CannotTell,
        Some(page) if page.status == "archived" => Finding::happened(id, None),
        Some(page) if page.status == "current" && page.version_number() == version => Finding::NOT_THERE,
        Some(_) => Finding::Superseded,
    })
}

/// A draft published, by its being read like any page.
pub(super) async fn is_published(site: &Site<'_>, id: &ContentId) -> Result<Finding, Failure> {
    match site.read::<Page>(pages::get_page_head_in_any_status(id)).await? {
        Some(page) if page.status == "current" => Ok(Finding::happened(id, Some(page.version_number()))),
        Some(_) => Ok(Finding::Superseded),
        None => Ok(match site.read::<Page>(pages::get_draft(id)).await? {
            Some(draft) if draft.status == "draft" => Finding::NOT_THERE,
            _ => Finding::CannotTell,
        }),
    }
}

/// A new folder or other node, by parent, title, author and time. Titles are not unique among them.
pub(super) async fn is_made(site: &Site<'_>, kind: NodeKind, under: &Parent, title: &str) -> Result<Finding, Failure> {
    let Some(account) = site.account().await? else { return Ok(Finding::CannotTell) };
    let siblings = children(site, under).await?;
    let named = |child: &&Child| child.title == title && child.kind.as_deref() == Some(kind.kind());
    for child in siblings.iter().filter(named) {
        let node = site.read::<TreeNode>(tree::get_node(kind, &child.id)).await?;
        if node.is_some_and(|node| node.author_id.as_ref() == Some(&account) && site.since(node.created_at)) {
            return Ok(Finding::happened(&child.id, None));
        }
    }
    Ok(Finding::NotThere { again: Again::Unsafe })
}

/// A folder or other node moved to the trash, by its status.
pub(super) async fn is_trashed(site: &Site<'_>, kind: NodeKind, id: &ContentId) -> Result<Finding, Failure> {
    Ok(match site.read::<TreeNode>(tree::get_node(kind, id)).await? {
        Some(node) if node.status == "trashed" => Finding::happened(id, None),
        Some(node) if node.status == "current" => Finding::NOT_THERE,
        _ => Finding::CannotTell,
    })
}
