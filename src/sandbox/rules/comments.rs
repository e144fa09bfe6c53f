//! Changes to comments: marks on the page's text, replies, resolution, deletion for good.

use crate::sandbox::model::{Comment, CommentPlace, Id, Resolution, Site, Version};
use crate::sandbox::rules::edits::next_id;
use crate::sandbox::rules::quotes;
use crate::sandbox::server::answer::Failure;
use crate::sandbox::server::call::Call;

/// The text an inline comment is put on.
pub(crate) struct Selection {
    pub(crate) text: String,
    pub(crate) count: usize,
    pub(crate) index: usize,
}

/// Marks a piece of a page's text; where the comment then stands.
pub(crate) fn mark(site: &mut Site, page: Id, selection: Selection) -> Result<CommentPlace, Failure> {
    let reference = format!("{:08x}-5a9d-4d3e-9a53-{:012x}", page & 0xffff_ffff, next_id(site));
    let version = site.contents.get_mut(&page).and_then(|content| content.versions.last_mut());
    let version = version.ok_or_else(|| Failure::not_found("page"))?;
    let found = quotes::places(&version.body, &selection.text);
    if found.len() != selection.count {
        return Err(Failure::bad_request(format!(
            "textSelectionMatchCount is {} but the text occurs {} times",
            selection.count,
            found.len()
        )));
    }
    let pieces = found.get(selection.index);
    let pieces =
        pieces.ok_or_else(|| Failure::bad_request("textSelectionMatchIndex must be below textSelectionMatchCount"))?;
    for piece in pieces.iter().rev() {
        version.body.insert_str(piece.end, "</ac:inline-comment-marker>");
        version.body.insert_str(piece.start, &format!("<ac:inline-comment-marker ac:ref=\"{reference}\">"));
    }
    Ok(CommentPlace::Inline { marker: reference, original_selection: selection.text, resolution: Resolution::Open })
}

/// Adds a comment by the caller; its id.
pub(crate) fn create(
    site: &mut Site,
    call: &Call,
    container: Id,
    parent: Option<Id>,
    place: CommentPlace,
    body: String,
) -> Id {
    let id = next_id(site);
    let version = Version {
        number: 1,
        title: String::new(),
        body,
        author: call.caller.account.clone(),
        created: call.now,
        message: String::new(),
        minor_edit: false,
    };
    let comment = Comment {
        id,
        container,
        parent,
        place,
        author: call.caller.account.clone(),
        created: call.now,
        versions: vec![version],
    };
    site.comments.insert(id, comment);
    id
}

/// Removes a comment and everything that answers it, for good.
pub(crate) fn remove(site: &mut Site, id: Id) {
    let mut gone = vec![id];
    while let Some(next) = gone.pop() {
        site.comments.remove(&next);
        gone.extend(site.comments.values().filter(|comment| comment.parent == Some(next)).map(|comment| comment.id));
    }
}

/// Resolves an inline comment or opens it again.
pub(crate) fn set_resolved(comment: &mut Comment, resolved: bool) {
    if let CommentPlace::Inline { resolution, .. } = &mut comment.place {
        *resolution = match (resolved, *resolution) {
            (true, _) => Resolution::Resolved,
            (false, Resolution::Resolved) => Resolution::Reopened,
            (false, before) => before,
        };
    }
}
