//! Removes a label from a page.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::{labels, pages};
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Delete};
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, LabelName};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Removes a label.
pub(super) struct RemoveLabel;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The label to remove.
    label: LabelName,
}

impl WriteTool for RemoveLabel {
    const NAME: &'static str = "remove_label";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Remove label";
    const DESCRIPTION: &'static str = "Removes one label from a page. Counts as a delete.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_LABEL];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::READ_LABEL];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let page = reads.one(pages::get_page_labels(&input.page_id), Page::place).await?;
        if page.has_label(input.label.as_str()) == Some(false) {
            return Err(ToolError::input("the page does not have this label", "list_labels says which it has"));
        }
        Ok(planned(&page, &input.label))
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = format!("label {} removed", input.label);
        Ok(Written { id: Some(input.page_id.to_string()), note: Some(note), ..Written::done() })
    }
}

/// Plans to remove a label that a page has.
pub(in crate::tools) fn planned(page: &Page, label: &LabelName) -> Plan<Delete> {
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    Plan {
        request: labels::remove_label(&page.id, label),
        places: vec![page.itself()],
        rests_on: None,
        before: None,
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("remove label {label} from {target}"),
        preview: format!("- {label}\n"),
        undo: Undo::AddLabel { page: page.id.clone(), label: label.clone() },
        proof: Proof::LabelIsGone { page: page.id.clone(), label: label.clone() },
        target,
    }
}
