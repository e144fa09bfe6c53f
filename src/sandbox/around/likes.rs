//! Who likes a page, blog post or comment.

use std::collections::BTreeSet;

use serde_json::json;

use crate::sandbox::model::Id;
use crate::sandbox::rules::edits::{BLOG_POSTS, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

/// What is liked, if the caller sees it.
fn liked(call: &Call, world: &World) -> Result<Id, Failure> {
    let sight = Sight::new(&world.site, &call.caller);
    let id = call.first_id()?;
    match call.path.split('/').nth(4) {
        Some("pages") => sight.content(PAGES, id).map(|content| content.id),
        Some("blogposts") => sight.content(BLOG_POSTS, id).map(|content| content.id),
        _ => sight.comment(id).map(|comment| comment.id),
    }
}

pub(super) fn count(call: &Call, world: &mut World) -> Answered {
    let id = liked(call, world)?;
    let count = world.site.around.likes.get(&id).map_or(0, BTreeSet::len);
    Ok(Answer::ok(json!({ "count": count })))
}

pub(super) fn people(call: &Call, world: &mut World) -> Answered {
    let id = liked(call, world)?;
    let accounts = world.site.around.likes.get(&id).into_iter().flatten();
    let rows = accounts.map(|account| Row { key: Key::Text(account.clone()), id: 0, item: account }).collect();
    listed(call, rows, &Order::by("account"), 25, |account| json!({ "accountId": account }))
}
