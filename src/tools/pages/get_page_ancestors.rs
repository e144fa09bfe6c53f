//! Says where a page stands in the tree: its ancestors, top first.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::lineage;
use crate::confluence::api::{pages, tree};
use crate::confluence::model::{Ancestor, List, Page};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::{Parent, Place};
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists a page's ancestors.
pub(super) struct GetPageAncestors;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
}

/// The ancestors of a page, top first.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Ancestors {
    /// The ancestors, top first.
    ancestors: Vec<Line>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Id.
    id: String,
    /// Title; folders and others that are not pages are listed without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// `page`, `folder`, `whiteboard`, `database` or `embed`.
    r#type: String,
}

impl Text for Ancestors {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let title = line.title.as_ref().map(|title| format!(" {}", quoted(title, 120))).unwrap_or_default();
            format!("- {}{title} · {}", line.id, line.r#type)
        };
        listing::text(self.ancestors.iter().map(line), "no ancestors: the page is at the top of its space", None)
    }
}

impl ReadTool for GetPageAncestors {
    const NAME: &'static str = "get_page_ancestors";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page ancestors";
    const DESCRIPTION: &'static str =
        "Says where a page stands: its ancestors, top first. For the way down, use get_page_children.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_METADATA, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Ancestors;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Ancestors>, ToolError> {
        let page = Parent::Page(input.page_id);
        let reply = context.client.send(permit, tree::ancestors(&page)).await?;
        let found: List<Ancestor> = reply.json()?;
        let is_page = |ancestor: &&Ancestor| ancestor.kind.as_deref().unwrap_or("page") == "page";
        let ids: Vec<ContentId> = found.results.iter().filter(is_page).map(|ancestor| ancestor.id.clone()).collect();
        let titles = if ids.is_empty() { HashMap::new() } else { titles(&ids, permit, context).await? };
        let places = lineage::of_ancestors(&page, &found.results, context).await?;
        let lines = found.results.into_iter().map(|ancestor| Line {
            title: titles.get(&ancestor.id).cloned(),
            id: ancestor.id.to_string(),
            r#type: ancestor.kind.unwrap_or_else(|| "page".into()),
        });
        let items: Vec<(Place, Line)> = places.into_iter().zip(lines).collect();
        Ok(Unsifted::many(items, |ancestors| Ancestors { ancestors }))
    }
}

/// Titles by page id; the ancestors' own answer has none.
async fn titles(
    ids: &[ContentId],
    permit: &Permit<Read>,
    context: &Context,
) -> Result<HashMap<ContentId, String>, ToolError> {
    let found: List<Page> = context.client.send(permit, pages::pages_by_id(ids)).await?.json()?;
    Ok(found.results.into_iter().map(|page| (page.id, clean_text(&page.title).text)).collect())
}
