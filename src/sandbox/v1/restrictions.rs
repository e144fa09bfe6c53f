//! Who may read and who may change a page, as restrictions by operation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::content::ALL;
use super::{render, users};
use crate::sandbox::model::{Content, Site};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

pub(super) fn rendered(call: &Call, site: &Site, content: &Content, operation: &str) -> Value {
    let people = if operation == "read" { &content.readers } else { &content.writers };
    let people = people.as_ref().map(BTreeSet::iter).into_iter().flatten();
    let users: Vec<Value> = people.map(|account| users::person(call, site, account)).collect();
    let itself = format!("{}/rest/api/content/{}/restriction/byOperation/{operation}", call.site_base, content.id);
    json!({
        "operation": operation,
        "restrictions": {
            "user": { "results": users, "start": 0, "limit": 100, "size": users.len() },
            "group": { "results": [], "start": 0, "limit": 100, "size": 0 },
            "_expandable": {},
        },
        "_expandable": { "restrictions": "", "content": format!("/rest/api/content/{}", content.id) },
        "_links": { "self": itself },
    })
}

pub(super) fn all(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(ALL, call.first_id()?)?;
    let one = |operation: &str| rendered(call, &world.site, content, operation);
    let links = json!({ "self": format!("{}{}", call.site_base, render::own_path(call)), "base": call.site_base });
    Ok(Answer::ok(json!({ "read": one("read"), "update": one("update"), "_links": links })))
}

pub(super) fn one(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(ALL, call.first_id()?)?;
    match call.variable("operationKey") {
        operation @ ("read" | "update") => Ok(Answer::ok(rendered(call, &world.site, content, operation))),
        _ => Err(Failure::bad_request("operationKey must be read or update")),
    }
}
