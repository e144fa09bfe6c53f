//! Lists what was changed last: pages or blog posts with author and version, or the versions of one page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::day::Since;
use super::header::{minute, space_key};
use crate::confluence::api::{Paging, blogs, pages};
use crate::confluence::model::{List, Page, Version};
use crate::confluence::people::Names;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, Cursor, VersionNumber};
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
    /// Instead, each version of this page.
    page_id: Option<ContentId>,
    /// With `page_id`: only later ones.
    version: Option<VersionNumber>,
    /// At most; 25 if not given.
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
    /// Version.
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
    const DESCRIPTION: &'static str = "Lists the pages or blog posts changed last, or since a time or a page's version: version, \
        editor, note. What changed in one is told by compare_versions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Changes;

    fn subject(input: &Input) -> Place {
        let page = input.page_id.clone().map(Place::Content);
        page.or_else(|| input.space.as_ref().map(SpaceName::place)).unwrap_or(Place::Nowhere)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Changes>, ToolError> {
        match (&input.page_id, input.version) {
            (Some(page), _) => return of_page(page, &input, permit, context).await,
            (None, Some(_)) => {
                let help = "name the page with `page_id`, or a time with `since`";
                return Err(ToolError::input("a version is one of a page", help));
            }
            (None, None) => {}
        }
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
        found.results.retain(|page| is_new(page.version.as_ref(), input.since));
        let next_cursor = reply.next_cursor().filter(|_| found.results.len() == got);
        let lines = lines(&found.results, context).await;
        Ok(Unsifted::many(lines, |changes| Changes { changes, next_cursor }))
    }
}

/// What was saved of one page, latest first.
async fn of_page(
    id: &ContentId,
    input: &Input,
    permit: &Permit<Read>,
    context: &Context,
) -> Result<Unsifted<Changes>, ToolError> {
    if input.space.is_some() || matches!(input.kind, Kind::BlogPost) {
        return Err(ToolError::input("`page_id` names the one page", "leave `space` and `type` out"));
    }
    let page: Page = context.client.send(permit, pages::get_page_head(id)).await?.json()?;
    let paging = Paging::of(input.limit, input.cursor.clone());
    let reply = context.client.send(permit, pages::versions(id, &paging)).await?;
    let mut found: List<Version> = reply.json()?;
    let got = found.results.len();
    let is_later = |version: &Version| input.version.is_none_or(|known| version.number > known);
    found.results.retain(|version| is_later(version) && is_new(Some(version), input.since));
    let next_cursor = reply.next_cursor().filter(|_| found.results.len() == got);
    let names = context.people.names(found.results.iter().filter_map(|version| version.author_id.clone())).await;
    let space = space_key(&page.space_id, context).await;
    let changes = found.results.iter().map(|version| Line::of(&page, space.clone(), Some(version), &names));
    Ok(Unsifted::one(Place::Content(page.id.clone()), Changes { changes: changes.collect(), next_cursor }))
}

/// Whether a version was saved at that time or later; one without a time may have been.
fn is_new(version: Option<&Version>, since: Option<Since>) -> bool {
    let saved = version.and_then(|version| version.created_at);
    since.is_none_or(|since| saved.is_none_or(|saved| saved >= since.0))
}

async fn lines(pages: &[Page], context: &Context) -> Vec<(Place, Line)> {
    context.places.learn(pages.iter().map(|page| &page.space_id)).await;
    let author = |page: &Page| page.version.as_ref().and_then(|version| version.author_id.clone());
    let names = context.people.names(pages.iter().filter_map(author)).await;
    let mut lines = Vec::with_capacity(pages.len());
    for page in pages {
        let space = space_key(&page.space_id, context).await;
        lines.push((page.place(), Line::of(page, space, page.version.as_ref(), &names)));
    }
    lines
}

impl Line {
    fn of(page: &Page, space: String, version: Option<&Version>, names: &Names) -> Self {
        let message = version.and_then(|version| version.message.as_deref()).map(|note| clean_text(note).text);
        let author = version.and_then(|version| version.author_id.as_ref());
        Self {
            id: page.id.to_string(),
            title: clean_text(&page.title).text,
            space,
            version: version.map_or_else(|| page.version_number(), |version| version.number).0,
            modified: version.and_then(|version| version.created_at).map(minute),
            author: author.and_then(|author| names.get(author)).map(|name| clean_text(name).text),
            message: message.filter(|note| !note.trim().is_empty()),
        }
    }
}
