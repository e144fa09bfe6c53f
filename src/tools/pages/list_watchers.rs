//! Lists who watches a page or blog post.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confluence::api::around;
use crate::confluence::model::{List, Watch};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::listing::{self, Start};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists watchers.
pub(super) struct ListWatchers;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page or blog post.
    page_id: ContentId,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Start>,
}

/// Watchers.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Watchers {
    /// Who watches.
    watchers: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Account id.
    account_id: String,
    /// Name, where it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Text for Watchers {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let name = line.name.as_ref().map(|name| format!(" {}", quoted(name, 80))).unwrap_or_default();
            format!("- {}{name}", line.account_id)
        };
        listing::text(self.watchers.iter().map(line), "Nobody watches it.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListWatchers {
    const NAME: &'static str = "list_watchers";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List watchers";
    const DESCRIPTION: &'static str = "Lists who watches a page or blog post and is told of its changes.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_WATCHER, scopes::READ_USER, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Watchers;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Watchers>, ToolError> {
        let start = input.cursor.unwrap_or_default();
        let request = around::watchers(&input.page_id, input.limit.get(), start.position());
        let found: List<Watch> = context.client.send(permit, request).await?.json()?;
        let next_cursor = start.after(input.limit, found.results.len()).and_then(Start::cursor);
        let watchers = found.results.into_iter().filter_map(|watch| {
            let account_id = watch.watcher.account_id.as_ref()?.to_string();
            Some(Line { account_id, name: watch.watcher.name().map(|name| clean_text(name).text) })
        });
        let answer = Watchers { watchers: watchers.collect(), next_cursor };
        Ok(Unsifted::one(Place::Content(input.page_id), answer))
    }
}
