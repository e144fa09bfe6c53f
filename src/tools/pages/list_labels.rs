//! Lists the labels of a page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confluence::api::{Paging, attachments, labels};
use crate::confluence::model::{Attachment, Label, List};
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{AttachmentId, ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::domain::text::clean_text;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::{Text, labels_in_words};
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists a page's labels.
pub(super) struct ListLabels;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: Option<ContentId>,
    /// Or of the attachment.
    attachment_id: Option<AttachmentId>,
    /// How many at most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// Labels.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct Labels {
    /// Names of the labels; those that are not global carry their prefix.
    labels: Vec<String>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

impl Text for Labels {
    fn text(&self) -> String {
        let labels = (!self.labels.is_empty()).then(|| labels_in_words(&self.labels));
        listing::text(labels, "No labels here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListLabels {
    const NAME: &'static str = "list_labels";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List labels";
    const DESCRIPTION: &'static str =
        "Lists the labels of a page or attachment. To find pages by label, use search_pages_by_label.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_ATTACHMENT, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Labels;

    fn subject(input: &Input) -> Place {
        input.page_id.clone().map_or(Place::Nowhere, Place::Content)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Labels>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        let (place, request) = match (input.page_id, input.attachment_id) {
            (Some(page), None) => {
                let request = labels::labels_of_page(&page, &paging);
                (Place::Content(page), request)
            }
            (None, Some(id)) => {
                context.opens(Group::Attachments)?;
                let request = attachments::get_attachment(&id);
                let attachment: Attachment = context.client.send(permit, request).await?.json()?;
                context.sees(&attachment.place()).await?;
                (attachment.place(), labels::labels_of_attachment(&id, &paging))
            }
            _ => {
                return Err(ToolError::input("give either page_id or attachment_id", "leave the other one out"));
            }
        };
        let reply = context.client.send(permit, request).await?;
        Ok(Unsifted::one(place, Labels::of(&reply)?))
    }
}

impl Labels {
    /// The labels of an answer.
    pub(in crate::tools) fn of(reply: &Reply) -> Result<Self, ToolError> {
        let found: List<Label> = reply.json()?;
        Ok(Self { labels: found.results.iter().map(shown).collect(), next_cursor: reply.next_cursor() })
    }
}

/// The name, with its prefix where it is not a global label.
pub(super) fn shown(label: &Label) -> String {
    let name = clean_text(&label.name).text;
    match label.prefix.as_deref() {
        None | Some("global") => name,
        Some(prefix) => format!("{}:{name}", clean_text(prefix).text),
    }
}
