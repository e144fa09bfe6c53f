//! Gives back what a write changed or took away, as long as nothing came after it.

use super::undo::{Made, nothing_left, nothing_since};
use crate::approval::{Plan, SpaceWords};
use crate::confluence::api::labels::Labelled;
use crate::confluence::api::pages::{self, DocumentKind};
use crate::confluence::model::Page;
use crate::domain::access::{Create, Delete, Update};
use crate::domain::ids::{ContentId, LabelName, SpaceKey, VersionNumber};
use crate::domain::place::SpaceName;
use crate::domain::text::quoted;
use crate::tools::pages::change::Change;
use crate::tools::pages::labelled::Carrier;
use crate::tools::pages::{add_labels, remove_label, restore_page};
use crate::tools::spaces::update_space;
use crate::tools::{Reads, ToolError};

/// Body and title before the write, as kept by us, else as kept by Confluence.
pub(super) async fn write_back(
    kind: DocumentKind,
    id: &ContentId,
    version: VersionNumber,
    made: &Made,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let (page, word) = (reads.document(kind, id).await?, kind.word());
    if page.status != "current" {
        return Err(ToolError::conflict(
            format!("the {word} is not current any more"),
            "a person can restore it first",
        ));
    }
    let present = page.version_number();
    nothing_since(&format!("the {word}"), made.version, Some(present))?;
    let (storage, title) = match (&made.before, &made.title_before) {
        (Some(storage), Some(title)) => (storage.clone(), title.clone()),
        (storage, title) => {
            let old = reads.document_at(kind, id, version).await?;
            let kept = || old.storage().to_owned();
            (storage.clone().unwrap_or_else(kept), title.clone().unwrap_or_else(|| old.title.clone()))
        }
    };
    if storage == page.storage() && title == page.title {
        return Err(nothing_left(&format!("the {word} is as it was before")));
    }
    let plan = Change::of_document(kind, &page, &title, &storage).plan(Vec::new(), reads);
    Ok(Plan { summary: format!("give {} back what it was in version {version}", plan.target), ..plan })
}

/// A page comes back from the trash with the body it had; its place in the tree may be another.
pub(super) async fn restore(id: &ContentId, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
    let page = reads.one(pages::get_page_in_any_status(id), Page::place).await?;
    if page.status != "trashed" {
        return Err(nothing_left("the page is not in the trash any more"));
    }
    restore_page::planned(&page, reads).await
}

/// The labels that are still there, each in a plan of its own.
pub(super) async fn remove_labels(
    of: &Labelled,
    labels: &[LabelName],
    reads: &Reads<'_>,
) -> Result<Vec<Plan<Delete>>, ToolError> {
    if labels.is_empty() {
        return Err(nothing_left("every label was there before"));
    }
    let carrier = Carrier::read(of, reads).await?;
    let there = |label: &&LabelName| carrier.has(label.as_str()) != Some(false);
    let plans: Vec<_> = labels.iter().filter(there).map(|label| remove_label::planned(&carrier, label)).collect();
    if plans.is_empty() { Err(nothing_left("none of these labels is there any more")) } else { Ok(plans) }
}

/// The label that was taken away.
pub(super) async fn add_label(of: &Labelled, label: &LabelName, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
    let carrier = Carrier::read(of, reads).await?;
    if carrier.has(label.as_str()) == Some(true) {
        return Err(nothing_left("the label is there again"));
    }
    Ok(add_labels::planned(&carrier, std::slice::from_ref(label)))
}

/// The words of a space, where they are still ours.
pub(super) async fn name_space(
    key: &SpaceKey,
    before: &SpaceWords,
    after: &SpaceWords,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let space = update_space::present(&SpaceName::Key(key.clone()), reads).await?;
    let (name, description) = (space.name.as_str(), space.plain_description());
    if (name, description) == (before.name.as_str(), before.description.as_str()) {
        return Err(nothing_left("the space has its name and description again"));
    }
    if (name, description) != (after.name.as_str(), after.description.as_str()) {
        return Err(ToolError::conflict(
            format!("somebody has changed space {key} since; it is named {} now", quoted(name, 80)),
            "nothing was overwritten; use update_space for what shall not stay",
        ));
    }
    update_space::planned(Some(&before.name), Some(&before.description), &space)
}
