//! How often a page or blog post was opened, and by how many.

use std::collections::BTreeMap;

use serde_json::json;

use crate::sandbox::model::Id;
use crate::sandbox::rules::edits::DOCUMENTS;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

/// Who opened something, and how often.
type Opened = BTreeMap<String, u64>;

/// Its id and who opened it how often.
fn opened<'a>(call: &Call, world: &'a World) -> Result<(Id, Option<&'a Opened>), Failure> {
    let content = Sight::new(&world.site, &call.caller).content(DOCUMENTS, call.first_id()?)?;
    Ok((content.id, world.site.around.views.get(&content.id)))
}

pub(super) fn views(call: &Call, world: &mut World) -> Answered {
    let (id, opened) = opened(call, world)?;
    let count = opened.map_or(0, |opened| opened.values().sum::<u64>());
    Ok(Answer::ok(json!({ "id": id, "count": count })))
}

pub(super) fn viewers(call: &Call, world: &mut World) -> Answered {
    let (id, opened) = opened(call, world)?;
    Ok(Answer::ok(json!({ "id": id, "count": opened.map_or(0, BTreeMap::len) })))
}
