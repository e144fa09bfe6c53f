//! Copies one page under another parent, never onto a page that is there.

use schemars::JsonSchema;
use serde::Deserialize;

use super::standing::{current, destination};
use super::{Title, preview};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::api::tree;
use crate::confluence::model::CopiedPage;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::SpaceName;
use crate::domain::text::{clean_text, quoted};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Copies a page.
pub(super) struct CopyPage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// Title of the copy, unique in its space.
    title: Title,
    /// Key or id of the space it goes to.
    space: SpaceName,
    /// Id of the page or folder there it goes under; without it, the space's homepage.
    parent_id: Option<ContentId>,
}

impl WriteTool for CopyPage {
    const NAME: &'static str = "copy_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Copy page";
    const DESCRIPTION: &'static str = "Copies one page with its files, labels and restrictions to a new page. \
        For a page with all that stands below it, use copy_page_tree.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_DETAILS, scopes::READ_FOLDER, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE, scopes::READ_TREE];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let page = reads.page(&input.page_id).await?;
        current(&page)?;
        let (space, parent) = destination(&input.space, input.parent_id.as_ref(), reads).await?;
        let parent = parent.ok_or_else(|| {
            ToolError::input("the space has no homepage to copy the page under", "name a `parent_id`")
        })?;
        let title = input.title.as_str();
        let target = format!("page {} in space {}", quoted(title, 80), space.key);
        Ok(Plan {
            request: tree::copy_page(&page.id, title, &parent),
            // What is copied must still be seen when the copy is made.
            places: vec![parent.itself(), page.itself()],
            rests_on: None,
            before: None,
            effect: AccessClass::Create,
            loses: Vec::new(),
            summary: format!("copy page {} {} to {target}", page.id, quoted(&page.title, 80)),
            preview: preview::of_new(page.storage(), &reads.context().site),
            undo: Undo::TrashTheNewOne(DocumentKind::Page),
            proof: Proof::CopyIsThere {
                space: space.id,
                title: title.to_owned(),
                version: page.version_number(),
                source: page.id,
            },
            target,
        })
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        let copy: CopiedPage = reply.json()?;
        Ok(Written {
            id: Some(copy.id.to_string()),
            title: Some(clean_text(&copy.title).text),
            version: copy.version.map(|version| version.number.0),
            url: Some(context.url(copy.links.webui.as_deref())),
            ..Written::done()
        })
    }
}
