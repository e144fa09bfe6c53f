//! Reads the comments on pieces of a page's text, with what they are about and whether they are settled.

use schemars::JsonSchema;
use serde::Deserialize;

use super::list_comments;
use crate::confluence::api::{Paging, comments};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads inline comments.
pub(super) struct ListInlineComments;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// Only these; `dangling` ones have lost their text.
    resolution: Option<Resolution>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// How far an inline comment is settled.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Resolution {
    Open,
    Reopened,
    Resolved,
    Dangling,
}

impl Resolution {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::Resolved => "resolved",
            Self::Dangling => "dangling",
        }
    }
}

impl ReadTool for ListInlineComments {
    const NAME: &'static str = "list_inline_comments";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List inline comments";
    const DESCRIPTION: &'static str = "Reads the comments on pieces of a page's text, with the quoted piece and whether it \
        is open or resolved. For comments below the page, and for replies, use list_comments.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_COMMENT, scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        let request = comments::inline_comments(&input.page_id, input.resolution.map(Resolution::word), &paging);
        let reply = context.client.send(permit, request).await?;
        let text = list_comments::answer(&format!("page {}", input.page_id), &reply, context).await?;
        Ok(Unsifted::one(Place::Content(input.page_id), text))
    }
}
