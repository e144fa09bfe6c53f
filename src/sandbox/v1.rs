//! The first generation of Confluence's REST interface, `/wiki/rest/api`: what v2 lacks, and the old calls Basic callers still get.

mod attachments;
mod content;
mod content_edits;
mod copies;
mod labels;
mod moves;
mod render;
mod restrictions;
mod search;
mod spaces;
mod tasks;
mod users;

use super::server::routes::Operation;

pub(crate) use render::offset_list;
pub(crate) use spaces::delete as delete_space;
pub(crate) use users::person;

/// Scopes without which no token deletes a space.
pub(crate) const DELETE_SPACE_SCOPES: &str =
    "read:content.metadata:confluence delete:space:confluence|write:confluence-space";

const READ_DETAILS: &str = "read:content-details:confluence|read:confluence-user";
const SEARCH_SCOPES: &str = "read:content-details:confluence|search:confluence";
const WRITE_PAGE: &str = "write:page:confluence|write:confluence-content";
const ARCHIVE: &str = "read:content.metadata:confluence write:page:confluence|write:confluence-content";
const COPY: &str = "read:content-details:confluence write:page:confluence|write:confluence-content";
const RESTORE: &str = "read:content-details:confluence write:content:confluence|write:confluence-content";
const DELETE_TREE: &str = "delete:content:confluence|write:confluence-content";
const ADD_LABEL: &str = "read:label:confluence write:label:confluence|write:confluence-content";
const REMOVE_LABEL: &str = "write:label:confluence|write:confluence-content";
const RESTRICTIONS: &str = "read:content-details:confluence|read:confluence-content.all";
const UPLOAD: &str = "read:content-details:confluence write:attachment:confluence|write:confluence-file";
const RENAME_FILE: &str =
    "read:content-details:confluence write:attachment:confluence|write:confluence-file write:confluence-props";
const DOWNLOAD: &str = "readonly:content.attachment:confluence|read:attachment:confluence";
const WRITE_SPACE: &str =
    "read:space-details:confluence write:space:confluence write:space.permission:confluence|write:confluence-space";
const READ_TASK: &str = "read:content.metadata:confluence|read:confluence-space.summary";

/// Search and people.
pub(crate) const SEARCH: &[Operation] = &[
    Operation::new("GET", "/wiki/rest/api/search", SEARCH_SCOPES, search::everything),
    Operation::new("GET", "/wiki/rest/api/content/search", SEARCH_SCOPES, search::contents),
    Operation::new("GET", "/wiki/rest/api/search/user", "read:content-details:confluence", search::people),
    Operation::new("GET", "/wiki/rest/api/user", READ_DETAILS, users::get),
    Operation::new("GET", "/wiki/rest/api/user/current", READ_DETAILS, users::current),
    Operation::new("GET", "/wiki/rest/api/longtask/{id}", READ_TASK, tasks::get),
];

/// What v2 lacks for pages.
pub(crate) const CONTENT: &[Operation] = &[
    Operation::new("POST", "/wiki/rest/api/content/archive", ARCHIVE, moves::archive),
    Operation::new("DELETE", "/wiki/rest/api/content/{id}/pageTree", DELETE_TREE, moves::delete_tree),
    Operation::new("PUT", "/wiki/rest/api/content/{pageId}/move/{position}/{targetId}", WRITE_PAGE, moves::relocate),
    Operation::new("POST", "/wiki/rest/api/content/{id}/copy", COPY, copies::copy),
    Operation::new("POST", "/wiki/rest/api/content/{id}/pagehierarchy/copy", ARCHIVE, copies::copy_tree),
    Operation::new("POST", "/wiki/rest/api/content/{id}/version", RESTORE, copies::restore),
    Operation::new("POST", "/wiki/rest/api/content/{id}/label", ADD_LABEL, labels::add),
    Operation::new("DELETE", "/wiki/rest/api/content/{id}/label", REMOVE_LABEL, labels::remove),
    Operation::new("DELETE", "/wiki/rest/api/content/{id}/label/{label}", REMOVE_LABEL, labels::remove),
    Operation::new("GET", "/wiki/rest/api/content/{id}/restriction/byOperation", RESTRICTIONS, restrictions::all),
    Operation::new(
        "GET",
        "/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}",
        RESTRICTIONS,
        restrictions::one,
    ),
];

/// Uploads and downloads.
pub(crate) const ATTACHMENTS: &[Operation] = &[
    Operation::new("POST", "/wiki/rest/api/content/{id}/child/attachment", UPLOAD, attachments::create),
    Operation::new("PUT", "/wiki/rest/api/content/{id}/child/attachment", UPLOAD, attachments::create_or_update),
    Operation::new(
        "PUT",
        "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}",
        RENAME_FILE,
        attachments::update_properties,
    ),
    Operation::new(
        "POST",
        "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/data",
        UPLOAD,
        attachments::update,
    ),
    Operation::new(
        "GET",
        "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download",
        DOWNLOAD,
        attachments::download,
    ),
];

/// New spaces and changes to spaces.
pub(crate) const SPACES: &[Operation] = &[
    Operation::new("POST", "/wiki/rest/api/space", WRITE_SPACE, spaces::create),
    Operation::new("POST", "/wiki/rest/api/space/_private", WRITE_SPACE, spaces::create_private),
    Operation::new("PUT", "/wiki/rest/api/space/{spaceKey}", WRITE_SPACE, spaces::update),
    Operation::new("DELETE", "/wiki/rest/api/space/{spaceKey}", DELETE_SPACE_SCOPES, spaces::delete_called),
];

/// Removed for tokens of apps, still served to Basic callers on the site.
pub(crate) const REMOVED: &[Operation] = &[
    Operation::removed("GET", "/wiki/rest/api/content", content::list),
    Operation::removed("POST", "/wiki/rest/api/content", content_edits::create),
    Operation::removed("GET", "/wiki/rest/api/content/{id}", content::get),
    Operation::removed("PUT", "/wiki/rest/api/content/{id}", content_edits::update),
    Operation::removed("DELETE", "/wiki/rest/api/content/{id}", content_edits::delete),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/child", content::all_children),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/child/page", content::child_pages),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/child/comment", content::child_comments),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/child/attachment", content::child_attachments),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/history", content::history),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/label", labels::list),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/property", content::properties),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/property/{key}", content::property),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/version", content::versions),
    Operation::removed("GET", "/wiki/rest/api/content/{id}/version/{versionNumber}", content::version),
    Operation::removed("GET", "/wiki/rest/api/space", spaces::list),
    Operation::removed("GET", "/wiki/rest/api/space/{spaceKey}", spaces::get),
    Operation::removed("GET", "/wiki/rest/api/space/{spaceKey}/content", content::in_space),
    Operation::removed("GET", "/wiki/rest/api/space/{spaceKey}/content/{type}", content::in_space),
];
