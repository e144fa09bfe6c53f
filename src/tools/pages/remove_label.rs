//! Removes a label from a page or attachment.

use schemars::JsonSchema;
use serde::Deserialize;

use super::labelled::{Carrier, group_of};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::labels;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Delete};
use crate::domain::group::Group;
use crate::domain::ids::{AttachmentId, ContentId, LabelName};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Removes a label.
pub(super) struct RemoveLabel;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: Option<ContentId>,
    /// Id of the attachment instead.
    attachment_id: Option<AttachmentId>,
    /// The label to remove.
    label: LabelName,
}

impl WriteTool for RemoveLabel {
    const NAME: &'static str = "remove_label";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Remove label";
    const DESCRIPTION: &'static str = "Removes one label from a page or attachment. Counts as a delete.";
    // What reads attachments is asked for by the tools of their group, without which none is labelled.
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_LABEL];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::READ_LABEL];
    type Access = Delete;
    type Input = Input;

    fn group(input: &Input) -> Group {
        group_of(input.attachment_id.as_ref())
    }

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let carrier = Carrier::named(input.page_id.as_ref(), input.attachment_id.as_ref(), reads).await?;
        if carrier.has(input.label.as_str()) == Some(false) {
            let (what, tool) = match input.page_id {
                Some(_) => ("page", "list_labels"),
                None => ("attachment", "list_attachment_labels"),
            };
            let message = format!("the {what} does not have this label");
            return Err(ToolError::input(message, format!("{tool} says which it has")));
        }
        Ok(planned(&carrier, &input.label))
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = format!("label {} removed", input.label);
        let page = input.page_id.as_ref().map(ToString::to_string);
        let id = page.or_else(|| input.attachment_id.as_ref().map(ToString::to_string));
        Ok(Written { id, note: Some(note), ..Written::done() })
    }
}

/// Plans to remove a label that is there.
pub(in crate::tools) fn planned(carrier: &Carrier, label: &LabelName) -> Plan<Delete> {
    Plan {
        request: labels::remove_label(&carrier.of, label),
        places: vec![carrier.place.clone()],
        rests_on: None,
        before: None,
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("remove label {label} from {}", carrier.name),
        preview: format!("- {label}\n"),
        undo: Undo::AddLabel { page: carrier.of.clone(), label: label.clone() },
        proof: Proof::LabelIsGone { page: carrier.of.clone(), label: label.clone() },
        target: carrier.name.clone(),
    }
}
