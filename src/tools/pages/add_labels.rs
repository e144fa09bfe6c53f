//! Adds labels to a page or attachment.

use schemars::JsonSchema;
use serde::Deserialize;

use super::labelled::{Carrier, group_of};
use super::list_labels::shown;
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::labels::add_labels;
use crate::confluence::model::{Label, List};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::group::Group;
use crate::domain::ids::{AttachmentId, ContentId, LabelName};
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
    page_id: Option<ContentId>,
    /// Id of the attachment instead.
    attachment_id: Option<AttachmentId>,
    /// Labels to add, without blanks.
    #[schemars(length(min = 1, max = 50))]
    labels: Vec<LabelName>,
}

impl WriteTool for AddLabels {
    const NAME: &'static str = "add_labels";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Add labels";
    const DESCRIPTION: &'static str =
        "Adds labels to a page or attachment; labels it has already stay. To see them, use list_labels.";
    // What reads attachments is asked for by the tools of their group, without which none is labelled.
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_LABEL, scopes::WRITE_LABEL];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Create;
    type Input = Input;

    fn group(input: &Input) -> Group {
        group_of(input.attachment_id.as_ref())
    }

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        if input.labels.is_empty() || input.labels.len() > MOST {
            return Err(ToolError::input(format!("`labels` takes 1 to {MOST} labels"), "send fewer, in several calls"));
        }
        let carrier = Carrier::named(input.page_id.as_ref(), input.attachment_id.as_ref(), reads).await?;
        Ok(planned(&carrier, &input.labels))
    }

    fn answer(input: &Input, reply: &Reply, _: &Context) -> Result<Written, ToolError> {
        let labels: List<Label> = reply.json()?;
        let labels = Some(labels.results.iter().map(shown).collect());
        let page = input.page_id.as_ref().map(ToString::to_string);
        let id = page.or_else(|| input.attachment_id.as_ref().map(ToString::to_string));
        Ok(Written { id, labels, ..Written::done() })
    }
}

/// Plans to add labels to what was read with those it has.
pub(in crate::tools) fn planned(carrier: &Carrier, labels: &[LabelName]) -> Plan<Create> {
    let new = |label: &&LabelName| carrier.has(label.as_str()) == Some(false);
    let new: Vec<LabelName> = labels.iter().filter(new).cloned().collect();
    let names: Vec<&str> = labels.iter().map(LabelName::as_str).collect();
    let change = |label: &LabelName| {
        if new.contains(label) { format!("+ {label}\n") } else { format!("  {label} is there already\n") }
    };
    Plan {
        request: add_labels(&carrier.of, labels),
        places: vec![carrier.place.clone()],
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        summary: format!("label {} with {}", carrier.name, names.join(", ")),
        preview: labels.iter().map(change).collect(),
        undo: Undo::RemoveLabels { page: carrier.of.clone(), labels: new.clone() },
        proof: Proof::LabelsAreThere { page: carrier.of.clone(), labels: labels.to_vec() },
        target: carrier.name.clone(),
    }
}
