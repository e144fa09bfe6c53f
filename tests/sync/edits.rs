//! What people do to a site, at random.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use jiff::Timestamp;
use sluice::sandbox::model::{
    AttachmentVersion, Content, ContentKind, ContentStatus, Id, Label, Site, SpaceKind, SpaceStatus, UserStatus,
};

const PAGES: [ContentKind; 3] = [ContentKind::Page, ContentKind::LiveDoc, ContentKind::BlogPost];

fn some(site: &Site, random: &mut Rng, fits: impl Fn(&Content) -> bool) -> Option<Id> {
    let ids: Vec<Id> = site.contents.values().filter(|content| fits(content)).map(|content| content.id).collect();
    random.choice(ids)
}

fn is_below(site: &Site, id: Id, top: Id) -> bool {
    let mut next = Some(id);
    while let Some(one) = next {
        if one == top {
            return true;
        }
        next = site.contents.get(&one).and_then(|content| content.parent);
    }
    false
}

fn version(site: &mut Site, id: Id, now: Timestamp, change: impl FnOnce(&mut sluice::sandbox::model::Version)) {
    let content = site.contents.get_mut(&id).unwrap();
    let mut version = content.versions.last().unwrap().clone();
    version.number += 1;
    version.created = now;
    change(&mut version);
    content.versions.push(version);
}

/// Moves a page with everything below it, which makes no new version.
fn move_page(site: &mut Site, random: &mut Rng, across: bool) {
    let page = |content: &Content| content.kind == ContentKind::Page && content.status == ContentStatus::Current;
    let Some(id) = some(site, random, |content| page(content) && content.parent.is_some()) else { return };
    let space = site.contents[&id].space;
    let fits = |content: &Content| {
        let kind = page(content) || (content.kind == ContentKind::Folder && content.status == ContentStatus::Current);
        kind && (content.space != space) == across && !is_below(site, content.id, id)
    };
    let Some(target) = some(site, random, fits) else { return };
    let below: Vec<Id> = site.contents.keys().copied().filter(|one| is_below(site, *one, id)).collect();
    let target_space = site.contents[&target].space;
    for one in below {
        site.contents.get_mut(&one).unwrap().space = target_space;
    }
    site.contents.get_mut(&id).unwrap().parent = Some(target);
}

fn make(site: &mut Site, random: &mut Rng, now: Timestamp) {
    let Some(model) = some(site, random, |one| PAGES.contains(&one.kind) && one.status == ContentStatus::Current)
    else {
        return;
    };
    let mut content = site.contents[&model].clone();
    let id = site.next_id;
    site.next_id += 1;
    (content.id, content.created, content.labels, content.readers) = (id, now, Vec::new(), None);
    let mut version = content.versions.pop().unwrap();
    (version.number, version.created, version.title) = (1, now, format!("New {id}"));
    content.versions = vec![version];
    site.contents.insert(id, content);
}

fn file(site: &mut Site, random: &mut Rng, now: Timestamp) {
    let ids: Vec<Id> = site.attachments.keys().copied().collect();
    let Some(id) = random.choice(ids) else { return };
    let author = site.users.keys().next().unwrap().clone();
    match random.u8(0..4) {
        0 => site.attachments.get_mut(&id).unwrap().status = ContentStatus::Trashed,
        1 => drop(site.attachments.remove(&id)),
        2 => {
            let file = site.attachments.get_mut(&id).unwrap();
            let number = file.versions.last().unwrap().number + 1;
            let (bytes, comment) = (vec![1; 99], String::new());
            file.versions.push(AttachmentVersion { number, bytes, author, created: now, comment });
        }
        _ => {
            let Some(container) = some(site, random, |one| one.kind == ContentKind::Page) else { return };
            let mut file = site.attachments[&id].clone();
            file.id = site.next_id;
            site.next_id += 1;
            (file.container, file.title) = (container, format!("new-{}.txt", file.id));
            (file.versions[0].created, file.status) = (now, ContentStatus::Current);
            file.versions.truncate(1);
            site.attachments.insert(file.id, file);
        }
    }
}

