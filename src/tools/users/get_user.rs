//! Reads who an account id belongs to.

use schemars::JsonSchema;
use serde::Deserialize;

use super::person::Person;
use crate::confluence::api;
use crate::confluence::model::{List, User};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::AccountId;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads one person.
pub(super) struct GetUser;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Account id of the person.
    account_id: AccountId,
}

impl ReadTool for GetUser {
    const NAME: &'static str = "get_user";
    const GROUP: Group = Group::Users;
    const TITLE: &'static str = "Get user";
    const DESCRIPTION: &'static str = "Reads a person's name and status by account id. To find an account id by name, \
        use search_users; for the account you work as, get_current_user.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Person;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Person>, ToolError> {
        let request = api::users::users_by_id(std::slice::from_ref(&input.account_id));
        // Confluence answers an unknown account with nothing, or with null.
        let found: List<Option<User>> = context.client.send(permit, request).await?.json()?;
        let user = found.results.into_iter().flatten().find(|user| user.account_id.as_ref() == Some(&input.account_id));
        let user = user.ok_or_else(ToolError::not_found)?;
        context.people.remember(&user);
        let person = Person::of(&user).ok_or_else(ToolError::not_found)?;
        Ok(Unsifted::one(Place::Nowhere, person))
    }
}
