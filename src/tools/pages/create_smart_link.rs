//! Makes a smart link in the tree: an entry that leads to another address.

use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::Title;
use super::nodes::{self, Wanted};
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::{NodeKind, SpaceName};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Longest address, in bytes.
const LONGEST: usize = 2_000;

/// Makes a smart link.
pub(super) struct CreateSmartLink;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// Title.
    title: Title,
    /// Where it leads: an http or https address.
    url: String,
    /// Id of the page or folder it goes under; without it, the space's homepage.
    parent_id: Option<ContentId>,
}

impl WriteTool for CreateSmartLink {
    const NAME: &'static str = "create_smart_link";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create smart link";
    const DESCRIPTION: &'static str =
        "Creates a smart link: an entry of the tree that leads to another address. To link from a text, use edit_page.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_FOLDER,
        scopes::READ_EMBED,
        scopes::READ_TREE,
        scopes::READ_DETAILS,
        scopes::WRITE_EMBED,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_EMBED];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let url = Url::parse(&input.url).ok().filter(|url| is_plain(url) && input.url.len() <= LONGEST);
        let Some(url) = url else {
            return Err(ToolError::input(
                "`url` is no http or https address without credentials",
                "give a whole address, such as https://example.com/board",
            ));
        };
        let wanted = Wanted {
            kind: NodeKind::SmartLink,
            space: &input.space,
            title: &input.title,
            parent: input.parent_id.as_ref(),
            url: Some(url.as_str()),
        };
        nodes::made(&wanted, reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        nodes::answered(reply, context)
    }
}

fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
}
