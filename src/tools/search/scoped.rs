//! What a scope does to a query: the things it names are judged, and its hits are narrowed to the spaces in scope.

use std::collections::{BTreeMap, BTreeSet};

use crate::confluence::cql::{Named, Narrowing, Query};
use crate::domain::ids::{SpaceId, SpaceKey};
use crate::domain::place::{Place, SpaceName};
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
    Ok(match narrowing(context).await? {
        Narrowing::Only(keys) if keys.is_empty() => None,
        narrowing => Some(query.narrowed(narrowing)),
    })
}

/// The scope in keys of spaces that exist, as CQL takes them.
async fn narrowing(context: &Context) -> Result<Narrowing, ToolError> {
    let denied = spaces(&context.scope.deny, context).await?;
    let Some((first, others)) = context.scope.allow.split_first() else {
        return Ok(Narrowing::Without(denied.into_values().collect()));
    };
    let mut allowed = spaces(first, context).await?;
    for other in others {
        let other = spaces(other, context).await?;
        allowed.retain(|id, _| other.contains_key(id));
    }
    allowed.retain(|id, _| !denied.contains_key(id));
    Ok(Narrowing::Only(allowed.into_values().collect()))
}

async fn spaces(names: &BTreeSet<SpaceName>, context: &Context) -> Result<BTreeMap<SpaceId, SpaceKey>, ToolError> {
    let mut spaces = BTreeMap::new();
    for name in names {
        spaces.extend(context.places.space(name).await?.map(|space| (space.id, space.key)));
    }
    Ok(spaces)
}
