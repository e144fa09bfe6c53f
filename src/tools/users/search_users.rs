//! Finds people by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::person::Person;
use crate::confluence::api;
use crate::confluence::cql::{Clause, Words};
use crate::confluence::model::{Hit, List};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::listing::Start;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Finds people.
pub(super) struct SearchUsers;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// A name, or one word of it.
    query: Words,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Start>,
}

/// People found.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Found {
    /// The people, best match first.
    users: Vec<Person>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

impl Text for Found {
    fn text(&self) -> String {
        let people = self.users.iter().map(|person| format!("- {}", person.text()));
        listing::text(people, "No such person.", self.next_cursor.as_ref())
    }
}

impl ReadTool for SearchUsers {
    const NAME: &'static str = "search_users";
    const GROUP: Group = Group::Users;
    const TITLE: &'static str = "Search users";
    const DESCRIPTION: &'static str = "Finds people by name and answers their account ids, for mentions and for CQL on \
        creator or contributor. With an account id at hand use get_user.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DETAILS];
    type Access = Read;
    type Input = Input;
    type Output = Found;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Found>, ToolError> {
        let cql = Clause::contains("user.fullname", &input.query).to_string();
        let start = input.cursor.unwrap_or_default();
        let request = api::search::search_users(&cql, input.limit.get(), start.position());
        let found: List<Hit> = context.client.send(permit, request).await?.json()?;
        let next = start.after(input.limit, found.results.len());
        let users: Vec<_> = found.results.into_iter().filter_map(|hit| hit.user).collect();
        for user in &users {
            context.people.remember(user);
        }
        let people: Vec<_> = users.iter().filter_map(Person::of).map(|person| (Place::Nowhere, person)).collect();
        Ok(Unsifted::many(people, move |users| Found { users, next_cursor: next.and_then(Start::cursor) }))
    }
}
