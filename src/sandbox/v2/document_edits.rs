//! Creating, changing, renaming and deleting pages and blog posts.

use std::collections::BTreeSet;

use serde_json::Value;

use super::documents::{kinds, single};
use crate::sandbox::model::{Content, ContentKind, ContentStatus, Id, Site};
use crate::sandbox::rules::edits::{self, BLOG_POSTS, Edit, NewContent, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::{storage, tree};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, id_field, text, wrong_type};
use crate::sandbox::server::world::World;

/// What a page or another node may stand under.
pub(super) const PARENTS: &[ContentKind] = &[
    ContentKind::Page,
    ContentKind::LiveDoc,
    ContentKind::Folder,
    ContentKind::Whiteboard,
    ContentKind::Database,
    ContentKind::Embed,
];

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let site = &mut world.site;
    let space = id_field(&document, "spaceId")?.ok_or_else(|| Failure::bad_request("spaceId must be provided"))?;
    let sight = Sight::new(site, &call.caller);
    let homepage = sight.writable_space(space)?.homepage;
    let status = new_status(&document)?;
    let blog = kinds(call) == BLOG_POSTS;
    let kind = match text(&document, "subtype") {
        _ if blog => ContentKind::BlogPost,
        Some("live") => ContentKind::LiveDoc,
        None => ContentKind::Page,
        Some(_) => return Err(wrong_type("subtype")),
    };
    let root_level = call.flag("root-level")?;
    let parent = match id_field(&document, "parentId")? {
        Some(_) if root_level => return Err(Failure::bad_request("parentId and root-level exclude each other")),
        Some(parent) if !blog => Some(parent_in(&sight, space, parent)?),
        _ if blog || root_level => None,
        _ => homepage.filter(|homepage| site.contents.contains_key(homepage)),
    };
    let title = text(&document, "title").unwrap_or_default().to_owned();
    if status == ContentStatus::Current || !title.is_empty() {
        edits::check_title(site, kind, space, &title, None)?;
    }
    let body = document.get("body").map_or_else(|| Ok(String::new()), storage::read_body)?;
    let id = edits::create(site, call, NewContent { kind, space, parent, status, title, body });
    if call.flag("private")?
        && let Some(content) = site.contents.get_mut(&id)
    {
        content.readers = Some(BTreeSet::from([call.caller.account.clone()]));
        content.writers.clone_from(&content.readers);
    }
    single(call, site, id)
}

fn new_status(document: &Value) -> Result<ContentStatus, Failure> {
    match document.get("status").map(Value::as_str) {
        None | Some(Some("current")) => Ok(ContentStatus::Current),
        Some(Some("draft")) => Ok(ContentStatus::Draft),
        _ => Err(wrong_type("status")),
    }
}

fn parent_in(sight: &Sight<'_>, space: Id, parent: Id) -> Result<Id, Failure> {
    let content = sight.content(PARENTS, parent)?;
    if content.space != space || content.status != ContentStatus::Current {
        return Err(Failure::bad_request("The parent must be current and in the same space"));
    }
    Ok(content.id)
}

/// Everything an update asks for.
struct Update {
    status: ContentStatus,
    title: String,
    body: String,
    number: u64,
    message: String,
    minor: bool,
    parent: Option<Id>,
    owner: Option<String>,
}

fn read_update(document: &Value, id: Id) -> Result<Update, Failure> {
    let missing = |field: &str| Failure::bad_request(format!("{field} must be provided"));
    if id_field(document, "id")? != Some(id) {
        return Err(Failure::bad_request("id in the body must match the id in the path"));
    }
    document.get("status").ok_or_else(|| missing("status"))?;
    let version = document.get("version").ok_or_else(|| missing("version"))?;
    let number = version.get("number").and_then(Value::as_u64).ok_or_else(|| missing("version.number"))?;
    Ok(Update {
        status: new_status(document)?,
        title: text(document, "title").ok_or_else(|| missing("title"))?.to_owned(),
        body: storage::read_body(document.get("body").ok_or_else(|| missing("body"))?)?,
        number,
        message: text(version, "message").unwrap_or_default().to_owned(),
        minor: version.get("minorEdit").and_then(Value::as_bool).unwrap_or_default(),
        parent: id_field(document, "parentId")?,
        owner: text(document, "ownerId").map(str::to_owned),
    })
}

