//! The way back: from a write that succeeded to the plans of its inverse, which never overwrite what came after.

use crate::approval::{Plan, Undo};
use crate::domain::access::{Create, Delete, Update};
use crate::domain::ids::VersionNumber;
use crate::tools::{Reads, ToolError};

use super::{undo_changes as changes, undo_new as new, undo_talk as talk, undo_tree as tree, undo_upkeep as upkeep};

/// A plan of any class.
#[derive(Debug)]
#[must_use = "a plan does nothing until it is carried out"]
pub enum AnyPlan {
    /// It makes something.
    Create(Plan<Create>),
    /// It changes something.
    Update(Plan<Update>),
    /// It takes something away.
    Delete(Plan<Delete>),
}

/// What is known of the write that is to be undone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The id in its answer.
    pub id: Option<String>,
    /// The version it made.
    pub version: Option<VersionNumber>,
    /// The body before it, in storage format.
    pub before: Option<String>,
    /// The title before it.
    pub title_before: Option<String>,
}

/// Plans the inverse of a write: usually one plan, several where labels are taken away again. Whatever it reads is
/// judged by the agent's own profile, and where something came after the write it is a conflict.
pub async fn inverse(undo: &Undo, made: &Made, reads: &Reads<'_>) -> Result<Vec<AnyPlan>, ToolError> {
    let plan = match undo {
        Undo::TrashTheNewOne(kind) => AnyPlan::Delete(new::document(*kind, made, reads).await?),
        Undo::TrashTheNewFile => AnyPlan::Delete(new::file(made, reads).await?),
        Undo::DeleteTheNewComment(kind) => AnyPlan::Delete(new::comment(*kind, made, reads).await?),
        Undo::WriteBack { kind, page, version } => {
            AnyPlan::Update(changes::write_back(*kind, page, *version, made, reads).await?)
        }
        Undo::RestorePage(page) => AnyPlan::Update(changes::restore(page, reads).await?),
        Undo::RemoveLabels { page, labels } => {
            let plans = changes::remove_labels(page, labels, reads).await?;
            return Ok(plans.into_iter().map(AnyPlan::Delete).collect());
        }
        Undo::AddLabel { page, label } => AnyPlan::Create(changes::add_label(page, label, reads).await?),
        Undo::NameSpace { space, before, after } => {
            AnyPlan::Update(changes::name_space(space, before, after, reads).await?)
        }
        Undo::MoveBack { page, stood, now_under } => {
            AnyPlan::Update(tree::move_back(page, stood, now_under, reads).await?)
        }
        Undo::RenamePage { page, before, after } => {
            AnyPlan::Update(tree::rename_back(page, before, after, reads).await?)
        }
        Undo::TrashTheNewNode(kind) => AnyPlan::Delete(tree::node(*kind, made, reads).await?),
        Undo::WriteCommentBack { kind, comment } => {
            AnyPlan::Update(talk::write_back(*kind, comment, made, reads).await?)
        }
        Undo::Resolve { comment, resolved } => AnyPlan::Update(talk::resolve(comment, *resolved, reads).await?),
        Undo::NameFile { attachment, before, after } => {
            AnyPlan::Update(talk::name_file(attachment, before, after, reads).await?)
        }
        Undo::SetProperty { owner, key } => AnyPlan::Update(upkeep::set_property(owner, key, made, reads).await?),
        Undo::DeleteProperty { page, key } => AnyPlan::Delete(upkeep::delete_property(page, key, made, reads).await?),
        Undo::SetTask { task, complete } => AnyPlan::Update(upkeep::set_task(task, *complete, reads).await?),
        Undo::Watch { page, watched } => upkeep::watch(page, *watched, reads).await?,
        Undo::ByHand(how) => return Err(ToolError::refused("no request undoes this write", how.as_str())),
    };
    Ok(vec![plan])
}

/// Refuses where there is nothing to undo any more.
pub(super) fn nothing_left(what: &str) -> ToolError {
    ToolError::conflict(format!("{what}; there is nothing to undo"), "nothing was changed")
}

/// Refuses where something came after the write, and tells both versions.
pub(super) fn nothing_since(
    what: &str,
    made: Option<VersionNumber>,
    present: Option<VersionNumber>,
) -> Result<(), ToolError> {
    match (made, present) {
        (Some(made), Some(present)) if made == present => Ok(()),
        (Some(made), Some(present)) => Err(ToolError::conflict(
            format!(
                "the write made version {made} of {what}, which is at version {present} now; nothing was overwritten"
            ),
            format!("read version {present} and change by hand what shall not stay"),
        )),
        _ => Err(ToolError::conflict(
            format!("it is not known which version of {what} the write made; nothing was overwritten"),
            "read it and change by hand what shall not stay",
        )),
    }
}
