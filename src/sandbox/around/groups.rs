//! Groups of people and who is in them.

use serde_json::{Value, json};

use crate::sandbox::model::PeopleGroup;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;
use crate::sandbox::v1::{offset_list, person};

fn rendered(call: &Call, group: &PeopleGroup) -> Value {
    let itself = format!("{}/rest/api/group/by-id?id={}", call.site_base, group.id);
    json!({
        "type": "group",
        "name": group.name,
        "id": group.id,
        "usageType": "USERBASE_GROUP",
        "managedBy": "ADMINS",
        "_links": { "self": itself },
    })
}

fn answer(call: &Call, world: &World, admitted: impl Fn(&PeopleGroup) -> bool) -> Answer {
    let groups = world.site.around.groups.values().filter(|group| admitted(group));
    Answer::ok(offset_list(call, groups.map(|group| rendered(call, group)).collect()))
}

#[expect(clippy::unnecessary_wraps, reason = "the table of operations asks for this shape")]
pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    Ok(answer(call, world, |_| true))
}

pub(super) fn search(call: &Call, world: &mut World) -> Answered {
    let query = call.parameter("query").ok_or_else(|| Failure::bad_request("query must be provided"))?;
    let query = query.to_lowercase();
    Ok(answer(call, world, |group| group.name.to_lowercase().contains(&query)))
}

fn known<'a>(world: &'a World, id: &str) -> Result<&'a PeopleGroup, Failure> {
    world.site.around.groups.get(id).ok_or_else(|| Failure::not_found("group"))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let id = call.parameter("id").ok_or_else(|| Failure::bad_request("id must be provided"))?;
    Ok(Answer::ok(rendered(call, known(world, id)?)))
}

pub(super) fn members(call: &Call, world: &mut World) -> Answered {
    let group = known(world, call.variable("groupId"))?;
    let members = group.members.iter().map(|account| person(call, &world.site, account)).collect();
    Ok(Answer::ok(offset_list(call, members)))
}
