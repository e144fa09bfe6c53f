//! Tools of the group Pages: pages and blog posts, their comments, labels and versions, and the tree they stand in.

mod add_comment;
mod add_inline_comment;
pub(super) mod add_labels;
mod archive_page;
pub mod body;
pub(super) mod change;
mod compare_versions;
mod complete_task;
mod convert_body;
mod copied;
mod copy_page;
mod copy_page_tree;
mod create_blog_post;
mod create_database;
mod create_folder;
mod create_live_doc;
mod create_page;
mod create_page_from_template;
mod create_smart_link;
mod create_whiteboard;
pub(super) mod day;
pub(super) mod delete_blog_post;
mod delete_comment;
mod delete_database;
mod delete_folder;
pub(super) mod delete_page;
mod delete_property;
mod delete_smart_link;
mod delete_whiteboard;
mod edit_page;
mod either;
mod get_blog_post;
mod get_database;
mod get_folder;
mod get_likes;
mod get_page;
mod get_page_ancestors;
mod get_page_by_title;
mod get_page_children;
mod get_page_descendants;
mod get_page_tree;
mod get_page_views;
mod get_property;
mod get_restrictions;
mod get_smart_link;
mod get_space_homepage;
mod get_template;
mod get_version;
mod get_whiteboard;
pub mod header;
pub(super) mod keep;
pub(super) mod labelled;
mod lineage;
mod list_blog_posts;
pub(super) mod list_comments;
mod list_folder_children;
mod list_inline_comments;
pub(super) mod list_labels;
mod list_pages;
mod list_properties;
mod list_recent_changes;
mod list_tasks;
mod list_templates;
mod list_trashed_pages;
pub(super) mod list_versions;
mod list_watchers;
pub mod listing;
mod make;
pub(super) mod move_page;
mod names;
mod node;
pub(super) mod nodes;
pub(super) mod preview;
pub mod property;
mod publish_draft;
pub(super) mod remove_label;
pub(super) mod rename_page;
mod reopen_comment;
mod reopen_task;
mod reply_to_comment;
mod reply_to_inline_comment;
mod resolve_comment;
pub(super) mod restore_page;
mod restore_version;
mod set_property;
mod standing;
pub(super) mod thread;
mod tree;
mod unwatch_page;
mod update_blog_post;
mod update_comment;
mod update_page;
mod watch_page;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::confluence::model::Page;
use crate::domain::limits;
use crate::domain::text::clean_text;

use super::answer::{Document, Written};
use super::{Context, Entry, ToolError};
use crate::policy::Unsifted;

