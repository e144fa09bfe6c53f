//! Lists the labels of a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::listing::OfPage;
use crate::confluence::api::labels;
use crate::confluence::model::{Label, List};
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::place::Place;
use crate::domain::text::clean_text;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::{Text, labels_in_words};
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists a page's labels.
pub(super) struct ListLabels;

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
    const DESCRIPTION: &'static str = "Lists the labels of a page. To find pages by label, use search_pages_by_label.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = OfPage;
    type Output = Labels;

    fn subject(input: &OfPage) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: OfPage, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Labels>, ToolError> {
        let reply = context.client.send(permit, labels::labels_of_page(&input.page_id, &input.paging())).await?;
        Ok(Unsifted::one(Place::Content(input.page_id), Labels::of(&reply)?))
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
