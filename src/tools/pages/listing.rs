//! What lists share: arguments of those of one page, and a line for each page or blog post.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confluence::api::Paging;
use crate::confluence::model::Page;
use crate::domain::ids::{ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::domain::text::{clean_text, quoted};
use crate::policy::Unsifted;
use crate::tools::answer::Text;
use crate::tools::{Context, listing};

use super::header::{minute, space_key};

/// Arguments of a tool that lists something of one page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfPage {
    /// Id of the page.
    pub(super) page_id: ContentId,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl OfPage {
    /// The part of the list that is asked for.
    pub(super) fn paging(&self) -> Paging {
        Paging::of(self.limit, self.cursor.clone())
    }
}

/// One page or blog post in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct PageLine {
    /// Id.
    id: String,
    /// Title.
    title: String,
    /// Key of its space.
    space: String,
    /// Present version.
    version: u32,
    /// When it was last changed, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// Its parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    /// Where people open it.
    url: String,
}

impl PageLine {
    /// The line of each page, with its place.
    pub async fn each(pages: &[Page], context: &Context) -> Vec<(Place, Self)> {
        context.places.learn(pages.iter().map(|page| &page.space_id)).await;
        let mut lines = Vec::with_capacity(pages.len());
        for page in pages {
            lines.push((page.place(), Self::of(page, context).await));
        }
        lines
    }

    /// The line of a page; the key of its space comes from memory where it is there.
    async fn of(page: &Page, context: &Context) -> Self {
        Self {
            id: page.id.to_string(),
            title: clean_text(&page.title).text,
            space: space_key(&page.space_id, context).await,
            version: page.version_number().0,
            modified: page.version.as_ref().and_then(|version| version.created_at).map(minute),
            parent_id: page.parent_id.as_ref().map(ToString::to_string),
            url: context.url(page.links.webui.as_deref()),
        }
    }

    fn text(&self) -> String {
        let modified = self.modified.as_ref().map(|time| format!(" · {time}")).unwrap_or_default();
        format!("- {} {} · {} · v{}{modified}", self.id, quoted(&self.title, 120), self.space, self.version)
    }
}

/// Pages, and where the list goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PageList {
    /// The pages.
    pub pages: Vec<PageLine>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

impl PageList {
    /// No pages at all.
    pub(super) fn none() -> Unsifted<Self> {
        Unsifted::one(Place::Nowhere, Self { pages: Vec::new(), next_cursor: None })
    }
}

impl Text for PageList {
    fn text(&self) -> String {
        listing::text(self.pages.iter().map(PageLine::text), "No pages here.", self.next_cursor.as_ref())
    }
}

/// Blog posts, and where the list goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BlogPostList {
    /// The blog posts.
    pub blog_posts: Vec<PageLine>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
}

impl BlogPostList {
    /// No blog posts at all.
    pub(super) fn none() -> Unsifted<Self> {
        Unsifted::one(Place::Nowhere, Self { blog_posts: Vec::new(), next_cursor: None })
    }
}

impl Text for BlogPostList {
    fn text(&self) -> String {
        listing::text(self.blog_posts.iter().map(PageLine::text), "No blog posts here.", self.next_cursor.as_ref())
    }
}
