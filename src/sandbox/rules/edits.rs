//! Changes to pages: new ids, titles, versions, trash, purge and restore.

use jiff::Timestamp;

use crate::sandbox::model::{CommentPlace, Content, ContentKind, ContentStatus, Id, Resolution, Site, Version};
use crate::sandbox::rules::tree;
use crate::sandbox::server::answer::Failure;
use crate::sandbox::server::call::Call;

/// Pages of both sorts.
pub(crate) const PAGES: &[ContentKind] = &[ContentKind::Page, ContentKind::LiveDoc];
/// Blog posts.
pub(crate) const BLOG_POSTS: &[ContentKind] = &[ContentKind::BlogPost];
/// Everything that has a body, labels, comments and files.
pub(crate) const DOCUMENTS: &[ContentKind] = &[ContentKind::Page, ContentKind::LiveDoc, ContentKind::BlogPost];
/// The longest title.
const LONGEST_TITLE: usize = 255;

/// Hands out an id.
pub(crate) fn next_id(site: &mut Site) -> Id {
    let id = site.next_id.max(1);
    site.next_id = id + 1;
    id
}

/// The present version of a content.
pub(crate) fn present(content: &Content) -> Option<&Version> {
    content.versions.last()
}

/// The present title of a content.
pub(crate) fn title(content: &Content) -> &str {
    present(content).map_or("", |version| version.title.as_str())
}

/// Refuses a title that is empty, too long, or taken in its space by a current or archived page.
pub(crate) fn check_title(
    site: &Site,
    kind: ContentKind,
    space: Id,
    wanted: &str,
    except: Option<Id>,
) -> Result<(), Failure> {
    if wanted.trim().is_empty() {
        return Err(Failure::bad_request("Title must not be blank"));
    }
    if wanted.chars().count() > LONGEST_TITLE {
        return Err(Failure::bad_request("Title must be at most 255 characters"));
    }
    let family = if kind == ContentKind::BlogPost { BLOG_POSTS } else { PAGES };
    if !family.contains(&kind) {
        return Ok(());
    }
    let taken = site.contents.values().any(|content| {
        content.space == space
            && family.contains(&content.kind)
            && Some(content.id) != except
            && matches!(content.status, ContentStatus::Current | ContentStatus::Archived)
            && title(content).eq_ignore_ascii_case(wanted)
    });
    if taken {
        let what = if kind == ContentKind::BlogPost { "blog post" } else { "page" };
        return Err(Failure::bad_request(format!("A {what} already exists with the same TITLE in this space")));
    }
    Ok(())
}

/// What a new content is made of.
pub(crate) struct NewContent {
    pub(crate) kind: ContentKind,
    pub(crate) space: Id,
    pub(crate) parent: Option<Id>,
    pub(crate) status: ContentStatus,
    pub(crate) title: String,
    pub(crate) body: String,
}

/// Adds a content by the caller; its id.
pub(crate) fn create(site: &mut Site, call: &Call, new: NewContent) -> Id {
    let id = next_id(site);
    let position = tree::last_position(site, new.space, new.parent);
    let account = call.caller.account.clone();
    let version = Version {
        number: 1,
        title: new.title,
        body: new.body,
        author: account.clone(),
        created: call.now,
        message: String::new(),
        minor_edit: false,
    };
    let content = Content {
        id,
        kind: new.kind,
        space: new.space,
        parent: new.parent,
        position,
        status: new.status,
        author: account.clone(),
        owner: account,
        created: call.now,
        versions: vec![version],
        labels: Vec::new(),
        readers: None,
        writers: None,
    };
    site.contents.insert(id, content);
    id
}

/// What a new version says.
pub(crate) struct Edit {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) message: String,
    pub(crate) minor: bool,
}

/// Saves a new version; inline comments whose text is gone are left dangling.
pub(crate) fn save(site: &mut Site, id: Id, author: &str, now: Timestamp, edit: Edit) {
    let Some(content) = site.contents.get_mut(&id) else { return };
    let number = present(content).map_or(0, |version| version.number).saturating_add(1);
    for comment in site.comments.values_mut().filter(|comment| comment.container == id) {
        if let CommentPlace::Inline { marker, resolution, .. } = &mut comment.place {
            let open = matches!(resolution, Resolution::Open | Resolution::Reopened);
            if open && !edit.body.contains(marker.as_str()) {
                *resolution = Resolution::Dangling;
            }
        }
    }
    content.versions.push(Version {
        number,
        title: edit.title,
        body: edit.body,
        author: author.to_owned(),
        created: now,
        message: edit.message,
        minor_edit: edit.minor,
    });
}

/// Refuses any version but the next.
pub(crate) fn check_version(content: &Content, given: u64) -> Result<(), Failure> {
    let current = present(content).map_or(0, |version| u64::from(version.number));
    if given == current + 1 {
        return Ok(());
    }
    Err(Failure::conflict(format!(
        "Version must be incremented when updating a page. Current Version: [{current}]. Provided version: [{given}]"
    )))
}

/// Puts a content into the trash; its children move up to its parent.
pub(crate) fn trash(site: &mut Site, id: Id) {
    let parent = site.contents.get(&id).and_then(|content| content.parent);
    for child in site.contents.values_mut().filter(|content| content.parent == Some(id)) {
        child.parent = parent;
    }
    if let Some(content) = site.contents.get_mut(&id) {
        content.status = ContentStatus::Trashed;
    }
}

/// Removes a content for good, with its comments and files.
pub(crate) fn purge(site: &mut Site, id: Id) {
    site.contents.remove(&id);
    site.comments.retain(|_, comment| comment.container != id);
    site.attachments.retain(|_, attachment| attachment.container != id);
    for child in site.contents.values_mut().filter(|content| content.parent == Some(id)) {
        child.parent = None;
    }
}
