//! Where each thing of a tree is judged that one answer brings along.

use std::collections::HashMap;

use crate::confluence::model::{Ancestor, Descendant};
use crate::domain::ids::{ContentId, SpaceId};
use crate::domain::place::{Parent, Place, Under};
use crate::tools::{Context, ToolError};

/// The places of a page's ancestors, topmost first as the answer has them. A tree never leaves its space: where a scope
/// only tells spaces apart, they are where the page is.
pub(super) async fn of_ancestors(
    page: &Parent,
    ancestors: &[Ancestor],
    context: &Context,
) -> Result<Vec<Place>, ToolError> {
    let Some(space) = told_apart(page, context).await? else {
        return Ok(vec![page.itself(); ancestors.len()]);
    };
    let mut places = Vec::with_capacity(ancestors.len());
    let (mut line, mut under) = (Vec::new(), Under::Nothing);
    for ancestor in ancestors {
        let itself = ancestor.itself();
        places.push(Place::of(itself.clone(), space.clone(), under));
        line.push(ancestor.id.clone());
        context.places.remember_line(&itself, line.clone());
        under = Under::Parent(itself);
    }
    Ok(places)
}

/// The places of what stands below something visible, in the order of the answer.
pub(super) async fn of_descendants(
    top: &Parent,
    descendants: &[Descendant],
    context: &Context,
) -> Result<Vec<Place>, ToolError> {
    let Some(space) = told_apart(top, context).await? else {
        return Ok(vec![top.itself(); descendants.len()]);
    };
    let mut kinds: HashMap<&ContentId, Parent> =
        descendants.iter().map(|descendant| (&descendant.id, descendant.itself())).collect();
    kinds.insert(top.id(), top.clone());
    remember_lines(top, descendants, &kinds, context).await?;
    let place = |descendant: &Descendant| match descendant.parent_id.as_ref().map(|parent| kinds.get(parent)) {
        Some(Some(parent)) => Place::of(descendant.itself(), space.clone(), Some(parent.clone())),
        // What lies under something that another part of the list has is looked up.
        Some(None) => Place::of(descendant.itself(), space.clone(), Under::Unsaid),
        None => Place::of(descendant.itself(), space.clone(), Some(top.clone())),
    };
    Ok(descendants.iter().map(place).collect())
}

/// The space of a tree, where the caller's scope may show one part of it and not another.
async fn told_apart(itself: &Parent, context: &Context) -> Result<Option<SpaceId>, ToolError> {
    if !context.scope.tells_pages_apart() {
        return Ok(None);
    }
    Ok(Some(context.places.space_holding(itself).await?.ok_or_else(ToolError::not_found)?))
}

/// Keeps what the answer says of each parent's line, so that it is not asked for again parent by parent.
async fn remember_lines(
    top: &Parent,
    descendants: &[Descendant],
    kinds: &HashMap<&ContentId, Parent>,
    context: &Context,
) -> Result<(), ToolError> {
    let Some(above) = context.places.line_down_to(top).await? else { return Ok(()) };
    let under: HashMap<&ContentId, &ContentId> = descendants
        .iter()
        .map(|descendant| (&descendant.id, descendant.parent_id.as_ref().unwrap_or_else(|| top.id())))
        .collect();
    for parent in descendants.iter().filter_map(|descendant| descendant.parent_id.as_ref()) {
        let Some(itself) = kinds.get(parent) else { continue };
        let mut way = Vec::new();
        let mut step = parent;
        // A ring in the answer ends where it has been.
        while step != top.id() && !way.contains(step) {
            way.push(step.clone());
            match under.get(step) {
                Some(next) => step = next,
                None => break,
            }
        }
        if step == top.id() {
            let line = above.iter().cloned().chain(way.into_iter().rev()).collect();
            context.places.remember_line(itself, line);
        }
    }
    Ok(())
}
