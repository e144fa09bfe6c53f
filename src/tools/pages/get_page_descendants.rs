//! Lists everything that stands below a page, level by level.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lineage;
use super::tree::Depth;
use crate::confluence::api::{Paging, pages};
use crate::confluence::model::{Descendant, List};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::{Parent, Place};
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists a page's descendants.
pub(super) struct GetPageDescendants;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// How many levels; 3 if not given.
    #[serde(default)]
    depth: Depth,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// What stands below a page.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Descendants {
    /// Pages, folders and others.
    descendants: Vec<Line>,
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
    /// What it lies under.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    /// How many levels below the page.
    depth: u32,
}

impl Text for Descendants {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let parent = line.parent_id.as_ref().map(|parent| format!(" · under {parent}")).unwrap_or_default();
            format!("- {} {} · {}{parent} · level {}", line.id, quoted(&line.title, 120), line.r#type, line.depth)
        };
        listing::text(self.descendants.iter().map(line), "Nothing stands below.", self.next_cursor.as_ref())
    }
}

impl ReadTool for GetPageDescendants {
    const NAME: &'static str = "get_page_descendants";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page descendants";
    const DESCRIPTION: &'static str = "Lists everything below a page down to a depth, with ids, types and parents, in \
        parts. To see its shape at a glance use get_page_tree.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_TREE, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Descendants;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Descendants>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        let request = pages::descendants_to(&input.page_id, input.depth.get(), &paging);
        let reply = context.client.send(permit, request).await?;
        let found: List<Descendant> = reply.json()?;
        let places = lineage::of_descendants(&Parent::Page(input.page_id), &found.results, context).await?;
        let lines = found.results.into_iter().map(|item| Line {
            id: item.id.to_string(),
            title: clean_text(&item.title).text,
            r#type: item.kind.map_or_else(|| "page".into(), |kind| clean_text(&kind).text),
            parent_id: item.parent_id.map(|parent| parent.to_string()),
            depth: item.depth,
        });
        let items: Vec<(Place, Line)> = places.into_iter().zip(lines).collect();
        let next_cursor = reply.next_cursor();
        Ok(Unsifted::many(items, |descendants| Descendants { descendants, next_cursor }))
    }
}
