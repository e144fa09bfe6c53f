//! Lists who is in a group.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::person::Person;
use crate::confluence::api::around;
use crate::confluence::model::{List, PeopleGroup, User};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::domain::text::is_invisible;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::listing::{self, Start};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists members of a group.
pub(super) struct ListGroupMembers;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Name or id of the group.
    group: GroupName,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Start>,
}

/// A group by name or id: 1 to 255 visible characters.
#[derive(Debug)]
pub(super) struct GroupName(String);

impl GroupName {
    /// Whether it is written like an id, which no name of a group is.
    fn is_id(&self) -> bool {
        let lengths = self.0.split('-').map(str::len);
        lengths.eq([8, 4, 4, 4, 12]) && self.0.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    }
}

impl<'de> Deserialize<'de> for GroupName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if (1..=255).contains(&text.chars().count()) && !text.trim().is_empty() && !text.chars().any(is_invisible) {
            Ok(Self(text))
        } else {
            Err(de::Error::custom("the name of a group has 1 to 255 visible characters"))
        }
    }
}

impl JsonSchema for GroupName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "GroupName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 255 })
    }
}

/// Members of a group.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Members {
    /// The people.
    members: Vec<Person>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

impl Text for Members {
    fn text(&self) -> String {
        let people = self.members.iter().map(|person| format!("- {}", person.text()));
        listing::text(people, "Nobody is in it.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListGroupMembers {
    const NAME: &'static str = "list_group_members";
    const GROUP: Group = Group::Users;
    const TITLE: &'static str = "List group members";
    const DESCRIPTION: &'static str = "Lists the people in a group, by its name or id.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_GROUP, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Members;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Members>, ToolError> {
        let id = if input.group.is_id() {
            input.group.0.clone()
        } else {
            let found: List<PeopleGroup> =
                context.client.send(permit, around::groups_named(&input.group.0)).await?.json()?;
            let named = found.results.into_iter().find(|group| group.name.eq_ignore_ascii_case(&input.group.0));
            named.and_then(|group| group.id).ok_or_else(ToolError::not_found)?
        };
        let start = input.cursor.unwrap_or_default();
        let request = around::members_of_group(&id, input.limit.get(), start.position());
        let found: List<User> = context.client.send(permit, request).await?.json()?;
        let next_cursor = start.after(input.limit, found.results.len()).and_then(Start::cursor);
        for user in &found.results {
            context.people.remember(user);
        }
        let members = found.results.iter().filter_map(Person::of).collect();
        Ok(Unsifted::one(Place::Nowhere, Members { members, next_cursor }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_told_by_id_only_where_it_is_written_like_one() {
        let is_id = |text: &str| serde_json::from_value::<GroupName>(text.into()).map(|name| name.is_id()).ok();
        assert_eq!(is_id("7d3c1f60-0b0e-4c1f-9d1c-5a0f3a1b2c01"), Some(true));
        assert_eq!(is_id("service-desk"), Some(false));
        assert_eq!(is_id("a\u{202e}b"), None);
        assert_eq!(is_id(" "), None);
    }
}
