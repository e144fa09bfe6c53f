//! Where a place stands towards a profile's scope, compared by space id.

use crate::domain::ids::SpaceId;
use crate::domain::place::{Place, SpaceName};

use super::ask::Standing;
use super::ports::{Freshness, LocateError, Locator};
use super::profile::Scope;

/// Looks a place up and compares it with the scope; a scope of everything looks nothing up.
pub async fn standing(
    scope: &Scope,
    place: &Place,
    locator: &dyn Locator,
    freshness: Freshness,
) -> Result<Standing, LocateError> {
    if scope.is_everything() || *place == Place::Nowhere {
        return Ok(Standing::Inside);
    }
    match locator.space_of(place, freshness).await? {
        Some(space) if admits(scope, &space, locator).await? => Ok(Standing::Inside),
        _ => Ok(Standing::Outside),
    }
}

async fn admits(scope: &Scope, space: &SpaceId, locator: &dyn Locator) -> Result<bool, LocateError> {
    for name in &scope.deny {
        if names(name, space, locator).await? {
            return Ok(false);
        }
    }
    let Some(allowed) = &scope.allow else { return Ok(true) };
    for name in allowed {
        if names(name, space, locator).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn names(name: &SpaceName, space: &SpaceId, locator: &dyn Locator) -> Result<bool, LocateError> {
    match name {
        SpaceName::Id(id) => Ok(id == space),
        SpaceName::Key(_) => Ok(locator.space_named(name).await?.as_ref() == Some(space)),
    }
}
