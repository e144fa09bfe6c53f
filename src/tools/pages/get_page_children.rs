//! Lists what lies directly under a page.

use schemars::JsonSchema;
use serde::Serialize;

use super::listing::OfPage;
use crate::confluence::api::pages;
use crate::confluence::model::{Child, List};
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::place::{Parent, Place};
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists a page's children.
pub(super) struct GetPageChildren;

/// What lies directly under a page.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Children {
    /// Pages, folders and others.
    children: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Id.
    id: String,
    /// Title.
    title: String,
    /// `page`, `folder`, `whiteboard`, `database` or `embed`.
    r#type: String,
}

impl Text for Children {
    fn text(&self) -> String {
        let line = |line: &Line| format!("- {} {} · {}", line.id, quoted(&line.title, 120), line.r#type);
        listing::text(self.children.iter().map(line), "No children here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for GetPageChildren {
    const NAME: &'static str = "get_page_children";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page children";
    const DESCRIPTION: &'static str = "Lists what lies directly under a page in the tree: id, title and type of each \
        child. For the way up, use get_page_ancestors.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_TREE, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = OfPage;
    type Output = Children;

    fn subject(input: &OfPage) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: OfPage, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Children>, ToolError> {
        let reply = context.client.send(permit, pages::children(&input.page_id, &input.paging())).await?;
        answer(&reply, &Parent::Page(input.page_id))
    }
}

/// The children of an answer about a parent that is visible.
pub(super) fn answer(reply: &Reply, parent: &Parent) -> Result<Unsifted<Children>, ToolError> {
    let found: List<Child> = reply.json()?;
    let items = found.results.into_iter().map(|child| {
        let place = child.place(parent);
        let kind = child.kind.unwrap_or_else(|| "page".into());
        let line = Line { id: child.id.to_string(), title: clean_text(&child.title).text, r#type: kind };
        (place, line)
    });
    let next_cursor = reply.next_cursor();
    Ok(Unsifted::many(items.collect::<Vec<_>>(), |children| Children { children, next_cursor }))
}
