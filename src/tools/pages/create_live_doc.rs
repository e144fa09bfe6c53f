//! Makes a live doc: a page that people edit together, without publishing.

use super::create_page::{self, Input};
use crate::approval::Plan;
use crate::confluence::api::pages;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Makes a live doc.
pub(super) struct CreateLiveDoc;

impl WriteTool for CreateLiveDoc {
    const NAME: &'static str = "create_live_doc";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create live doc";
    const DESCRIPTION: &'static str =
        "Creates a live doc: a page that people edit together without publishing. For documentation, use create_page.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_DETAILS, scopes::READ_FOLDER, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE, scopes::READ_TREE];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        create_page::planned(input, pages::create_live_doc, reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}
