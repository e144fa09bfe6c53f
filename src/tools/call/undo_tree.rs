//! The way back in the tree: pages move back and get their titles back, new folders and other nodes go to the trash.

use super::undo::{Made, nothing_left};
use super::undo_new::id_of;
use crate::approval::{Plan, Stood};
use crate::confluence::api::tree::{self, Position};
use crate::confluence::model::{Child, List};
use crate::domain::access::{Delete, Update};
use crate::domain::ids::ContentId;
use crate::domain::place::NodeKind;
use crate::domain::text::quoted;
use crate::tools::pages::move_page::{self, Spot};
use crate::tools::pages::{nodes, rename_page};
use crate::tools::{Reads, ToolError};

/// A page moves back beside the siblings it had, as far as they are still there.
pub(super) async fn move_back(
    id: &ContentId,
    stood: &Stood,
    now_under: &ContentId,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let page = reads.page_head(id).await?;
    let (under, was_under) = (page.parent_id.as_ref(), stood.under.id());
    if under != Some(now_under) {
        return Err(if under == Some(was_under) {
            nothing_left("the page stands where it stood before")
        } else {
            ToolError::conflict(
                "somebody has moved the page on since; nothing was overwritten",
                "look where it stands now with get_page_ancestors, and move it with move_page",
            )
        });
    }
    let place = stood.under.itself();
    let siblings: List<Child> = reads.judged(tree::children(&stood.under), |reply| Ok((place, reply.json()?))).await?;
    let stands = move_page::stands(&page, &siblings.results);
    if under == Some(was_under) && stands == (stood.after.clone(), stood.before.clone()) {
        return Err(nothing_left("the page stands where it stood before"));
    }
    let is_there = |sibling: &&ContentId| siblings.results.iter().any(|child| child.id == **sibling);
    let after = stood.after.as_ref().filter(is_there).map(|sibling| (Position::After, sibling));
    let before = stood.before.as_ref().filter(is_there).map(|sibling| (Position::Before, sibling));
    let (position, target) = after.or(before).unwrap_or((Position::Append, was_under));
    let spot = Spot {
        position,
        target: target.clone(),
        under: stood.under.clone(),
        words: format!("where it stood, under {was_under}"),
    };
    move_page::planned(&page, spot, reads).await
}

/// A page gets its title back, where it is still ours.
pub(super) async fn rename_back(
    id: &ContentId,
    before: &str,
    after: &str,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let page = reads.page_head(id).await?;
    if page.title == before {
        return Err(nothing_left("the page has its title again"));
    }
    if page.title != after {
        return Err(ToolError::conflict(
            format!("somebody has renamed the page since; it is {} now", quoted(&page.title, 80)),
            "nothing was overwritten; use rename_page for what shall not stay",
        ));
    }
    rename_page::planned(&page, before)
}

/// A new folder or other node goes to the trash, unless something stands below it.
pub(super) async fn node(kind: NodeKind, made: &Made, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let node = reads.node(kind, &id_of(made)?).await?;
    if node.status != "current" {
        return Err(nothing_left(&format!("the {} is in the trash already", kind.word())));
    }
    nodes::deleted(kind, &node, reads).await
}
