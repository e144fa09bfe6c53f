//! Says how many like a page or blog post, and who.

use schemars::JsonSchema;
use serde::Serialize;

use super::either;
use super::listing::OfPage;
use crate::confluence::api::around;
use crate::confluence::model::{Count, Liker, List};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::place::Place;
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Reads likes.
pub(super) struct GetLikes;

/// Likes of a page.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Likes {
    /// How many there are.
    count: u64,
    /// Who likes it.
    users: Vec<Line>,
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

impl Text for Likes {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let name = line.name.as_ref().map(|name| format!(" {}", quoted(name, 80))).unwrap_or_default();
            format!("- {}{name}", line.account_id)
        };
        let list = listing::text(self.users.iter().map(line), "Nobody is named.", self.next_cursor.as_ref());
        format!("{} likes\n{list}", self.count)
    }
}

impl ReadTool for GetLikes {
    const NAME: &'static str = "get_likes";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get likes";
    const DESCRIPTION: &'static str = "Says how many people like a page or blog post, and who they are.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = OfPage;
    type Output = Likes;

    fn subject(input: &OfPage) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: OfPage, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Likes>, ToolError> {
        let paging = input.paging();
        let first = paging.cursor.is_none();
        let (kind, reply) = either::read(|kind| around::likes(kind, &input.page_id, &paging), permit, context).await?;
        let found: List<Liker> = reply.json()?;
        let next_cursor = reply.next_cursor();
        let count = if first && next_cursor.is_none() {
            found.results.len() as u64
        } else {
            let count: Count = context.client.send(permit, around::count_likes(kind, &input.page_id)).await?.json()?;
            count.count
        };
        let names = context.people.names(found.results.iter().map(|liker| liker.account_id.clone())).await;
        let users = found.results.into_iter().map(|liker| Line {
            name: names.get(&liker.account_id).map(|name| clean_text(name).text),
            account_id: liker.account_id.to_string(),
        });
        let answer = Likes { count, users: users.collect(), next_cursor };
        Ok(Unsifted::one(Place::Content(input.page_id), answer))
    }
}
