//! Moves a file to the trash.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api;
use crate::confluence::model::Attachment;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Delete};
use crate::domain::group::Group;
use crate::domain::ids::AttachmentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Trashes an attachment.
pub(super) struct DeleteAttachment;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the attachment.
    attachment_id: AttachmentId,
}

/// Plans to trash a current attachment.
pub(in crate::tools) fn planned(attachment: Attachment) -> Result<Plan<Delete>, ToolError> {
    if attachment.status != "current" {
        return Err(ToolError::conflict("the attachment is in the trash already", "there is nothing to do"));
    }
    let target = format!("attachment {} {}", attachment.id, quoted(&attachment.title, 80));
    let size = attachment.file_size.map_or_else(String::new, |size| format!(", {size} bytes"));
    let version = attachment.version.as_ref().map(|version| version.number);
    Ok(Plan {
        request: api::attachments::trash_attachment(&attachment.id),
        places: vec![attachment.place()],
        summary: format!("move {target} to the trash"),
        preview: format!("{target}{size}: to the trash, with all its versions"),
        target,
        rests_on: version,
        before: None,
        effect: AccessClass::Delete,
        loses: Vec::new(),
        // No published operation takes a file out of the trash.
        undo: Undo::ByHand(format!(
            "a person can restore {} from the trash of its space",
            quoted(&attachment.title, 80)
        )),
        proof: Proof::AttachmentIsTrashed { attachment: attachment.id, version },
    })
}

impl WriteTool for DeleteAttachment {
    const NAME: &'static str = "delete_attachment";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "Delete attachment";
    const DESCRIPTION: &'static str = "Moves a file to the trash, from which people can restore it. Pages that show it show \
        a gap. To read it first use download_attachment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE, scopes::DELETE_ATTACHMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        planned(reads.attachment(&input.attachment_id).await?)
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(Written {
            id: Some(input.attachment_id.to_string()),
            note: Some("in the trash".to_owned()),
            ..Written::done()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confluence::request::Method;
    use crate::domain::place::Place;

    fn attachment(status: &str) -> Attachment {
        serde_json::from_value(serde_json::json!({
            "id": "att5", "status": status, "title": "a.txt", "pageId": "12", "version": { "number": 3 }
        }))
        .unwrap()
    }

    #[test]
    fn the_file_goes_to_the_trash_and_is_never_purged() {
        let plan = planned(attachment("current")).unwrap();
        assert_eq!((plan.request.method(), plan.request.path()), (Method::Delete, "/wiki/api/v2/attachments/att5"));
        assert!(plan.request.query().is_empty());
        assert_eq!(plan.places, [Place::Content("12".parse().unwrap())]);
    }

    #[test]
    fn what_is_in_the_trash_is_not_deleted_again() {
        assert_eq!(planned(attachment("trashed")).unwrap_err().code, "conflict");
    }
}
