//! Lists what was changed last: pages or blog posts with author and version.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::day::Since;
use super::header::{minute, space_key};
use crate::confluence::api::{Paging, blogs, pages};
use crate::confluence::model::{List, Page};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists changes.
pub(super) struct ListRecentChanges;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Only in this space, by key or id.
    space: Option<SpaceName>,
    /// Pages, unless said otherwise.
    #[serde(default, rename = "type")]
    kind: Kind,
    /// Only from then on: a day, or a time such as `2026-01-31T09:30:00Z`.
    since: Option<Since>,
    /// How many at most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// What kind of thing changed.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Kind {
    #[default]
    Page,
    BlogPost,
}

/// What was changed, latest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Changes {
    /// The changed pages or posts.
    changes: Vec<Line>,
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
    /// Key of its space.
    space: String,
    /// Present version.
    version: u32,
    /// When that was saved, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// Who saved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// The editor's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Text for Changes {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let mut facts =
                vec![format!("- {} {} · {} · v{}", line.id, quoted(&line.title, 120), line.space, line.version)];
            facts.extend(line.modified.clone());
            facts.extend(line.author.as_ref().map(|author| quoted(author, 80)));
            facts.extend(line.message.as_ref().map(|message| quoted(message, 120)));
            facts.join(" · ")
        };
        listing::text(self.changes.iter().map(line), "No changes here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListRecentChanges {
    const NAME: &'static str = "list_recent_changes";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List recent changes";
    const DESCRIPTION: &'static str = "Lists the pages or blog posts changed last, or since a time: version, editor, note. \
        What changed in one is told by compare_versions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Changes;

    fn subject(input: &Input) -> Place {
        input.space.as_ref().map_or(Place::Nowhere, SpaceName::place)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Changes>, ToolError> {
        let spaces = match &input.space {
            Some(name) => vec![context.places.space(name).await?.ok_or_else(ToolError::not_found)?.id],
            None => match context.allowed().await? {
                Some(spaces) if spaces.is_empty() => {
                    return Ok(Unsifted::one(Place::Nowhere, Changes { changes: Vec::new(), next_cursor: None }));
                }
                spaces => spaces.unwrap_or_default(),
            },
        };
        let paging = Paging::of(input.limit, input.cursor);
        let request = match input.kind {
            Kind::Page => pages::list_pages(&spaces, &paging),
            Kind::BlogPost => blogs::changed_blog_posts(&spaces, &paging),
        };
        let reply = context.client.send(permit, request).await?;
        let mut found: List<Page> = reply.json()?;
        let got = found.results.len();
        // The list is by time: what follows the first that is too old is too old as well.
        let is_new = |page: &Page| {
            let changed = page.version.as_ref().and_then(|version| version.created_at);
            input.since.is_none_or(|since| changed.is_none_or(|changed| changed >= since.0))
        };
        found.results.retain(is_new);
        let next_cursor = reply.next_cursor().filter(|_| found.results.len() == got);
        let lines = lines(&found.results, context).await;
        Ok(Unsifted::many(lines, |changes| Changes { changes, next_cursor }))
    }
}

async fn lines(pages: &[Page], context: &Context) -> Vec<(Place, Line)> {
    context.places.learn(pages.iter().map(|page| &page.space_id)).await;
    let author = |page: &Page| page.version.as_ref().and_then(|version| version.author_id.clone());
    let names = context.people.names(pages.iter().filter_map(author)).await;
    let mut lines = Vec::with_capacity(pages.len());
    for page in pages {
        let version = page.version.as_ref();
        let message = version.and_then(|version| version.message.as_deref()).map(|note| clean_text(note).text);
        let line = Line {
            id: page.id.to_string(),
            title: clean_text(&page.title).text,
            space: space_key(&page.space_id, context).await,
            version: page.version_number().0,
            modified: version.and_then(|version| version.created_at).map(minute),
            author: author(page).and_then(|author| names.get(&author).map(|name| clean_text(name).text)),
            message: message.filter(|note| !note.trim().is_empty()),
        };
        lines.push((page.place(), line));
    }
    lines
}
