//! People one by one, and whoever asks.

use serde_json::{Value, json};

use crate::sandbox::model::{Site, User, UserStatus};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let account = call.parameter("accountId").ok_or_else(|| Failure::bad_request("accountId must be provided"))?;
    let user = world.site.users.get(account).ok_or_else(|| Failure::not_found("user"))?;
    Ok(Answer::ok(rendered(call, user)))
}

pub(super) fn current(call: &Call, world: &mut World) -> Answered {
    let user = world.site.users.get(&call.caller.account).ok_or_else(|| Failure::forbidden("user"))?;
    let mut rendered = rendered(call, user);
    // Nobody's own name and address are hidden from themselves.
    if let Some(object) = rendered.as_object_mut() {
        object.insert("displayName".to_owned(), user.display_name.clone().into());
        object.insert("email".to_owned(), user.email.clone().into());
    }
    Ok(Answer::ok(rendered))
}

/// A person by account id; one who is unknown is still named by id.
pub(crate) fn person(call: &Call, site: &Site, account: &str) -> Value {
    site.users.get(account).map_or_else(
        || json!({ "type": "unknown", "accountId": account, "displayName": "Former user", "_expandable": {}, "_links": {} }),
        |known| rendered(call, known),
    )
}

pub(super) fn rendered(call: &Call, user: &User) -> Value {
    let closed = user.status == UserStatus::Closed;
    let shown = !closed && !user.private;
    let public = if closed { "Former user" } else { user.display_name.as_str() };
    json!({
        "type": if closed { "unknown" } else { "known" },
        "accountId": user.account_id,
        "accountType": "atlassian",
        "email": if shown { json!(user.email) } else { Value::Null },
        "publicName": public,
        "displayName": public,
        "timeZone": if shown { json!(user.time_zone) } else { Value::Null },
        "profilePicture": { "path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true },
        "isExternalCollaborator": false,
        "_expandable": { "operations": "", "personalSpace": "" },
        "_links": { "self": format!("{}/rest/api/user?accountId={}", call.site_base, user.account_id) },
    })
}
