//! What a scope does to a query: the things it names are judged, and its hits are narrowed to what is in scope.

use std::collections::{BTreeMap, BTreeSet};

use crate::confluence::cql::{Named, Narrowing, Query};
use crate::domain::ids::{ContentId, SpaceId, SpaceKey};
use crate::domain::place::{Parent, Place, SpaceName};
use crate::tools::{Context, ToolError};

/// Most spaces and pages a query may name under a scope; each costs a look-up.
const MOST_NAMED: usize = 20;

/// The query within the caller's scope; `None` where the scope holds no space, so that nothing can be found.
///
/// A space or page the query names is looked up first: upstream, naming what is missing and naming what is hidden
/// may be answered differently.
pub(in crate::tools) async fn within(query: Query, context: &Context) -> Result<Option<Query>, ToolError> {
    if context.scope.is_everything() {
        return Ok(Some(query));
    }
    if context.scope.visible_to_all_only {
        // What a search finds tells of words on pages that are dropped from its answer.
        return Err(ToolError::refused(
            "your profile shows only what everybody who sees a space may read, and the site's own search cannot be \
             narrowed to that",
            "use search_docs",
        ));
    }
    let named = query.named();
    if named.len() > MOST_NAMED {
        let message = format!("the query names more than {MOST_NAMED} spaces and pages");
        return Err(ToolError::input(message, "ask in several queries"));
    }
    for named in named {
        match named {
            Named::Space(name) => {
                let space = context.places.space(&name).await?.ok_or_else(ToolError::not_found)?;
                context.sees(&Place::Space(space.id)).await?;
            }
            Named::Content(id) => context.sees(&Place::Content(id)).await?,
            Named::Nothing => return Err(ToolError::not_found()),
        }
    }
    Ok(narrowings(context).await?.map(|narrowings| query.narrowed(&narrowings)))
}

/// The scope in keys of spaces and ids of pages that exist, as CQL takes them; `None` where it holds nothing.
async fn narrowings(context: &Context) -> Result<Option<Vec<Narrowing>>, ToolError> {
    let denied = spaces(&context.scope.deny, context).await?;
    let mut narrowings = Vec::new();
    // The sets that name spaces alone come to one; a set with pages is a condition of its own.
    let mut in_all: Option<BTreeMap<SpaceId, SpaceKey>> = None;
    for allowed in &context.scope.allow {
        let mut here = spaces(&allowed.spaces, context).await?;
        here.retain(|id, _| !denied.contains_key(id));
        if allowed.pages.is_empty() {
            in_all = Some(match in_all {
                Some(mut before) => {
                    before.retain(|id, _| here.contains_key(id));
                    before
                }
                None => here,
            });
            continue;
        }
        let pages = pages(&allowed.pages, context).await?;
        narrowings.push(match (here.is_empty(), pages.is_empty()) {
            (true, true) => return Ok(None),
            (false, true) => Narrowing::Spaces(here.into_values().collect()),
            _ => Narrowing::SpacesAndPages(here.into_values().collect(), pages),
        });
    }
    match in_all {
        Some(spaces) if spaces.is_empty() => return Ok(None),
        Some(spaces) => narrowings.push(Narrowing::Spaces(spaces.into_values().collect())),
        None => narrowings.push(Narrowing::Without(denied.into_values().collect())),
    }
    Ok(Some(narrowings))
}

/// Those of the pages that are there; Confluence may refuse a query that names others.
async fn pages(ids: &BTreeSet<ContentId>, context: &Context) -> Result<Vec<ContentId>, ToolError> {
    let mut pages = Vec::new();
    for id in ids {
        if context.places.space_holding(&Parent::Page(id.clone())).await?.is_some() {
            pages.push(id.clone());
        }
    }
    Ok(pages)
}

async fn spaces(names: &BTreeSet<SpaceName>, context: &Context) -> Result<BTreeMap<SpaceId, SpaceKey>, ToolError> {
    let mut spaces = BTreeMap::new();
    for name in names {
        spaces.extend(context.places.space(name).await?.map(|space| (space.id, space.key)));
    }
    Ok(spaces)
}
