//! Reads several people at once.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::person::Person;
use crate::confluence::api;
use crate::confluence::model::{List, User};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::AccountId;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Most people in one request.
const MOST: usize = 100;

/// Reads people.
pub(super) struct GetUsers;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Their account ids.
    #[schemars(length(min = 1, max = 100))]
    account_ids: Vec<AccountId>,
}

/// People.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Found {
    /// The people.
    users: Vec<Person>,
    /// Account ids that nobody here has.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<String>>,
}

impl Text for Found {
    fn text(&self) -> String {
        let people = self.users.iter().map(|person| format!("- {}", person.text()));
        let missing = self.missing.as_ref().map(|missing| format!("not found: {}", missing.join(", ")));
        listing::text(people.chain(missing), "Nobody.", None)
    }
}

impl ReadTool for GetUsers {
    const NAME: &'static str = "get_users";
    const GROUP: Group = Group::Users;
    const TITLE: &'static str = "Get users";
    const DESCRIPTION: &'static str = "Reads up to 100 people at once by account id: names, status, type. To find people by \
        name use search_users.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Found;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Found>, ToolError> {
        if !(1..=MOST).contains(&input.account_ids.len()) {
            let message = format!("`account_ids` takes 1 to {MOST} account ids");
            return Err(ToolError::input(message, "ask in several calls"));
        }
        let asked: BTreeSet<AccountId> = input.account_ids.into_iter().collect();
        let asked: Vec<AccountId> = asked.into_iter().collect();
        let found: List<User> = context.client.send(permit, api::users::users_by_id(&asked)).await?.json()?;
        for user in &found.results {
            context.people.remember(user);
        }
        let there: BTreeSet<&AccountId> = found.results.iter().filter_map(|user| user.account_id.as_ref()).collect();
        let missing: Vec<String> =
            asked.iter().filter(|account| !there.contains(account)).map(ToString::to_string).collect();
        let users = found.results.iter().filter_map(Person::of).collect();
        Ok(Unsifted::one(Place::Nowhere, Found { users, missing: Some(missing).filter(|missing| !missing.is_empty()) }))
    }
}