pub(super) fn update(call: &Call, world: &mut World) -> Answered {
    let id = call.first_id()?;
    let document = call.json()?;
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let content = sight.changeable(kinds(call), id)?;
    let update = read_update(&document, id)?;
    if id_field(&document, "spaceId")?.is_some_and(|space| space != content.space) {
        return Err(Failure::bad_request("A page cannot be moved to another space by an update"));
    }
    if let Some(parent) = update.parent {
        parent_in(&sight, content.space, parent)?;
        if tree::is_within(site, parent, id) {
            return Err(Failure::bad_request("A page cannot stand below itself"));
        }
    }
    let before = content.status;
    let (kind, space, number) = (content.kind, content.space, update.number);
    if before == ContentStatus::Draft {
        if number != 1 {
            return Err(Failure::conflict("The version number of a draft must be 1"));
        }
    } else {
        edits::check_version(content, number)?;
    }
    if before == ContentStatus::Archived {
        return Err(Failure::bad_request("An archived page cannot be changed"));
    }
    if update.status == ContentStatus::Current {
        edits::check_title(site, kind, space, &update.title, Some(id))?;
    }
    apply(site, call, id, before, update);
    single(call, site, id)
}

fn apply(site: &mut Site, call: &Call, id: Id, before: ContentStatus, update: Update) {
    let Update { status, title, mut body, message, minor, parent, owner, .. } = update;
    if site.rewrites_colours {
        body = storage::with_rgb(&body);
    }
    let Some(content) = site.contents.get_mut(&id) else { return };
    if let Some(owner) = owner {
        content.owner = owner;
    }
    if parent.is_some() && content.kind != ContentKind::BlogPost {
        content.parent = parent;
    }
    match before {
        ContentStatus::Draft => {
            content.status = status;
            if let Some(version) = content.versions.last_mut() {
                (version.title, version.body, version.created) = (title, body, call.now);
            }
        }
        ContentStatus::Trashed => {
            let kept = edits::present(content).map(|version| version.body.clone()).unwrap_or_default();
            content.status = ContentStatus::Current;
            edits::save(site, id, &call.caller.account, call.now, Edit { title, body: kept, message, minor });
        }
        // A draft of a published page is kept beside it, out of sight of every read served here.
        _ if status == ContentStatus::Draft => {}
        _ => edits::save(site, id, &call.caller.account, call.now, Edit { title, body, message, minor }),
    }
}

pub(super) fn retitle(call: &Call, world: &mut World) -> Answered {
    let id = call.first_id()?;
    let document = call.json()?;
    let site = &mut world.site;
    let content = Sight::new(site, &call.caller).changeable(PAGES, id)?;
    let title = text(&document, "title").ok_or_else(|| Failure::bad_request("title must be provided"))?.to_owned();
    if new_status(&document)? != content.status {
        return Err(Failure::bad_request("status must be the page's own"));
    }
    edits::check_title(site, content.kind, content.space, &title, Some(id))?;
    let body = edits::present(content).map(|version| version.body.clone()).unwrap_or_default();
    let edit = Edit { title, body, message: String::new(), minor: false };
    edits::save(site, id, &call.caller.account, call.now, edit);
    single(call, site, id)
}

pub(super) fn delete(call: &Call, world: &mut World) -> Answered {
    let id = call.first_id()?;
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let content = sight.changeable(kinds(call), id)?;
    match deletion(call, &sight, content)? {
        Deletion::Trash => edits::trash(site, id),
        Deletion::ForGood => edits::purge(site, id),
    }
    Ok(Answer::empty(204))
}

enum Deletion {
    Trash,
    ForGood,
}

fn deletion(call: &Call, sight: &Sight<'_>, content: &Content) -> Result<Deletion, Failure> {
    let purge = call.flag("purge")?;
    match (content.status, purge, call.flag("draft")?) {
        (ContentStatus::Trashed, true, _) if sight.administers(content.space) => Ok(Deletion::ForGood),
        (ContentStatus::Trashed, true, _) => Err(Failure::forbidden("content")),
        (_, true, _) => Err(Failure::bad_request("Only content in the trash can be purged")),
        (ContentStatus::Draft, _, true) => Ok(Deletion::ForGood),
        (ContentStatus::Current | ContentStatus::Archived, _, false) => Ok(Deletion::Trash),
        _ => Err(Failure::not_found("content")),
    }
}
