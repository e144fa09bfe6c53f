//! Says who may do what in a space.

use schemars::JsonSchema;
use serde::Serialize;

use crate::confluence::api::around;
use crate::confluence::model::{List, Permission, Principal};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{AccountId, Cursor};
use crate::domain::place::Place;
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::listing::{self, OfSpace};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads permissions.
pub(super) struct GetSpacePermissions;

/// Who may do what.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Permissions {
    /// One line for each person, group or role in this part of the list.
    permissions: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// `user`, `group` or `role`.
    r#type: String,
    /// Account id, or id of the group or role.
    id: String,
    /// Name of the person, where it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it may do, such as `create page`.
    may: Vec<String>,
}

impl Text for Permissions {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let name = line.name.as_ref().map(|name| format!(" {}", quoted(name, 80))).unwrap_or_default();
            let may: Vec<String> = line.may.iter().map(|may| quoted(may, 60)).collect();
            format!("- {} {}{name}: {}", quoted(&line.r#type, 20), quoted(&line.id, 128), may.join(", "))
        };
        listing::text(self.permissions.iter().map(line), "No permissions are listed.", self.next_cursor.as_ref())
    }
}

/// The permissions gathered by who has them, in the order of the answer.
fn gathered(found: &[Permission]) -> Vec<(&Principal, Vec<String>)> {
    let mut gathered: Vec<(&Principal, Vec<String>)> = Vec::new();
    for permission in found {
        let operation = &permission.operation;
        let may = clean_text(&format!("{} {}", operation.key, operation.target_type)).text;
        match gathered.iter_mut().find(|(principal, _)| *principal == &permission.principal) {
            Some((_, known)) => known.push(may),
            None => gathered.push((&permission.principal, vec![may])),
        }
    }
    gathered
}

impl ReadTool for GetSpacePermissions {
    const NAME: &'static str = "get_space_permissions";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "Get space permissions";
    const DESCRIPTION: &'static str = "Says which people, groups and roles may do what in a space. For a single page's \
        restrictions use get_restrictions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = OfSpace;
    type Output = Permissions;

    fn subject(input: &OfSpace) -> Place {
        input.space.place()
    }

    async fn read(
        input: OfSpace,
        permit: &Permit<Read>,
        context: &Context,
    ) -> Result<Unsifted<Permissions>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let reply = context.client.send(permit, around::permissions_of_space(&space.id, &input.paging())).await?;
        let found: List<Permission> = reply.json()?;
        let gathered = gathered(&found.results);
        let account = |principal: &Principal| -> Option<AccountId> {
            principal.id.parse().ok().filter(|_| principal.kind == "user")
        };
        let names = context.people.names(gathered.iter().filter_map(|(principal, _)| account(principal))).await;
        let lines = gathered.into_iter().map(|(principal, may)| Line {
            r#type: clean_text(&principal.kind).text,
            id: clean_text(&principal.id).text,
            name: account(principal).and_then(|account| names.get(&account).map(|name| clean_text(name).text)),
            may,
        });
        let answer = Permissions { permissions: lines.collect(), next_cursor: reply.next_cursor() };
        Ok(Unsifted::one(Place::Space(space.id), answer))
    }
}
