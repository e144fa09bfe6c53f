//! Reads which account Sluice works as.

use super::person::Person;
use crate::confluence::api;
use crate::confluence::model::User;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, NoInput, ReadTool, ToolError, scopes};

/// Reads the connected account.
pub(super) struct GetCurrentUser;

impl ReadTool for GetCurrentUser {
    const NAME: &'static str = "get_current_user";
    const GROUP: Group = Group::Users;
    const TITLE: &'static str = "Get current user";
    const DESCRIPTION: &'static str = "Reads the Confluence account that your calls run as: name, account id, time zone. \
        For anyone else use get_user.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DETAILS];
    type Access = Read;
    type Input = NoInput;
    type Output = Person;

    fn subject(_: &NoInput) -> Place {
        Place::Nowhere
    }

    async fn read(_: NoInput, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Person>, ToolError> {
        let user: User = context.client.send(permit, api::users::current_user()).await?.json()?;
        context.people.remember(&user);
        let person = Person::of(&user).ok_or_else(ToolError::not_found)?;
        Ok(Unsifted::one(Place::Nowhere, person))
    }
}
