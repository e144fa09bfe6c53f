//! People one by one, and whoever asks.

use super::render;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let account = call.parameter("accountId").ok_or_else(|| Failure::bad_request("accountId must be provided"))?;
    let user = world.site.users.get(account).ok_or_else(|| Failure::not_found("user"))?;
    Ok(Answer::ok(render::user(call, user)))
}

pub(super) fn current(call: &Call, world: &mut World) -> Answered {
    let user = world.site.users.get(&call.caller.account).ok_or_else(|| Failure::forbidden("user"))?;
    let mut rendered = render::user(call, user);
    // Nobody's own name and address are hidden from themselves.
    if let Some(object) = rendered.as_object_mut() {
        object.insert("displayName".to_owned(), user.display_name.clone().into());
        object.insert("email".to_owned(), user.email.clone().into());
    }
    Ok(Answer::ok(rendered))
}
