//! Search by CQL: everything, contents only, people only.

use serde_json::{Value, json};

use super::render::{self, Expand};
use super::{attachments, spaces, users};
use crate::sandbox::cql::{self, Hit, Viewer};
use crate::sandbox::model::{Id, Site, SpaceStatus};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::{edits, storage};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, wrong_type};
use crate::sandbox::server::paging::{Key, Order, Row, cut, next_path};
use crate::sandbox::server::world::World;
use crate::sandbox::v2::{moment, web_path};

/// Letters of an excerpt.
const EXCERPT: usize = 300;

/// The hits the caller may see, and whose last change the search already knows.
fn hits(call: &Call, world: &World, admitted: impl Fn(&Hit) -> bool) -> Result<Vec<Hit>, Failure> {
    let query = call.parameter("cql").ok_or_else(|| Failure::bad_request("cql must be provided"))?;
    let caller = &call.caller;
    let viewer = Viewer { account_id: &caller.account, admin: caller.admin, time_zone: &caller.time_zone };
    let found =
        cql::search(&world.site, &viewer, query, call.now).map_err(|error| Failure::bad_request(error.message))?;
    let archived = call.flag("includeArchivedSpaces")?;
    Ok(found.into_iter().filter(|hit| admitted(hit) && visible(call, world, hit, archived)).collect())
}

fn visible(call: &Call, world: &World, hit: &Hit, archived_spaces: bool) -> bool {
    let site = &world.site;
    let sight = Sight::new(site, &call.caller);
    let known = call.now.checked_sub(world.search_lag).unwrap_or(call.now);
    let listed = |space: Id| {
        let status = site.spaces.get(&space).map(|space| space.status);
        status == Some(SpaceStatus::Current) || (archived_spaces && status == Some(SpaceStatus::Archived))
    };
    let in_listed = |content: Id| site.contents.get(&content).is_some_and(|content| listed(content.space));
    match hit {
        Hit::Content(id) => site.contents.get(id).is_some_and(|content| {
            let indexed = edits::present(content).is_some_and(|version| version.created <= known);
            indexed && listed(content.space) && sight.sees(content)
        }),
        Hit::Comment(id) => site.comments.get(id).is_some_and(|comment| {
            comment.created <= known && in_listed(comment.container) && sight.sees_comment(comment)
        }),
        Hit::Attachment(id) => site
            .attachments
            .get(id)
            .is_some_and(|attachment| in_listed(attachment.container) && sight.sees_attachment(attachment)),
        Hit::Space(id) => site.spaces.get(id).is_some_and(|space| listed(space.id) && sight.sees_space(space)),
        Hit::User(account) => site.users.contains_key(account),
    }
}

/// One page of hits with the envelope that v1 gives search results.
fn answer(call: &Call, found: &[Hit], render: impl Fn(&Hit) -> Option<Value>) -> Result<Value, Failure> {
    let number = |name: &str| call.parameter(name).map(|text| text.parse::<usize>().map_err(|_| wrong_type(name)));
    let limit = number("limit").transpose()?.unwrap_or(25).min(250);
    let start = number("start").transpose()?.unwrap_or_default();
    let total = found.len();
    let place = |place: usize| Key::Number(i64::try_from(place).unwrap_or(i64::MAX));
    let rows = found.iter().enumerate().skip(start).map(|(at, hit)| Row { key: place(at), id: 0, item: hit }).collect();
    let (page, cursor) = cut(call, rows, &Order::by("relevance"), limit)?;
    let results: Vec<Value> = page.into_iter().filter_map(render).collect();
    let mut links = json!({ "base": call.site_base, "context": "/wiki", "self": format!("{}{}", call.site_base, render::own_path(call)) });
    if let (Some(cursor), Some(links)) = (cursor, links.as_object_mut()) {
        let next = next_path(call, &cursor);
        links.insert("next".to_owned(), json!(next.strip_prefix("/wiki").unwrap_or(&next)));
    }
    Ok(json!({
        "results": results,
        "start": start,
        "limit": limit,
        "size": results.len(),
        "totalSize": total,
        "cqlQuery": call.parameter("cql"),
        "searchDuration": 7,
        "_links": links,
    }))
}

pub(super) fn everything(call: &Call, world: &mut World) -> Answered {
    let found = hits(call, world, |hit| !matches!(hit, Hit::User(_)))?;
    let expand = Expand::read(call, &[]).inside("content");
    Ok(Answer::ok(answer(call, &found, |hit| result(call, &world.site, hit, &expand))?))
}

