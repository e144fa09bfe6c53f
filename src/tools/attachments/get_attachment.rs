//! Reads what there is to know of one file, without its bytes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::described::Described;
use crate::confluence::api;
use crate::confluence::model::Attachment;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::AttachmentId;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads an attachment's metadata.
pub(super) struct GetAttachment;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the attachment.
    attachment_id: AttachmentId,
}

impl ReadTool for GetAttachment {
    const NAME: &'static str = "get_attachment";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "Get attachment";
    const DESCRIPTION: &'static str = "Reads name, type, size, version and page of one attachment. For what is in the file \
        use download_attachment.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Described;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Described>, ToolError> {
        let request = api::attachments::get_attachment(&input.attachment_id);
        let attachment: Attachment = context.client.send(permit, request).await?.json()?;
        Ok(Unsifted::one(attachment.place(), Described::of(&attachment, context)))
    }
}
