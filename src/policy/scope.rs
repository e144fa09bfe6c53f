//! Where a place stands towards a profile's scope, compared by space id.

use crate::domain::ids::{SpaceId, SpaceKey};
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
    if let Place::Source(name) = place {
        return Ok(if scope.admits_source(name) { Standing::Inside } else { Standing::Outside });
    }
    if scope.is_everything() || *place == Place::Nowhere {
        return Ok(Standing::Inside);
    }
    if let Place::Copied(id, key) = place {
        return Ok(if admits_space(scope, id, Some(key)) { Standing::Inside } else { Standing::Outside });
    }
    match locator.space_of(place, freshness).await? {
        Some(space) if admits(scope, &space, locator).await? => Ok(Standing::Inside),
        _ => Ok(Standing::Outside),
    }
}

/// Names are compared with the space's own id and key, so that a name that fits no space any more can neither hide
/// nor show another one.
async fn admits(scope: &Scope, space: &SpaceId, locator: &dyn Locator) -> Result<bool, LocateError> {
    let by_key = !scope.deny.is_empty() || scope.allow.iter().flatten().any(|name| matches!(name, SpaceName::Key(_)));
    let key = if by_key { locator.key_of(space).await? } else { None };
    Ok(!(by_key && key.is_none()) && admits_space(scope, space, key.as_ref()))
}

/// Whether a scope allows the space of this id and key; without a key, names that are keys fit nothing.
pub fn admits_space(scope: &Scope, id: &SpaceId, key: Option<&SpaceKey>) -> bool {
    // Confluence finds a space by its key in any letter case.
    let has_key = |name: &str| key.is_some_and(|key| key.as_str().eq_ignore_ascii_case(name));
    let allows = |name: &SpaceName| match name {
        SpaceName::Id(named) => named == id,
        SpaceName::Key(key) => has_key(key.as_str()),
    };
    // A name of digits alone may be meant as a key; to deny, either will do.
    let denies = |name: &SpaceName| allows(name) || has_key(&name.to_string());
    !scope.deny.iter().any(denies) && scope.allow.iter().all(|allowed| allowed.iter().any(allows))
}
