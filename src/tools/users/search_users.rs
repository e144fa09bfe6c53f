//! Finds people by name.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

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
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Finds people.
pub(super) struct SearchUsers;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// A name, or one word of it.
    query: Words,
    /// How many at most; 25 if not given.
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

/// How many people came before; Confluence pages this search by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Start(u32);

impl Start {
    /// Where the next part starts: only where this one was full, for an answer that is not full is the last.
    fn after(self, limit: Limit, got: usize) -> Option<Self> {
        (got >= usize::from(limit.get())).then(|| Self(self.0.saturating_add(limit.get().into())))
    }
}

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let digits = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let start = if digits { text.parse().ok() } else { None };
        start.map(Self).ok_or_else(|| de::Error::custom("pass next_cursor exactly as the last answer gave it"))
    }
}

impl JsonSchema for Start {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Start".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{1,6}$" })
    }
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
        let request = api::search::search_users(&cql, input.limit.get(), start.0);
        let found: List<Hit> = context.client.send(permit, request).await?.json()?;
        let next = start.after(input.limit, found.results.len());
        let users: Vec<_> = found.results.into_iter().filter_map(|hit| hit.user).collect();
        for user in &users {
            context.people.remember(user);
        }
        let people: Vec<_> = users.iter().filter_map(Person::of).map(|person| (Place::Nowhere, person)).collect();
        Ok(Unsifted::many(people, move |users| Found {
            users,
            next_cursor: next.and_then(|start| start.0.to_string().parse().ok()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_part_is_followed_by_another() {
        let limit: Limit = serde_json::from_str("2").unwrap();
        assert_eq!(Start(4).after(limit, 2), Some(Start(6)));
        assert_eq!(Start(4).after(limit, 1), None);
        assert!(serde_json::from_str::<Start>("\"-1\"").is_err());
        assert!(serde_json::from_str::<Start>("\"\"").is_err());
    }
}
