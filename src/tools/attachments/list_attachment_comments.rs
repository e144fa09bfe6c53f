//! Reads the comments on a file.

use super::listing::{OfAttachment, seen};
use crate::confluence::api::comments::comments_of_attachment;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::pages::list_comments;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists comments of an attachment.
pub(super) struct ListAttachmentComments;

impl ReadTool for ListAttachmentComments {
    const NAME: &'static str = "list_attachment_comments";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "List attachment comments";
    const DESCRIPTION: &'static str =
        "Reads the comments on an attachment itself. For those on its page use list_comments.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_COMMENT, scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = OfAttachment;
    type Output = Document;

    fn subject(_: &OfAttachment) -> Place {
        Place::Nowhere
    }

    async fn read(
        input: OfAttachment,
        permit: &Permit<Read>,
        context: &Context,
    ) -> Result<Unsifted<Document>, ToolError> {
        let id = &input.attachment_id;
        let place = seen(id, permit, context).await?.place();
        let reply = context.client.send(permit, comments_of_attachment(id, &input.paging())).await?;
        Ok(Unsifted::one(place, list_comments::answer(&format!("attachment {id}"), &reply, context).await?))
    }
}
