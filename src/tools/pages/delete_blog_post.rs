//! Moves a blog post to the trash.

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::{Change, rests_on_of};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::blogs;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Delete};
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

const KIND: DocumentKind = DocumentKind::BlogPost;

/// Trashes a blog post.
pub(super) struct DeleteBlogPost;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the blog post.
    blog_post_id: ContentId,
    /// The version you read; where given, a post that changed since is not deleted.
    version: Option<VersionNumber>,
}

impl WriteTool for DeleteBlogPost {
    const NAME: &'static str = "delete_blog_post";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete blog post";
    const DESCRIPTION: &'static str = "Moves a blog post to the trash, from where a person can restore it.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::DELETE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let post = reads.document(KIND, &input.blog_post_id).await?;
        rests_on_of(KIND, &post, input.version.unwrap_or_else(|| post.version_number()))?;
        Ok(planned(&post, reads))
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = "in the trash; a person can restore it".to_owned();
        Ok(Written { id: Some(input.blog_post_id.to_string()), note: Some(note), ..Written::done() })
    }
}

/// Plans to trash a current blog post.
pub(in crate::tools) fn planned(post: &Page, reads: &Reads<'_>) -> Plan<Delete> {
    let target = format!("blog post {} {}", post.id, quoted(&post.title, 80));
    Plan {
        request: blogs::trash_blog_post(&post.id),
        places: vec![post.itself()],
        rests_on: Some(post.version_number()),
        before: Some(post.storage().to_owned()),
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("move {target} to the trash"),
        preview: Change::of_document(KIND, post, &post.title, "").preview(&reads.context().site),
        undo: Undo::ByHand(format!("a person can restore {target} from the trash of its space")),
        proof: Proof::IsTrashed { kind: KIND, id: post.id.clone(), version: post.version_number() },
        target,
    }
}