fn space(site: &mut Site, random: &mut Rng) {
    let ids: Vec<Id> = site.spaces.keys().copied().collect();
    let Some(id) = random.choice(ids) else { return };
    let space = site.spaces.get_mut(&id).unwrap();
    match random.u8(0..7) {
        0 => space.status = SpaceStatus::Archived,
        1 => space.status = SpaceStatus::Trashed,
        2 => space.kind = SpaceKind::Personal,
        3 => space.name.push('+'),
        4 => drop(site.spaces.remove(&id)),
        _ => (space.status, space.kind) = (SpaceStatus::Current, SpaceKind::Global),
    }
    let spaces = &site.spaces;
    site.contents.retain(|_, content| spaces.contains_key(&content.space));
    let contents = &site.contents;
    site.attachments.retain(|_, file| contents.contains_key(&file.container));
}

/// One thing that somebody does.
pub(crate) fn edit(site: &mut Site, random: &mut Rng, now: Timestamp) {
    let current = |content: &Content| PAGES.contains(&content.kind) && content.status == ContentStatus::Current;
    let Some(id) = some(site, random, current) else { return };
    let admin = site.users.values().find(|user| user.admin).unwrap().account_id.clone();
    let label = Label { id: 1, prefix: "global".into(), name: format!("l{}", random.u8(0..4)) };
    match random.u8(0..16) {
        0 | 1 => version(site, id, now, |version| version.body.push_str("<p>more</p>")),
        2 => version(site, id, now, |version| version.title.push('!')),
        3 | 4 => move_page(site, random, false),
        5 => move_page(site, random, true),
        6 => site.contents.get_mut(&id).unwrap().readers = Some(BTreeSet::from([admin])),
        7 => site.contents.get_mut(&id).unwrap().readers = Some(BTreeSet::from(["712020:somebody".to_owned()])),
        8 => site.contents.values_mut().for_each(|content| content.readers = None),
        9 => site.contents.get_mut(&id).unwrap().status = ContentStatus::Trashed,
        10 => {
            let gone = |content: &Content| PAGES.contains(&content.kind) && content.status != ContentStatus::Current;
            if let Some(id) = some(site, random, gone) {
                site.contents.get_mut(&id).unwrap().status = ContentStatus::Current;
            }
        }
        11 => site.contents.get_mut(&id).unwrap().labels = vec![label],
        12 if site.contents[&id].kind != ContentKind::BlogPost => {
            site.contents.get_mut(&id).unwrap().status = ContentStatus::Archived;
        }
        13 => make(site, random, now),
        14 => file(site, random, now),
        _ => {
            if let Some(id) = some(site, random, |content| content.kind == ContentKind::Folder) {
                version(site, id, now, |version| version.title.push('?'));
            }
        }
    }
}

/// The same, now and then to a whole space.
pub(crate) fn edit_anything(site: &mut Site, random: &mut Rng, now: Timestamp) {
    if random.u8(0..12) == 0 { space(site, random) } else { edit(site, random, now) }
}

/// Closes an account.
pub(crate) fn close(users: &mut BTreeMap<String, sluice::sandbox::model::User>, account: &str) {
    users.get_mut(account).unwrap().status = UserStatus::Closed;
}

/// The same pages, all in one space, so that its listing has several parts.
pub(crate) fn in_one_space(mut site: Site) -> Site {
    let space = *site.spaces.keys().next().unwrap();
    for content in site.contents.values_mut() {
        content.space = space;
    }
    site
}

/// Writes a page anew, at that time by the site's clock.
pub(crate) fn rewrite(site: &mut Site, id: Id, body: &str, now: Timestamp) {
    version(site, id, now, |version| version.body = body.to_owned());
}

/// The current pages.
pub(crate) fn pages(site: &Site) -> Vec<Id> {
    let is_page = |content: &&Content| content.kind == ContentKind::Page && content.status == ContentStatus::Current;
    site.contents.values().filter(is_page).map(|content| content.id).collect()
}
