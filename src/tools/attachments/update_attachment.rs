//! Gives a file new content, as a new version of it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::content::{Given, Ready, note, written};
use super::media::MediaType;
use super::naming::{FileName, FilePath};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::attachments::{self, Upload};
use crate::confluence::model::{Attachment, WrittenContent};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::ids::AttachmentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::pages::Title;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Uploads a new version of a file.
pub(super) struct UpdateAttachment;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the attachment.
    attachment_id: AttachmentId,
    /// The new content, where it is text.
    text: Option<String>,
    /// The new content as base64, up to 6 MiB of bytes.
    content_base64: Option<String>,
    /// A file beneath the configured folder, where the operator set one up.
    path: Option<FilePath>,
    /// A note in its history.
    comment: Option<Title>,
}

/// Plans to give a current attachment these bytes.
fn planned(attachment: &Attachment, file: &Ready, note: &str) -> Result<Plan<Update>, ToolError> {
    let container = attachment.container().ok_or_else(ToolError::not_found)?;
    let present = attachment.version.as_ref().map(|version| version.number).ok_or_else(ToolError::fault)?;
    let upload = Upload {
        file_name: &attachment.title,
        media_type: file.media_type.as_str(),
        content: file.bytes.clone(),
        comment: note,
    };
    let target = format!("attachment {} {}", attachment.id, quoted(&attachment.title, 80));
    let was = attachment.file_size.map_or_else(String::new, |size| format!(", {size} bytes so far"));
    Ok(Plan {
        request: attachments::update_attachment(container, &attachment.id, &upload),
        places: vec![attachment.place()],
        summary: format!("upload a new version of {target}"),
        preview: file.preview("new content for", &format!(" ({}, version {present}{was})", attachment.id)),
        target,
        rests_on: Some(present),
        before: None,
        effect: AccessClass::Update,
        loses: Vec::new(),
        undo: Undo::ByHand(format!("version {present} stays in the file's history; a person can restore it there")),
        proof: Proof::FileHasVersion { attachment: attachment.id.clone(), after: present, size: file.size() },
    })
}

impl WriteTool for UpdateAttachment {
    const NAME: &'static str = "update_attachment";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "Update attachment";
    const DESCRIPTION: &'static str = "Uploads a new version of a file that is there; its name and older versions stay. \
        For a new file use upload_attachment.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_ATTACHMENT,
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_DETAILS,
        scopes::WRITE_ATTACHMENT,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let attachment = reads.attachment(&input.attachment_id).await?;
        if attachment.status != "current" {
            return Err(ToolError::conflict("the attachment is in the trash", "a person can restore it first"));
        }
        let known = MediaType::told(attachment.media_type.as_deref());
        let given = Given {
            text: input.text.as_deref(),
            content_base64: input.content_base64.as_deref(),
            path: input.path.as_ref(),
            media_type: Some(&known).filter(|known| !known.is_unknown()),
        };
        let file = given.ready(Some(&FileName::cleaned(&attachment.title)), reads.context()).await?;
        planned(&attachment, &file, &note(input.comment.as_ref(), reads))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(written(&reply.json::<WrittenContent>()?, context))
    }
}
