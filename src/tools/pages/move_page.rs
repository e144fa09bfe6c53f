//! Moves a page with all that stands below it, also into another space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::preview;
use super::standing::{below, current, found, not_a_homepage};
use crate::approval::{Plan, Proof, Stood, Undo};
use crate::confluence::api::tree::{self, Position};
use crate::confluence::model::{Ancestor, Child, List, Page};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::Parent;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Moves a page.
pub(super) struct MovePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// Id of the page or folder it goes to.
    target_id: ContentId,
    /// `append`: under the target; `before` or `after`: beside it.
    #[serde(default)]
    position: Position,
}

impl WriteTool for MovePage {
    const NAME: &'static str = "move_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Move page";
    const DESCRIPTION: &'static str = "Moves a page with all that stands below it under or beside another page or \
        folder, also into another space. With more than 25 pages below it, it counts as a delete.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_TREE,
        scopes::READ_METADATA,
        scopes::READ_FOLDER,
        scopes::WRITE_PAGE,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        if input.page_id == input.target_id {
            return Err(ToolError::input("a page is not moved to itself", "name another `target_id`"));
        }
        let page = reads.page_head(&input.page_id).await?;
        current(&page)?;
        let target = found(&input.target_id, reads).await?;
        let under = match input.position {
            Position::Append => target.itself,
            // A page at the top is not shown in the tree; only the homepage belongs there.
            Position::Before | Position::After => target.under.ok_or_else(|| {
                ToolError::input(
                    "the target stands at the top of its space, and beside it a page is hard to find",
                    "move the page under it, with position append",
                )
            })?,
        };
        let words = match input.position {
            Position::Append => format!("under {}", target.words),
            beside => format!("{} {}", beside.word(), target.words),
        };
        let spot = Spot { position: input.position, target: input.target_id.clone(), under, words };
        planned(&page, spot, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(Written { id: Some(input.page_id.to_string()), ..Written::done() })
    }
}

/// Where a page is to go.
pub(in crate::tools) struct Spot {
    /// Under or beside the target.
    pub(in crate::tools) position: Position,
    /// What it is moved to.
    pub(in crate::tools) target: ContentId,
    /// What it will stand under.
    pub(in crate::tools) under: Parent,
    /// The same in words.
    pub(in crate::tools) words: String,
}

/// Plans to move a page, unless it is the homepage of its space.
pub(in crate::tools) async fn planned(page: &Page, spot: Spot, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
    let space = not_a_homepage(page, "moved", reads).await?;
    let (below, ids) = below(page, reads).await?;
    if spot.under.id() == &page.id || ids.contains(spot.under.id()) {
        return Err(ToolError::input("a page is not moved below itself", "name a target that is not below it"));
    }
    let above_home = match &space.homepage_id {
        Some(home) if below.is_all() => ids.contains(home),
        Some(home) => stands_above(page, home, reads).await?,
        None => false,
    };
    if above_home {
        return Err(ToolError::refused(
            "the homepage of its space stands below this page, and a homepage is never moved",
            "no setting changes this; a person can do it in Confluence itself",
        ));
    }
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    let from = page.parent();
    let goes_along = if below.is_none() { "" } else { ", which move with it" };
    let words = from.as_ref().map_or_else(|| "at the top".to_owned(), |from| format!("under {}", from.id()));
    Ok(Plan {
        request: tree::move_page(&page.id, spot.position, &spot.target),
        places: vec![page.itself(), spot.under.itself()],
        rests_on: None,
        before: None,
        effect: if below.is_much() { AccessClass::Delete } else { AccessClass::Update },
        loses: Vec::new(),
        summary: format!("move {target} {}", spot.words),
        preview: format!(
            "{}\n- in space {}, {words}\n+ {}\n{}{goes_along}",
            preview::title(&page.title),
            space.key,
            spot.words,
            below.words()
        ),
        undo: match &from {
            Some(from) => {
                let (after, before) = stands(page, &siblings(from, page, reads).await?);
                let stood = Stood { under: from.clone(), after, before };
                Undo::MoveBack { page: page.id.clone(), stood, now_under: spot.under.id().clone() }
            }
            None => Undo::ByHand("a person can move it back to the top of its space".to_owned()),
        },
        proof: Proof::PageIsMoved {
            page: page.id.clone(),
            from: page.parent_id.clone(),
            to: spot.under,
            position: spot.position,
            target: spot.target,
        },
        target,
    })
}

/// Whether a page stands above the homepage of its own space.
async fn stands_above(page: &Page, home: &ContentId, reads: &Reads<'_>) -> Result<bool, ToolError> {
    let above: List<Ancestor> = reads.one(tree::ancestors(&Parent::Page(home.clone())), |_| page.place()).await?;
    Ok(above.results.iter().any(|ancestor| ancestor.id == page.id))
}

async fn siblings(parent: &Parent, page: &Page, reads: &Reads<'_>) -> Result<Vec<Child>, ToolError> {
    let request = tree::children(parent);
    let siblings: List<Child> = reads.judged(request, |reply| Ok((page.place(), reply.json()?))).await?;
    Ok(siblings.results)
}

/// The siblings before and after a page.
pub(in crate::tools) fn stands(page: &Page, siblings: &[Child]) -> (Option<ContentId>, Option<ContentId>) {
    let Some(at) = siblings.iter().position(|sibling| sibling.id == page.id) else { return (None, None) };
    let id = |at: Option<usize>| at.and_then(|at| siblings.get(at)).map(|sibling| sibling.id.clone());
    (id(at.checked_sub(1)), id(at.checked_add(1)))
}
