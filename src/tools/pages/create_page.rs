//! Makes a page in a space, under a parent where one is given.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Title;
use super::body::{BodyFormat, storage_from};
use super::make::{self, Made};
use super::standing::destination;
use crate::approval::Plan;
use crate::confluence::Request;
use crate::confluence::api::pages::{self, DocumentKind, NewPage};
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::SpaceName;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Makes a page.
pub(super) struct CreatePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// Title, unique in the space.
    title: Title,
    /// The body.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
    /// Id of the page or folder it goes under; without it, the space's homepage.
    parent_id: Option<ContentId>,
}

impl WriteTool for CreatePage {
    const NAME: &'static str = "create_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create page";
    const DESCRIPTION: &'static str = "Creates a page with a title that the space does not have yet. \
        Search first whether one exists; to change an existing page, use update_page.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_DETAILS, scopes::READ_FOLDER, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE, scopes::READ_TREE];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        planned(input, pages::create_page, reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}

/// Plans a new page in the space and under the parent that are named; `request` builds the request for it.
pub(super) async fn planned(
    input: &Input,
    request: fn(&NewPage<'_>) -> Request<Create>,
    reads: &Reads<'_>,
) -> Result<Plan<Create>, ToolError> {
    let storage = storage_from(&input.body, input.body_format)?;
    let (space, under) = destination(&input.space, input.parent_id.as_ref(), reads).await?;
    let made = Made {
        kind: DocumentKind::Page,
        space: &space,
        under,
        title: input.title.as_str(),
        storage: &storage,
        site: &reads.context().site,
    };
    Ok(make::plan(&made, input.parent_id.as_ref(), request))
}
