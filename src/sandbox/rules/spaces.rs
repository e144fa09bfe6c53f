//! New spaces, with the homepage each of them starts with.

use std::collections::BTreeSet;

use crate::sandbox::model::{ContentKind, ContentStatus, Id, Site, Space, SpaceKind, SpaceStatus};
use crate::sandbox::rules::edits::{NewContent, create as create_content, next_id};
use crate::sandbox::server::answer::Failure;
use crate::sandbox::server::call::Call;

/// Who may see a new space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Everyone,
    OnlyTheAuthor,
}

/// Adds a space by the caller; its id.
pub(crate) fn create(
    site: &mut Site,
    call: &Call,
    key: &str,
    name: &str,
    description: &str,
    audience: Audience,
) -> Result<Id, Failure> {
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err(Failure::bad_request("Space name must have 1 to 200 characters"));
    }
    let plain = key.strip_prefix('~').unwrap_or(key);
    if plain.is_empty() || key.len() > 255 || !plain.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return Err(Failure::bad_request("Space key must be alphanumeric"));
    }
    if site.spaces.values().any(|space| space.key.eq_ignore_ascii_case(key)) {
        return Err(Failure::bad_request(format!("A space already exists with key {key}")));
    }
    let id = next_id(site);
    let author = call.caller.account.clone();
    let viewers = (audience == Audience::OnlyTheAuthor).then(|| BTreeSet::from([author.clone()]));
    let kind = if key.starts_with('~') { SpaceKind::Personal } else { SpaceKind::Global };
    let space = Space {
        id,
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        status: SpaceStatus::Current,
        description: description.to_owned(),
        author,
        created: call.now,
        homepage: None,
        viewers,
        editors: None,
        labels: Vec::new(),
    };
    site.spaces.insert(id, space);
    let home = NewContent {
        kind: ContentKind::Page,
        space: id,
        parent: None,
        status: ContentStatus::Current,
        title: format!("{name} Home"),
        body: format!("<p>Welcome to {}.</p>", name.replace('&', "&amp;").replace('<', "&lt;")),
    };
    let homepage = create_content(site, call, home);
    if let Some(space) = site.spaces.get_mut(&id) {
        space.homepage = Some(homepage);
    }
    Ok(id)
}
