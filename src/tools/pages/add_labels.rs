//! Adds labels to a page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::list_labels::shown;
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::labels::add_labels;
use crate::confluence::api::pages;
use crate::confluence::model::{Label, List, Page};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, LabelName};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Most labels one call adds.
const MOST: usize = 50;

/// Adds labels.
pub(super) struct AddLabels;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// Labels to add, without blanks.
    #[schemars(length(min = 1, max = 50))]
    labels: Vec<LabelName>,
}

impl WriteTool for AddLabels {
    const NAME: &'static str = "add_labels";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Add labels";
    const DESCRIPTION: &'static str =
        "Adds labels to a page; labels it has already stay. To see them, use list_labels.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_LABEL, scopes::WRITE_LABEL];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        if input.labels.is_empty() || input.labels.len() > MOST {
            return Err(ToolError::input(format!("`labels` takes 1 to {MOST} labels"), "send fewer, in several calls"));
        }
        let page = reads.one(pages::get_page_labels(&input.page_id), Page::place).await?;
        Ok(planned(page, &input.labels))
    }

    fn answer(input: &Input, reply: &Reply, _: &Context) -> Result<Written, ToolError> {
        let labels: List<Label> = reply.json()?;
        let labels = Some(labels.results.iter().map(shown).collect());
        Ok(Written { id: Some(input.page_id.to_string()), labels, ..Written::done() })
    }
}

/// Plans to add labels to a page that was read with those it has.
pub(in crate::tools) fn planned(page: Page, labels: &[LabelName]) -> Plan<Create> {
    let new = |label: &&LabelName| page.has_label(label.as_str()) == Some(false);
    let new: Vec<LabelName> = labels.iter().filter(new).cloned().collect();
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    let names: Vec<&str> = labels.iter().map(LabelName::as_str).collect();
    let change = |label: &LabelName| {
        if new.contains(label) { format!("+ {label}\n") } else { format!("  {label} is there already\n") }
    };
    Plan {
        request: add_labels(&page.id, labels),
        places: vec![page.itself()],
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        summary: format!("label {target} with {}", names.join(", ")),
        preview: labels.iter().map(change).collect(),
        undo: Undo::RemoveLabels { page: page.id.clone(), labels: new.clone() },
        proof: Proof::LabelsAreThere { page: page.id, labels: labels.to_vec() },
        target,
    }
}
