//! Gives a file another name.

use schemars::JsonSchema;
use serde::Deserialize;

use super::content::written;
use super::naming::FileName;
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::attachments;
use crate::confluence::model::{Attachment, List, WrittenContent};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::ids::AttachmentId;
use crate::domain::text::{escaped, quoted};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Renames a file.
pub(super) struct RenameAttachment;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the attachment.
    attachment_id: AttachmentId,
    /// Its new name, with the extension.
    file_name: FileName,
}

/// Plans to give a current attachment this name, which no other file beside it has.
pub(in crate::tools) async fn planned(
    attachment: &Attachment,
    name: &str,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    if attachment.status != "current" {
        return Err(ToolError::conflict("the attachment is in the trash", "a person can restore it first"));
    }
    if attachment.title == name {
        return Err(ToolError::input("the file has this name already", "there is nothing to do"));
    }
    let container = attachment.container().ok_or_else(ToolError::not_found)?;
    let present = attachment.version.as_ref().map(|version| version.number).ok_or_else(ToolError::fault)?;
    // On a blog post nothing is found here; Confluence refuses a name that is taken all the same.
    let same_name = attachments::attachment_named(container, name);
    let taken = reads.judged(same_name, |reply| Ok((attachment.place(), reply.json::<List<Attachment>>()?))).await;
    let taken = match taken {
        Ok(taken) => taken.results,
        Err(error) if error == ToolError::not_found() => Vec::new(),
        Err(error) => return Err(error),
    };
    if let Some(there) = taken.first() {
        return Err(ToolError::conflict(
            format!("the page has a file {} already: attachment {}", quoted(name, 255), there.id),
            "nothing was changed; choose another file_name",
        ));
    }
    let shown = |name: &str| quoted(&escaped(name), 300);
    let target = format!("attachment {} {}", attachment.id, quoted(&attachment.title, 80));
    Ok(Plan {
        request: attachments::rename_attachment(container, &attachment.id, present, name),
        places: vec![attachment.place()],
        summary: format!("rename {target} to {}", quoted(name, 80)),
        preview: format!("file name: {} → {}", shown(&attachment.title), shown(name)),
        target,
        rests_on: Some(present),
        before: None,
        effect: AccessClass::Update,
        loses: Vec::new(),
        undo: Undo::NameFile {
            attachment: attachment.id.clone(),
            before: attachment.title.clone(),
            after: name.to_owned(),
        },
        proof: Proof::FileIsNamed {
            attachment: attachment.id.clone(),
            before: attachment.title.clone(),
            after: name.to_owned(),
        },
    })
}

impl WriteTool for RenameAttachment {
    const NAME: &'static str = "rename_attachment";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "Rename attachment";
    const DESCRIPTION: &'static str = "Gives a file another name. Pages that show it by its old name may show a gap; \
        for new content use update_attachment.";
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
        planned(&attachment, input.file_name.as_str(), reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(written(&reply.json::<WrittenContent>()?, context))
    }
}
