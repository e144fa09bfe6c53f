//! Lists the versions of a file, latest first.

use super::listing::{OfAttachment, seen};
use crate::confluence::api::attachments::versions_of_attachment;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::pages::list_versions::Versions;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists versions of an attachment.
pub(super) struct ListAttachmentVersions;

impl ReadTool for ListAttachmentVersions {
    const NAME: &'static str = "list_attachment_versions";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "List attachment versions";
    const DESCRIPTION: &'static str =
        "Lists the versions of an attachment, latest first: number, time, uploader, note.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = OfAttachment;
    type Output = Versions;

    fn subject(_: &OfAttachment) -> Place {
        Place::Nowhere
    }

    async fn read(
        input: OfAttachment,
        permit: &Permit<Read>,
        context: &Context,
    ) -> Result<Unsifted<Versions>, ToolError> {
        let id = &input.attachment_id;
        let place = seen(id, permit, context).await?.place();
        let reply = context.client.send(permit, versions_of_attachment(id, &input.paging())).await?;
        Ok(Unsifted::one(place, Versions::of(&reply, context).await?))
    }
}
