//! Lists the labels of a file.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::confluence::api::Paging;
use crate::confluence::api::attachments::get_attachment;
use crate::confluence::api::labels::labels_of_attachment;
use crate::confluence::model::Attachment;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{AttachmentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::pages::list_labels::Labels;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists labels of an attachment.
pub(super) struct ListAttachmentLabels;

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

impl ReadTool for ListAttachmentLabels {
    const NAME: &'static str = "list_attachment_labels";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "List attachment labels";
    const DESCRIPTION: &'static str = "Lists the labels of an attachment. For those of its page use list_labels.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Labels;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Labels>, ToolError> {
        let id = &input.attachment_id;
        let attachment: Attachment = context.client.send(permit, get_attachment(id)).await?.json()?;
        let place = attachment.place();
        context.sees(&place).await?;
        let paging = Paging::of(input.limit, input.cursor);
        let reply = context.client.send(permit, labels_of_attachment(id, &paging)).await?;
        Ok(Unsifted::one(place, Labels::of(&reply)?))
    }
}
