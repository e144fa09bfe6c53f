//! What may stand in the `{…}` of a path.

use crate::domain::ids::{AttachmentId, ContentId, LabelName, SpaceKey};

/// Longest value that is a word.
const LONGEST: usize = 255;

/// Whether a decoded segment can be the value of that variable of a template.
pub(super) fn fits(template: &str, name: &str, segment: &str) -> bool {
    match name {
        "spaceKey" => segment.parse::<SpaceKey>().is_ok(),
        "label" | "labelName" => segment.parse::<LabelName>().is_ok(),
        "attachmentId" | "attachment-id" => segment.parse::<AttachmentId>().is_ok(),
        "id" if template.contains("/v2/attachments/") => segment.parse::<AttachmentId>().is_ok(),
        // Long tasks, conversions, roles and permissions have ids of letters.
        "id" if ["/longtask/", "/convert/", "/space-roles/", "/permission/"]
            .iter()
            .any(|part| template.contains(part)) =>
        {
            is_word(segment)
        }
        // The content of a v1 path may be an attachment, for labels and properties.
        "id" | "contentId" if template.starts_with("/wiki/rest/api/") => segment.parse::<AttachmentId>().is_ok(),
        "version" => segment == "0" || segment.parse::<ContentId>().is_ok(),
        "id" | "page-id" | "blogpost-id" | "custom-content-id" | "whiteboard-id" | "database-id" | "embed-id"
        | "folder-id" | "space-id" | "comment-id" | "property-id" | "version-number" | "versionNumber"
        | "contentId" | "pageId" | "targetId" | "draftId" | "contentTemplateId" => segment.parse::<ContentId>().is_ok(),
        _ => is_word(segment),
    }
}

/// Letters, digits and a few signs, as keys and names of Confluence's own are made of.
fn is_word(segment: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._~:@-".contains(&byte);
    let begins = segment.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'~');
    begins
        && segment.len() <= LONGEST
        && segment.bytes().all(fits)
        && !segment.ends_with('.')
        && !segment.contains("..")
}
