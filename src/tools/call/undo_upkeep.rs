//! Gives back what a write changed around a page: properties, tasks and watches, as long as nothing came after it.

use serde_json::Value;

use super::undo::{AnyPlan, Made, nothing_left, nothing_since};
use crate::approval::Plan;
use crate::confluence::api::upkeep::{self, Owner};
use crate::confluence::model::Task;
use crate::domain::access::{Delete, Update};
use crate::domain::ids::{ContentId, TaskId};
use crate::domain::place::{Place, SpaceName};
use crate::domain::text::quoted;
use crate::tools::pages::keep::{self, Kept};
use crate::tools::{Reads, ToolError};

/// The value that a property had; one that was deleted is made anew.
pub(super) async fn set_property(
    owner: &Owner,
    key: &str,
    made: &Made,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let kept = match owner {
        Owner::Page(page) => Kept::with_page(&reads.page_head(page).await?),
        Owner::Space(id) => {
            let space = reads.space(&SpaceName::Id(id.clone())).await?;
            let name = format!("space {} {}", space.key, quoted(&space.name, 80));
            Kept { owner: owner.clone(), place: Place::Space(space.id), name }
        }
    };
    let before = made.before.as_deref().and_then(|before| serde_json::from_str::<Value>(before).ok());
    let Some(before) = before else {
        return Err(ToolError::refused("what the property held is not known", "set it anew"));
    };
    let there = kept.property(key, reads).await?;
    match &there {
        Some(property) if property.value == before => {
            return Err(nothing_left("the property has its value again"));
        }
        // A write that set it has a version; one that deleted it has none.
        Some(property) => nothing_since("the property", made.version, Some(keep::present(property)))?,
        None if made.version.is_some() => {
            let hint = "nothing was changed; set it anew";
            return Err(ToolError::conflict("somebody has deleted the property since", hint));
        }
        None => {}
    }
    kept.set(key, &before, there.as_ref(), reads)
}

/// A property that was made goes again.
pub(super) async fn delete_property(
    page: &ContentId,
    key: &str,
    made: &Made,
    reads: &Reads<'_>,
) -> Result<Plan<Delete>, ToolError> {
    let page = reads.page_head(page).await?;
    let there = Kept::with_page(&page).property(key, reads).await?;
    let property = there.ok_or_else(|| nothing_left("the property is gone"))?;
    nothing_since("the property", made.version, Some(keep::present(&property)))?;
    Ok(keep::deletion(&page, &property))
}

/// A task is what it was.
pub(super) async fn set_task(id: &TaskId, complete: bool, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
    let task = reads.one(upkeep::get_task(id), Task::place).await?;
    if (task.status == "complete") == complete {
        return Err(nothing_left(if complete { "the task is complete again" } else { "the task is open again" }));
    }
    keep::task(id, complete, reads).await
}

/// A page is watched again, or no longer.
pub(super) async fn watch(page: &ContentId, watched: bool, reads: &Reads<'_>) -> Result<AnyPlan, ToolError> {
    Ok(if watched {
        AnyPlan::Create(keep::watch(page, reads).await?)
    } else {
        AnyPlan::Delete(keep::unwatch(page, reads).await?)
    })
}
