//! Lists the labels of a file.

use super::listing::{OfAttachment, seen};
use crate::confluence::api::labels::labels_of_attachment;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::pages::list_labels::Labels;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists labels of an attachment.
pub(super) struct ListAttachmentLabels;

impl ReadTool for ListAttachmentLabels {
    const NAME: &'static str = "list_attachment_labels";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "List attachment labels";
    const DESCRIPTION: &'static str = "Lists the labels of an attachment. For those of its page use list_labels.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = OfAttachment;
    type Output = Labels;

    fn subject(_: &OfAttachment) -> Place {
        Place::Nowhere
    }

    async fn read(
        input: OfAttachment,
        permit: &Permit<Read>,
        context: &Context,
    ) -> Result<Unsifted<Labels>, ToolError> {
        let id = &input.attachment_id;
        let place = seen(id, permit, context).await?.place();
        let reply = context.client.send(permit, labels_of_attachment(id, &input.paging())).await?;
        Ok(Unsifted::one(place, Labels::of(&reply)?))
    }
}
