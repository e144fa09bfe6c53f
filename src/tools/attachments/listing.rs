//! What lists of one file share: their arguments, and the file itself, judged before anything is listed of it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::confluence::api::Paging;
use crate::confluence::api::attachments::get_attachment;
use crate::confluence::model::Attachment;
use crate::domain::access::Read;
use crate::domain::ids::{AttachmentId, Cursor};
use crate::domain::limits::Limit;
use crate::policy::Permit;
use crate::tools::{Context, ToolError};

/// Arguments of a tool that lists something of one attachment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfAttachment {
    /// Id of the attachment.
    pub(super) attachment_id: AttachmentId,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl OfAttachment {
    /// The part of the list that is asked for.
    pub(super) fn paging(&self) -> Paging {
        Paging::of(self.limit, self.cursor.clone())
    }
}

/// An attachment that the caller may see; nothing of it is told or fetched before its place is judged.
pub(super) async fn seen(id: &AttachmentId, permit: &Permit<Read>, context: &Context) -> Result<Attachment, ToolError> {
    let attachment: Attachment = context.client.send(permit, get_attachment(id)).await?.json()?;
    context.sees(&attachment.place()).await?;
    Ok(attachment)
}
