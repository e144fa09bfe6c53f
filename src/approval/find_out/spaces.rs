//! Spaces: by key, name and description.

use crate::confluence::api::spaces::space_by_key;
use crate::confluence::failure::Failure;
use crate::confluence::model::{List, Space};
use crate::domain::ids::SpaceKey;

use super::{Finding, Site};
use crate::approval::proof::SpaceWords;

/// A new space. A key is taken once.
pub(super) async fn is_made(site: &Site<'_>, key: &SpaceKey, words: &SpaceWords) -> Result<Finding, Failure> {
    let Some(account) = site.account().await? else { return Ok(Finding::CannotTell) };
    let Some(space) = find(site, key).await? else { return Ok(Finding::NOT_THERE) };
    if !site.since(space.created_at) || space.author_id.as_ref().is_some_and(|author| *author != account) {
        return Ok(Finding::Superseded);
    }
    // With other words it may have been renamed since.
    let named = space.name == words.name && space.plain_description() == words.description;
    Ok(if named { Finding::happened(&space.key, None) } else { Finding::CannotTell })
}

/// A change of name or description. Where both are others, ours may have come before or not at all.
pub(super) async fn is_named(
    site: &Site<'_>,
    key: &SpaceKey,
    before: &SpaceWords,
    after: &SpaceWords,
) -> Result<Finding, Failure> {
    let Some(space) = find(site, key).await? else { return Ok(Finding::CannotTell) };
    let present = SpaceWords { description: space.plain_description().to_owned(), name: space.name };
    Ok(if present == *after {
        Finding::happened(&space.key, None)
    } else if present == *before {
        Finding::NOT_THERE
    } else {
        Finding::CannotTell
    })
}

async fn find(site: &Site<'_>, key: &SpaceKey) -> Result<Option<Space>, Failure> {
    let found = site.read::<List<Space>>(space_by_key(key)).await?;
    let named = |space: &Space| space.key.as_str().eq_ignore_ascii_case(key.as_str());
    Ok(found.and_then(|found| found.results.into_iter().find(named)))
}
