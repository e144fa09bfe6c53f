//! Properties of contents, comments, files and spaces.

use serde_json::{Value, json};

use crate::sandbox::model::{ContentKind, Id, Property};
use crate::sandbox::rules::edits::{BLOG_POSTS, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;
use crate::sandbox::v2::moment;

/// The word after `/wiki/api/v2/`.
fn family(call: &Call) -> &str {
    call.path.split('/').nth(4).unwrap_or_default()
}

/// What the path names, if the caller sees it.
pub(super) fn owner(call: &Call, world: &World) -> Result<Id, Failure> {
    let sight = Sight::new(&world.site, &call.caller);
    let id = call.first_id()?;
    let kinds: &[ContentKind] = match family(call) {
        "spaces" => return sight.space(id).map(|space| space.id),
        "attachments" => return sight.attachment(id).map(|file| file.id),
        "comments" => return sight.comment(id).map(|comment| comment.id),
        "folders" => &[ContentKind::Folder],
        "whiteboards" => &[ContentKind::Whiteboard],
        "databases" => &[ContentKind::Database],
        "embeds" => &[ContentKind::Embed],
        "blogposts" => BLOG_POSTS,
        _ => PAGES,
    };
    sight.content(kinds, id).map(|content| content.id)
}

/// A property as v2 shows it; those of spaces say more of their making.
pub(super) fn rendered(call: &Call, property: &Property) -> Value {
    let changed = moment(property.changed);
    let (number, message) = (property.version, property.message.as_str());
    if family(call) == "spaces" {
        let author = property.author.as_str();
        return json!({
            "id": property.id.to_string(),
            "key": property.key,
            "value": property.value,
            "createdAt": moment(property.created),
            "createdBy": author,
            "version": { "createdAt": changed, "createdBy": author, "message": message, "number": number },
        });
    }
    let version = json!({
        "createdAt": changed,
        "message": message,
        "number": number,
        "minorEdit": false,
        "authorId": property.author,
    });
    json!({ "id": property.id.to_string(), "key": property.key, "value": property.value, "version": version })
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let owner = owner(call, world)?;
    let wanted = call.parameter("key");
    let order = Order::read(call, &["key"])?;
    let rows = world
        .site
        .around
        .properties
        .values()
        .filter(|property| property.owner == owner && wanted.is_none_or(|wanted| property.key == wanted))
        .map(|property| Row { key: Key::Text(property.key.clone()), id: property.id, item: property })
        .collect();
    listed(call, rows, &order, 25, |property| rendered(call, property))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let (owner, id) = (owner(call, world)?, call.id("property-id")?);
    let property = world.site.around.properties.get(&id).filter(|property| property.owner == owner);
    let property = property.ok_or_else(|| Failure::not_found("property"))?;
    Ok(Answer::ok(rendered(call, property)))
}
