//! Lists the versions of a page, latest first.

use schemars::JsonSchema;
use serde::Serialize;

use super::header::minute;
use super::listing::OfPage;
use crate::confluence::api::pages;
use crate::confluence::model::{List, Version};
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::place::Place;
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists a page's versions.
pub(super) struct ListVersions;

/// The versions of a page.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct Versions {
    /// The versions, latest first.
    versions: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Number of the version.
    version: u32,
    /// When it was saved, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// Who saved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// The editor's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Text for Versions {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let mut parts = vec![format!("- v{}", line.version)];
            parts.extend(line.modified.clone());
            parts.extend(line.author.as_ref().map(|author| quoted(author, 80)));
            parts.extend(line.message.as_ref().map(|message| quoted(message, 120)));
            parts.join(" · ")
        };
        listing::text(self.versions.iter().map(line), "No versions here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListVersions {
    const NAME: &'static str = "list_versions";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List versions";
    const DESCRIPTION: &'static str = "Lists the versions of a page, latest first: number, time, author, note. \
        To read one, use get_version; for what changed, compare_versions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = OfPage;
    type Output = Versions;

    fn subject(input: &OfPage) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: OfPage, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Versions>, ToolError> {
        let reply = context.client.send(permit, pages::versions(&input.page_id, &input.paging())).await?;
        Ok(Unsifted::one(Place::Content(input.page_id), Versions::of(&reply, context).await?))
    }
}

impl Versions {
    /// The versions of an answer.
    pub(in crate::tools) async fn of(reply: &Reply, context: &Context) -> Result<Self, ToolError> {
        let found: List<Version> = reply.json()?;
        let names = context.people.names(found.results.iter().filter_map(|version| version.author_id.clone())).await;
        let versions = found.results.into_iter().map(|version| Line {
            version: version.number.0,
            modified: version.created_at.map(minute),
            author: version.author_id.as_ref().and_then(|author| names.get(author)).map(|name| clean_text(name).text),
            message: version.message.map(|message| clean_text(&message).text).filter(|message| !message.is_empty()),
        });
        Ok(Self { versions: versions.collect(), next_cursor: reply.next_cursor() })
    }
}
