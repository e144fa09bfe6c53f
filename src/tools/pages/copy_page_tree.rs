//! Copies a page with all that stands below it under another page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::preview;
use super::standing::{below, current};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::tree::{self, Renaming};
use crate::confluence::model::Begun;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Copies a tree of pages.
pub(super) struct CopyPageTree;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the uppermost page.
    page_id: ContentId,
    /// Id of the page it goes under.
    parent_id: ContentId,
    /// Put before every title; titles must be new in the space.
    #[schemars(length(min = 1, max = 100))]
    title_prefix: Option<String>,
    /// Replaced in every title…
    #[schemars(length(min = 1, max = 100))]
    title_find: Option<String>,
    /// …by this.
    #[schemars(length(max = 100))]
    title_replace: Option<String>,
}

impl Input {
    fn renaming(&self) -> Result<Renaming<'_>, ToolError> {
        let words = [&self.title_prefix, &self.title_find, &self.title_replace].into_iter().flatten();
        if words.clone().any(|word| word.chars().count() > 100 || word.chars().any(char::is_control)) {
            return Err(ToolError::input("a part of a title has at most 100 characters on one line", "shorten it"));
        }
        let replace = match (&self.title_find, &self.title_replace) {
            (Some(find), replace) if !find.is_empty() => Some((find.as_str(), replace.as_deref().unwrap_or_default())),
            (None, None) => None,
            _ => return Err(ToolError::input("`title_replace` needs `title_find`", "give both, or neither")),
        };
        Ok(Renaming { prefix: self.title_prefix.as_deref().filter(|prefix| !prefix.is_empty()), replace })
    }
}

impl WriteTool for CopyPageTree {
    const NAME: &'static str = "copy_page_tree";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Copy page tree";
    const DESCRIPTION: &'static str = "Copies a page with all that stands below it under another page, also of another \
        space. With more than 25 pages below it, it counts as a delete.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_TREE,
        scopes::READ_METADATA,
        scopes::READ_DETAILS,
        scopes::WRITE_PAGE,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let renaming = input.renaming()?;
        let page = reads.page_head(&input.page_id).await?;
        current(&page)?;
        let parent = reads.page_head(&input.parent_id).await?;
        current(&parent)?;
        // They lie in the page's space, which the agent may see.
        let (below, ids) = below(&page, reads).await?;
        if parent.id == page.id || ids.contains(&parent.id) {
            return Err(ToolError::input("a tree is not copied into itself", "name a parent that is not below it"));
        }
        let source = format!("page {} {}", page.id, quoted(&page.title, 80));
        let title = renaming.of(&page.title);
        Ok(Plan {
            request: tree::copy_page_tree(&page.id, &parent.id, &renaming),
            // What is copied must still be seen when the copy is made.
            places: vec![parent.itself(), page.itself()],
            target: format!("page {} under page {} {}", quoted(&title, 80), parent.id, quoted(&parent.title, 80)),
            rests_on: None,
            before: None,
            effect: if below.is_much() { AccessClass::Delete } else { AccessClass::Create },
            loses: Vec::new(),
            summary: format!("copy {source} and all below it under page {} {}", parent.id, quoted(&parent.title, 80)),
            preview: format!("+ {}\n{}, which are copied too", preview::title(&title), below.words()),
            undo: Undo::ByHand("delete_page takes the new pages away one by one".to_owned()),
            proof: Proof::CopyIsThere {
                space: parent.space_id,
                title,
                version: page.version_number(),
                source: page.id,
            },
        })
    }

    fn answer(_: &Input, reply: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(Written::begun(&reply.json::<Begun>()?.id))
    }
}
