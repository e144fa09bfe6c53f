//! Where a place stands towards a profile's scope: spaces compared by id, pages by what they stand under.

use crate::domain::ids::{ContentId, SpaceId, SpaceKey};
use crate::domain::place::{Copied, Place, SpaceName};

use super::ask::Standing;
use super::ports::{Freshness, LocateError, Locator};
use super::profile::{Allowed, Scope};

/// Looks a place up and compares it with the scope; a scope of everything looks nothing up.
pub async fn standing(
    scope: &Scope,
    place: &Place,
    locator: &dyn Locator,
    freshness: Freshness,
) -> Result<Standing, LocateError> {
    let sees = match place {
        Place::Source(name) => scope.admits_source(name),
        Place::Nowhere => true,
        _ if scope.is_everything() => true,
        Place::Copied(copied) => shows(scope, copied),
        _ => admits(scope, place, locator, freshness).await?,
    };
    Ok(if sees { Standing::Inside } else { Standing::Outside })
}

/// Whether a scope shows what a copy is of, going by what the copy says.
pub fn shows(scope: &Scope, copied: &Copied) -> bool {
    let space = Space { id: &copied.space, key: Some(&copied.key) };
    !space.is_denied(scope)
        && scope.allow.iter().all(|allowed| space.is_one_of(allowed) || holds(allowed, &copied.line))
        && !(scope.visible_to_all_only && copied.restricted)
}

/// Looks up together what the standings of these places will ask for.
pub async fn look_ahead(scope: &Scope, places: &[Place], locator: &dyn Locator) {
    if scope.tells_pages_apart() {
        locator.look_ahead(places, scope.visible_to_all_only).await;
    }
}

/// Names are compared with the space's own id and key, so that a name that fits no space any more can neither hide
/// nor show another one.
async fn admits(
    scope: &Scope,
    place: &Place,
    locator: &dyn Locator,
    freshness: Freshness,
) -> Result<bool, LocateError> {
    let Some(id) = locator.space_of(place, freshness).await? else { return Ok(false) };
    let is_by_key = is_by_key(scope);
    let key = if is_by_key { locator.key_of(&id).await? } else { None };
    if is_by_key && key.is_none() {
        return Ok(false);
    }
    let space = Space { id: &id, key: key.as_ref() };
    if space.is_denied(scope) {
        return Ok(false);
    }
    let by_page: Vec<&Allowed> = scope.allow.iter().filter(|allowed| !space.is_one_of(allowed)).collect();
    if by_page.iter().any(|allowed| allowed.pages.is_empty()) {
        return Ok(false);
    }
    if by_page.is_empty() && !scope.visible_to_all_only {
        return Ok(true);
    }
    let Some(line) = locator.line_of(place, freshness).await? else { return Ok(false) };
    if !by_page.iter().all(|allowed| holds(allowed, &line)) {
        return Ok(false);
    }
    Ok(!scope.visible_to_all_only || locator.are_open(&line, freshness).await?)
}

/// Whether a scope names a space by its key, so that the key has to be known.
fn is_by_key(scope: &Scope) -> bool {
    let keyed = |name: &SpaceName| matches!(name, SpaceName::Key(_));
    !scope.deny.is_empty() || scope.allow.iter().flat_map(|allowed| &allowed.spaces).any(keyed)
}

/// Whether one of the pages that are allowed is in a line.
fn holds(allowed: &Allowed, line: &[ContentId]) -> bool {
    line.iter().any(|content| allowed.pages.contains(content))
}

/// A space as scopes name it; without a key, names that are keys fit nothing.
#[derive(Clone, Copy, Debug)]
pub struct Space<'a> {
    /// Its id.
    pub id: &'a SpaceId,
    /// Its key.
    pub key: Option<&'a SpaceKey>,
}

impl Space<'_> {
    /// Whether a scope keeps it out, whatever else it allows.
    pub fn is_denied(self, scope: &Scope) -> bool {
        // A name of digits alone may be meant as a key; to deny, either will do.
        scope.deny.iter().any(|name| self.is(name) || self.has_key(&name.to_string()))
    }

    /// Whether it is allowed as a whole.
    pub fn is_one_of(self, allowed: &Allowed) -> bool {
        allowed.spaces.iter().any(|name| self.is(name))
    }

    fn is(self, name: &SpaceName) -> bool {
        match name {
            SpaceName::Id(named) => named == self.id,
            SpaceName::Key(key) => self.has_key(key.as_str()),
        }
    }

    /// Confluence finds a space by its key in any letter case.
    fn has_key(self, name: &str) -> bool {
        self.key.is_some_and(|key| key.as_str().eq_ignore_ascii_case(name))
    }
}
