//! Reads the comments on a file.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::confluence::api::Paging;
use crate::confluence::api::attachments::get_attachment;
use crate::confluence::api::comments::comments_of_attachment;
use crate::confluence::model::Attachment;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{AttachmentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::pages::list_comments;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists comments of an attachment.
pub(super) struct ListAttachmentComments;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the attachment.
    attachment_id: AttachmentId,
    /// How many at most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl ReadTool for ListAttachmentComments {
    const NAME: &'static str = "list_attachment_comments";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "List attachment comments";
    const DESCRIPTION: &'static str =
        "Reads the comments on an attachment itself. For those on its page use list_comments.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_COMMENT, scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let id = &input.attachment_id;
        let attachment: Attachment = context.client.send(permit, get_attachment(id)).await?.json()?;
        let place = attachment.place();
        context.sees(&place).await?;
        let paging = Paging::of(input.limit, input.cursor);
        let reply = context.client.send(permit, comments_of_attachment(id, &paging)).await?;
        Ok(Unsifted::one(place, list_comments::answer(&format!("attachment {id}"), &reply, context).await?))
    }
}
