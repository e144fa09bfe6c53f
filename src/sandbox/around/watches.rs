//! Who watches a content or a space.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::sandbox::model::{Id, Site};
use crate::sandbox::rules::edits::DOCUMENTS;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;
use crate::sandbox::v1::{offset_list, person};

fn watchers(site: &Site, id: Id) -> impl Iterator<Item = &String> {
    site.around.watchers.get(&id).map(BTreeSet::iter).into_iter().flatten()
}

/// A watcher has more required fields than people elsewhere.
fn watcher(call: &Call, site: &Site, account: &str) -> Value {
    let mut rendered = person(call, site, account);
    if let Some(fields) = rendered.as_object_mut() {
        fields.insert("operations".to_owned(), json!([]));
        fields.insert("externalCollaborator".to_owned(), json!(false));
        fields.insert("isExternalCollaborator".to_owned(), json!(false));
        fields.insert("isGuest".to_owned(), json!(false));
        fields.insert("personalSpace".to_owned(), Value::Null);
        let address = fields.get("email").and_then(Value::as_str).unwrap_or_default().to_owned();
        fields.insert("email".to_owned(), json!(address));
        let picture = json!({ "path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true });
        fields.entry("profilePicture").or_insert(picture);
        for word in ["accountType", "publicName"] {
            fields.entry(word).or_insert_with(|| json!(""));
        }
    }
    rendered
}

pub(super) fn of_content(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let content = Sight::new(site, &call.caller).content(DOCUMENTS, call.first_id()?)?;
    let found = watchers(site, content.id)
        .map(|account| json!({ "type": "content", "watcher": watcher(call, site, account), "contentId": content.id }));
    Ok(Answer::ok(offset_list(call, found.collect())))
}

pub(super) fn of_space(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let space = Sight::new(site, &call.caller).space_by_key(call.variable("spaceKey"))?;
    let found = watchers(site, space.id)
        .map(|account| json!({ "type": "space", "watcher": watcher(call, site, account), "spaceKey": space.key }));
    Ok(Answer::ok(offset_list(call, found.collect())))
}

/// Whether the person asked about, or else the caller, watches it.
fn watching(call: &Call, site: &Site, id: Id) -> Answer {
    let account = call.parameter("accountId").unwrap_or(&call.caller.account);
    let watching = watchers(site, id).any(|watcher| watcher == account);
    Answer::ok(json!({ "watching": watching }))
}

pub(super) fn content_is_watched(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let content = Sight::new(site, &call.caller).content(DOCUMENTS, call.first_id()?)?;
    Ok(watching(call, site, content.id))
}

pub(super) fn space_is_watched(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let space = Sight::new(site, &call.caller).space_by_key(call.variable("spaceKey"))?;
    Ok(watching(call, site, space.id))
}
