//! People by their account ids, as far as they let themselves be seen.

use serde_json::{Value, json};

use crate::sandbox::model::{User, UserStatus};
use crate::sandbox::server::answer::{Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::paging::list;
use crate::sandbox::server::world::World;

pub(super) fn bulk(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let ids = document.get("accountIds").and_then(Value::as_array);
    let ids = ids.filter(|ids| ids.len() <= 250);
    let ids = ids.ok_or_else(|| Failure::bad_request("accountIds takes 1 to 250 account ids"))?;
    let users = ids.iter().filter_map(|id| world.site.users.get(id.as_str()?));
    Ok(list(call, users.map(user).collect(), None))
}

fn user(user: &User) -> Value {
    let closed = user.status == UserStatus::Closed;
    let shown = !closed && !user.private;
    let status = match user.status {
        UserStatus::Active => "active",
        UserStatus::Inactive => "inactive",
        UserStatus::Closed => "closed",
    };
    let public = if closed { "Former user" } else { user.display_name.as_str() };
    json!({
        "displayName": if shown { json!(user.display_name) } else { Value::Null },
        "timeZone": if shown { json!(user.time_zone) } else { Value::Null },
        "personalSpaceId": null,
        "isExternalCollaborator": false,
        "accountStatus": status,
        "accountId": user.account_id,
        "email": if shown { json!(user.email) } else { Value::Null },
        "accountType": "atlassian",
        "publicName": public,
        "profilePicture": { "path": "/wiki/aa-avatar/default", "isDefault": true },
    })
}