pub(super) fn people(call: &Call, world: &mut World) -> Answered {
    let found = hits(call, world, |hit| matches!(hit, Hit::User(_)))?;
    let expand = Expand::read(call, &[]);
    Ok(Answer::ok(answer(call, &found, |hit| result(call, &world.site, hit, &expand))?))
}

pub(super) fn contents(call: &Call, world: &mut World) -> Answered {
    let found = hits(call, world, |hit| !matches!(hit, Hit::User(_) | Hit::Space(_)))?;
    let expand = Expand::read(call, &[]);
    let mut rendered = answer(call, &found, |hit| content(call, &world.site, hit, &expand))?;
    if let Some(object) = rendered.as_object_mut() {
        object.shift_remove("searchDuration");
    }
    Ok(Answer::ok(rendered))
}

fn content(call: &Call, site: &Site, hit: &Hit, expand: &Expand) -> Option<Value> {
    match hit {
        Hit::Content(id) => Some(render::content(call, site, site.contents.get(id)?, expand)),
        Hit::Comment(id) => Some(render::comment(call, site, site.comments.get(id)?, expand)),
        Hit::Attachment(id) => Some(attachments::rendered(call, site, site.attachments.get(id)?)),
        Hit::Space(_) | Hit::User(_) => None,
    }
}

/// What a search result says besides the thing itself.
struct Summary {
    title: String,
    text: String,
    url: String,
    changed: jiff::Timestamp,
    space: Option<Id>,
}

fn summary(site: &Site, hit: &Hit) -> Option<Summary> {
    match hit {
        Hit::Content(id) => {
            let content = site.contents.get(id)?;
            let version = edits::present(content)?;
            let text = storage::plain_text(&version.body);
            let (title, url) = (version.title.clone(), web_path(site, content));
            Some(Summary { title, text, url, changed: version.created, space: Some(content.space) })
        }
        Hit::Comment(id) => {
            let comment = site.comments.get(id)?;
            let container = site.contents.get(&comment.container)?;
            let version = comment.versions.last()?;
            let title = format!("Re: {}", edits::title(container));
            let url = format!("{}?focusedCommentId={id}", web_path(site, container));
            let text = storage::plain_text(&version.body);
            Some(Summary { title, text, url, changed: version.created, space: Some(container.space) })
        }
        Hit::Attachment(id) => {
            let attachment = site.attachments.get(id)?;
            let container = site.contents.get(&attachment.container)?;
            let changed = attachment.versions.last()?.created;
            let (title, url) = (attachment.title.clone(), web_path(site, container));
            Some(Summary { title, text: String::new(), url, changed, space: Some(container.space) })
        }
        Hit::Space(id) => {
            let space = site.spaces.get(id)?;
            let url = format!("/spaces/{}", space.key);
            let (title, text) = (space.name.clone(), space.description.clone());
            Some(Summary { title, text, url, changed: space.created, space: None })
        }
        Hit::User(account) => {
            let user = site.users.get(account)?;
            let title = user.display_name.clone();
            let url = format!("/people/{account}");
            Some(Summary { title, text: String::new(), url, changed: jiff::Timestamp::UNIX_EPOCH, space: None })
        }
    }
}

fn result(call: &Call, site: &Site, hit: &Hit, expand: &Expand) -> Option<Value> {
    let summary = summary(site, hit)?;
    let excerpt = if call.parameter("excerpt") == Some("none") { String::new() } else { excerpt(&summary.text) };
    let (entity, name) = match hit {
        Hit::Space(id) => ("space", Some(spaces::rendered_space(call, site, site.spaces.get(id)?, expand))),
        Hit::User(account) => ("user", Some(users::rendered(call, site.users.get(account)?))),
        other => ("content", content(call, site, other, expand)),
    };
    let mut rendered = json!({
        (entity): name,
        "title": summary.title,
        "excerpt": excerpt,
        "url": summary.url,
        "breadcrumbs": [],
        "entityType": entity,
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": moment(summary.changed),
        "friendlyLastModified": summary.changed.strftime("%b %d, %Y").to_string(),
        "score": 1.0,
    });
    let space = summary.space.and_then(|space| site.spaces.get(&space));
    if let (Some(space), Some(object)) = (space, rendered.as_object_mut()) {
        let container = json!({ "title": space.name, "displayUrl": format!("/spaces/{}", space.key) });
        object.insert("resultGlobalContainer".to_owned(), container);
    }
    Some(rendered)
}

fn excerpt(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(EXCERPT).collect()
}
