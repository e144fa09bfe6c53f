//! Lists the files on a page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::described::Described;
use crate::confluence::api::{self, Paging};
use crate::confluence::model::{Attachment, List};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists attachments.
pub(super) struct ListAttachments;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// Files on a page.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Listed {
    /// The files.
    attachments: Vec<Described>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

impl Text for Listed {
    fn text(&self) -> String {
        let attachments = self.attachments.iter().map(|attachment| format!("- {}", attachment.text()));
        listing::text(attachments, "No attachments here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListAttachments {
    const NAME: &'static str = "list_attachments";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "List attachments";
    const DESCRIPTION: &'static str = "Lists the files on a page with id, name, type and size. To read one use \
        download_attachment; to find files across pages use search_text with type attachment.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_ATTACHMENT, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Listed;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Listed>, ToolError> {
        let Input { page_id, limit, cursor } = input;
        let paging = Paging::of(limit, cursor);
        let reply = context.client.send(permit, api::attachments::attachments_of_page(&page_id, &paging)).await?;
        let next_cursor = reply.next_cursor();
        let found: List<Attachment> = reply.json()?;
        let place = |attachment: &Attachment| match attachment.container() {
            Some(_) => attachment.place(),
            None => Place::Content(page_id.clone()),
        };
        let attachments: Vec<_> =
            found.results.iter().map(|attachment| (place(attachment), Described::of(attachment, context))).collect();
        Ok(Unsifted::many(attachments, move |attachments| Listed { attachments, next_cursor }))
    }
}
