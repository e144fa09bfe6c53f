//! Publishes a draft that was never published.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Title, preview};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::pages::{self, ChangedPage, DocumentKind};
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Publishes a draft.
pub(super) struct PublishDraft;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the draft.
    page_id: ContentId,
    /// Its title, where it has none yet or shall have another.
    title: Option<Title>,
}

/// The version of what is published for the first time.
const FIRST: VersionNumber = VersionNumber(1);

impl WriteTool for PublishDraft {
    const NAME: &'static str = "publish_draft";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Publish draft";
    const DESCRIPTION: &'static str = "Publishes a page that is still a draft, as it is; its readers are notified. \
        To write and publish at once, use create_page.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE, scopes::READ_TREE];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let draft = reads.one(pages::get_draft(&input.page_id), Page::place).await?;
        if draft.status != "draft" || draft.version_number() > FIRST {
            return Err(ToolError::input(
                "the page is no draft that was never published",
                "to change a published page, use update_page or edit_page",
            ));
        }
        let title = input.title.as_ref().map_or(draft.title.as_str(), Title::as_str);
        if title.trim().is_empty() {
            return Err(ToolError::input("the draft has no title", "give it one with `title`"));
        }
        let (message, storage) = (reads.note(), draft.storage());
        let changed = ChangedPage { id: &draft.id, title, storage, version: FIRST, message: &message };
        let target = format!("page {} {}", draft.id, quoted(title, 80));
        Ok(Plan {
            request: pages::publish_draft(&changed),
            // A draft is not found by its id alone; it lies where its answer says.
            places: vec![draft.place()],
            rests_on: None,
            before: None,
            effect: AccessClass::Update,
            loses: Vec::new(),
            summary: format!("publish the draft of {target}"),
            preview: preview::of_new(storage, &reads.context().site),
            undo: Undo::TrashTheNewOne(DocumentKind::Page),
            proof: Proof::DraftIsPublished(draft.id.clone()),
            target,
        })
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}
