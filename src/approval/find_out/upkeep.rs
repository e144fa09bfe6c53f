//! Properties by their value, tasks by their status, watches by asking.

use serde_json::Value;

use crate::confluence::api::upkeep::{self, Owner};
use crate::confluence::failure::Failure;
use crate::confluence::model::{List, Property, Task, Watching};
use crate::domain::ids::{ContentId, TaskId, VersionNumber};

use super::{Finding, Site};

/// A property set, by the version it makes and the value that was sent.
pub(super) async fn is_set(
    site: &Site<'_>,
    owner: &Owner,
    key: &str,
    version: VersionNumber,
) -> Result<Finding, Failure> {
    let Some(found) = site.read::<List<Property>>(upkeep::property(owner, key)).await? else {
        return Ok(Finding::CannotTell);
    };
    let Some(property) = found.results.into_iter().next() else {
        // What was there before is gone: to set it again would be refused, and to make it is safe.
        return Ok(if version == VersionNumber(1) { Finding::NOT_THERE } else { Finding::Superseded });
    };
    let present = property.version.as_ref().map_or(VersionNumber(1), |version| version.number);
    let sent: Value = serde_json::from_slice(site.sent.body).unwrap_or_default();
    Ok(if present < version {
        Finding::NOT_THERE
    } else if sent.get("value") == Some(&property.value) {
        Finding::happened(&property.id, Some(present))
    } else {
        Finding::Superseded
    })
}

/// A property deleted. It leaves nothing behind, so what it was kept with must be shown still.
pub(super) async fn is_gone(site: &Site<'_>, owner: &Owner, key: &str, id: &str) -> Result<Finding, Failure> {
    Ok(match site.read::<List<Property>>(upkeep::property(owner, key)).await? {
        None => Finding::CannotTell,
        Some(found) if found.results.iter().any(|property| property.id == id) => Finding::NOT_THERE,
        Some(_) => Finding::happened(&id, None),
    })
}

/// A task ticked off or opened, by its status.
pub(super) async fn task_is(site: &Site<'_>, id: &TaskId, complete: bool) -> Result<Finding, Failure> {
    Ok(match site.read::<Task>(upkeep::get_task(id)).await? {
        None => Finding::CannotTell,
        Some(task) if (task.status == "complete") == complete => Finding::happened(id, None),
        Some(_) => Finding::NOT_THERE,
    })
}

/// A page watched by our account, or no longer.
pub(super) async fn is_watched(site: &Site<'_>, page: &ContentId, watched: bool) -> Result<Finding, Failure> {
    Ok(match site.read::<Watching>(upkeep::is_watched(page)).await? {
        None => Finding::CannotTell,
        Some(now) if now.watching == watched => Finding::happened(page, None),
        Some(_) => Finding::NOT_THERE,
    })
}