use body::{BodyFormat, Position, Readable, part, readable};

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::read::<get_page::GetPage>(),
    Entry::read::<get_page_by_title::GetPageByTitle>(),
    Entry::read::<list_pages::ListPages>(),
    Entry::read::<get_page_children::GetPageChildren>(),
    Entry::read::<get_page_ancestors::GetPageAncestors>(),
    Entry::read::<get_page_descendants::GetPageDescendants>(),
    Entry::read::<get_page_tree::GetPageTree>(),
    Entry::read::<get_space_homepage::GetSpaceHomepage>(),
    Entry::read::<list_trashed_pages::ListTrashedPages>(),
    Entry::read::<list_recent_changes::ListRecentChanges>(),
    Entry::read::<get_folder::GetFolder>(),
    Entry::read::<list_folder_children::ListFolderChildren>(),
    Entry::read::<get_whiteboard::GetWhiteboard>(),
    Entry::read::<get_database::GetDatabase>(),
    Entry::read::<get_smart_link::GetSmartLink>(),
    Entry::write::<create_page::CreatePage>(),
    Entry::write::<create_live_doc::CreateLiveDoc>(),
    Entry::write::<create_page_from_template::CreatePageFromTemplate>(),
    Entry::write::<publish_draft::PublishDraft>(),
    Entry::write::<edit_page::EditPage>(),
    Entry::write::<update_page::UpdatePage>(),
    Entry::write::<rename_page::RenamePage>(),
    Entry::write::<restore_version::RestoreVersion>(),
    Entry::write::<move_page::MovePage>(),
    Entry::write::<copy_page::CopyPage>(),
    Entry::write::<copy_page_tree::CopyPageTree>(),
    Entry::write::<archive_page::ArchivePage>(),
    Entry::write::<delete_page::DeletePage>(),
    Entry::write::<restore_page::RestorePage>(),
    Entry::write::<create_folder::CreateFolder>(),
    Entry::write::<delete_folder::DeleteFolder>(),
    Entry::write::<create_whiteboard::CreateWhiteboard>(),
    Entry::write::<delete_whiteboard::DeleteWhiteboard>(),
    Entry::write::<create_database::CreateDatabase>(),
    Entry::write::<delete_database::DeleteDatabase>(),
    Entry::write::<create_smart_link::CreateSmartLink>(),
    Entry::write::<delete_smart_link::DeleteSmartLink>(),
    Entry::read::<get_blog_post::GetBlogPost>(),
    Entry::read::<list_blog_posts::ListBlogPosts>(),
    Entry::write::<create_blog_post::CreateBlogPost>(),
    Entry::write::<update_blog_post::UpdateBlogPost>(),
    Entry::write::<delete_blog_post::DeleteBlogPost>(),
    Entry::read::<list_comments::ListComments>(),
    Entry::read::<list_inline_comments::ListInlineComments>(),
    Entry::write::<add_comment::AddComment>(),
    Entry::write::<add_inline_comment::AddInlineComment>(),
    Entry::write::<reply_to_comment::ReplyToComment>(),
    Entry::write::<reply_to_inline_comment::ReplyToInlineComment>(),
    Entry::write::<update_comment::UpdateComment>(),
    Entry::write::<resolve_comment::ResolveComment>(),
    Entry::write::<reopen_comment::ReopenComment>(),
    Entry::write::<delete_comment::DeleteComment>(),
    Entry::read::<list_labels::ListLabels>(),
    Entry::write::<add_labels::AddLabels>(),
    Entry::write::<remove_label::RemoveLabel>(),
    Entry::read::<list_versions::ListVersions>(),
    Entry::read::<get_version::GetVersion>(),
    Entry::read::<compare_versions::CompareVersions>(),
    Entry::read::<list_tasks::ListTasks>(),
    Entry::write::<complete_task::CompleteTask>(),
    Entry::write::<reopen_task::ReopenTask>(),
    Entry::read::<list_templates::ListTemplates>(),
    Entry::read::<get_template::GetTemplate>(),
    Entry::read::<list_properties::ListProperties>(),
    Entry::read::<get_property::GetProperty>(),
    Entry::write::<set_property::SetProperty>(),
    Entry::write::<delete_property::DeleteProperty>(),
    Entry::read::<get_restrictions::GetRestrictions>(),
    Entry::read::<list_watchers::ListWatchers>(),
    Entry::write::<watch_page::WatchPage>(),
    Entry::write::<unwatch_page::UnwatchPage>(),
    Entry::read::<get_likes::GetLikes>(),
    Entry::read::<get_page_views::GetPageViews>(),
    Entry::read::<convert_body::ConvertBody>(),
];

/// A title: 1 to 255 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title(String);

impl Title {
    /// The title as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fits = (1..=limits::TITLE).contains(&text.trim().chars().count());
        if fits && !text.chars().any(|sign| sign.is_control() || crate::domain::text::is_invisible(sign)) {
            Ok(Self(text.trim().to_owned()))
        } else {
            Err(de::Error::custom("a title has 1 to 255 characters on one line, all of them visible"))
        }
    }
}

impl JsonSchema for Title {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Title".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 255 })
    }
}

/// A page or blog post as the tools that read one answer it: header, then body.
async fn document(
    kind: &str,
    page: &Page,
    format: BodyFormat,
    start: Option<Position>,
    context: &Context,
) -> Result<Unsifted<Document>, ToolError> {
    // Judged before it is rendered and names are looked up: what is hidden costs no more time than what is missing.
    context.sees(&page.place()).await?;
    let body = readable(page.storage(), format, context).await;
    Ok(headed(kind, page, &body, start, context).await)
}

/// The header of a page or blog post and the part of its body that was asked for.
async fn headed(
    kind: &str,
    page: &Page,
    body: &Readable,
    start: Option<Position>,
    context: &Context,
) -> Unsifted<Document> {
    let header = header::of_page(kind, page, &body.notes, context).await;
    Unsifted::one(page.place(), Document::new(format!("{header}\n{}", part(&body.text, start))))
}

/// What a write answers about the page it made or changed.
fn written(page: &Page, context: &Context) -> Written {
    Written {
        id: Some(page.id.to_string()),
        title: Some(clean_text(&page.title).text),
        version: Some(page.version_number().0),
        url: Some(context.url(page.links.webui.as_deref())),
        ..Written::done()
    }
}
