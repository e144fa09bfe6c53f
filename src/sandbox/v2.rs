//! The second generation of Confluence's REST interface, `/wiki/api/v2`.

mod attachments;
mod comment_edits;
mod comments;
mod document_edits;
mod documents;
mod labels;
mod nodes;
mod render;
mod spaces;
mod tree;
mod users;
mod versions;

use super::server::routes::Operation;

pub(crate) use render::{moment, web_path};

const READ_PAGE: &str = "read:page:confluence";
const WRITE_PAGE: &str = "write:page:confluence";
const DELETE_PAGE: &str = "delete:page:confluence";
const READ_COMMENT: &str = "read:comment:confluence";
const WRITE_COMMENT: &str = "write:comment:confluence";
const DELETE_COMMENT: &str = "delete:comment:confluence";
const READ_SPACE: &str = "read:space:confluence";
const READ_ATTACHMENT: &str = "read:attachment:confluence";
const READ_TREE: &str = "read:hierarchical-content:confluence";
const READ_METADATA: &str = "read:content.metadata:confluence";

/// Pages and blog posts.
pub(crate) const PAGES: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/pages", READ_PAGE, documents::list),
    Operation::new("POST", "/wiki/api/v2/pages", WRITE_PAGE, document_edits::create),
    Operation::new("GET", "/wiki/api/v2/pages/{id}", READ_PAGE, documents::get),
    Operation::new("PUT", "/wiki/api/v2/pages/{id}", WRITE_PAGE, document_edits::update),
    Operation::new("DELETE", "/wiki/api/v2/pages/{id}", DELETE_PAGE, document_edits::delete),
    Operation::new("PUT", "/wiki/api/v2/pages/{id}/title", WRITE_PAGE, document_edits::retitle),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/versions", READ_PAGE, versions::of_document),
    Operation::new(
        "GET",
        "/wiki/api/v2/pages/{page-id}/versions/{version-number}",
        READ_PAGE,
        versions::one_of_document,
    ),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/operations", READ_PAGE, documents::operations),
    Operation::new("GET", "/wiki/api/v2/blogposts", READ_PAGE, documents::list),
    Operation::new("POST", "/wiki/api/v2/blogposts", WRITE_PAGE, document_edits::create),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}", READ_PAGE, documents::get),
    Operation::new("PUT", "/wiki/api/v2/blogposts/{id}", WRITE_PAGE, document_edits::update),
    Operation::new("DELETE", "/wiki/api/v2/blogposts/{id}", DELETE_PAGE, document_edits::delete),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/versions", READ_PAGE, versions::of_document),
    Operation::new(
        "GET",
        "/wiki/api/v2/blogposts/{blogpost-id}/versions/{version-number}",
        READ_PAGE,
        versions::one_of_document,
    ),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/operations", READ_PAGE, documents::operations),
];

/// The tree, and what stands in it besides pages.
pub(crate) const TREE: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/pages/{id}/children", READ_PAGE, tree::child_pages),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/direct-children", READ_TREE, tree::direct_children),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/descendants", READ_TREE, tree::descendants),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/ancestors", READ_METADATA, tree::ancestors),
    Operation::new("POST", "/wiki/api/v2/folders", "write:folder:confluence", nodes::create),
    Operation::new("GET", "/wiki/api/v2/folders/{id}", "read:folder:confluence", nodes::get),
    Operation::new("DELETE", "/wiki/api/v2/folders/{id}", "delete:folder:confluence", nodes::delete),
    Operation::new("GET", "/wiki/api/v2/folders/{id}/operations", "read:folder:confluence", nodes::operations),
    Operation::new("GET", "/wiki/api/v2/folders/{id}/direct-children", READ_TREE, tree::direct_children),
    Operation::new("GET", "/wiki/api/v2/folders/{id}/descendants", READ_TREE, tree::descendants),
    Operation::new("GET", "/wiki/api/v2/folders/{id}/ancestors", READ_METADATA, tree::ancestors),
    Operation::new("POST", "/wiki/api/v2/whiteboards", "write:whiteboard:confluence", nodes::create),
    Operation::new("GET", "/wiki/api/v2/whiteboards/{id}", "read:whiteboard:confluence", nodes::get),
    Operation::new("DELETE", "/wiki/api/v2/whiteboards/{id}", "delete:whiteboard:confluence", nodes::delete),
    Operation::new("GET", "/wiki/api/v2/whiteboards/{id}/operations", "read:whiteboard:confluence", nodes::operations),
    Operation::new("GET", "/wiki/api/v2/whiteboards/{id}/direct-children", READ_TREE, tree::direct_children),
    Operation::new("GET", "/wiki/api/v2/whiteboards/{id}/descendants", READ_TREE, tree::descendants),
    Operation::new("GET", "/wiki/api/v2/whiteboards/{id}/ancestors", READ_METADATA, tree::ancestors),
    Operation::new("POST", "/wiki/api/v2/databases", "write:database:confluence", nodes::create),
    Operation::new("GET", "/wiki/api/v2/databases/{id}", "read:database:confluence", nodes::get),
    Operation::new("DELETE", "/wiki/api/v2/databases/{id}", "delete:database:confluence", nodes::delete),
    Operation::new("GET", "/wiki/api/v2/databases/{id}/operations", "read:database:confluence", nodes::operations),
    Operation::new("GET", "/wiki/api/v2/databases/{id}/direct-children", READ_TREE, tree::direct_children),
    Operation::new("GET", "/wiki/api/v2/databases/{id}/descendants", READ_TREE, tree::descendants),
    Operation::new("GET", "/wiki/api/v2/databases/{id}/ancestors", READ_METADATA, tree::ancestors),
    Operation::new("POST", "/wiki/api/v2/embeds", "write:embed:confluence", nodes::create),
    Operation::new("GET", "/wiki/api/v2/embeds/{id}", "read:embed:confluence", nodes::get),
    Operation::new("DELETE", "/wiki/api/v2/embeds/{id}", "delete:embed:confluence", nodes::delete),
    Operation::new("GET", "/wiki/api/v2/embeds/{id}/operations", "read:embed:confluence", nodes::operations),
    Operation::new("GET", "/wiki/api/v2/embeds/{id}/direct-children", READ_TREE, tree::direct_children),
    Operation::new("GET", "/wiki/api/v2/embeds/{id}/descendants", READ_TREE, tree::descendants),
    Operation::new("GET", "/wiki/api/v2/embeds/{id}/ancestors", READ_METADATA, tree::ancestors),
    Operation::new("POST", "/wiki/api/v2/content/convert-ids-to-types", READ_METADATA, tree::types_of_ids),
];

/// Footer and inline comments.
pub(crate) const COMMENTS: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/pages/{id}/footer-comments", READ_COMMENT, comments::of_document),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/inline-comments", READ_COMMENT, comments::of_document),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/footer-comments", READ_COMMENT, comments::of_document),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/inline-comments", READ_COMMENT, comments::of_document),
    Operation::new("GET", "/wiki/api/v2/attachments/{id}/footer-comments", READ_COMMENT, comments::of_attachment),
    Operation::new("GET", "/wiki/api/v2/footer-comments", READ_COMMENT, comments::list),
    Operation::new("POST", "/wiki/api/v2/footer-comments", WRITE_COMMENT, comment_edits::create),
    Operation::new("GET", "/wiki/api/v2/footer-comments/{comment-id}", READ_COMMENT, comments::get),
    Operation::new("PUT", "/wiki/api/v2/footer-comments/{comment-id}", WRITE_COMMENT, comment_edits::update),
    Operation::new("DELETE", "/wiki/api/v2/footer-comments/{comment-id}", DELETE_COMMENT, comment_edits::delete),
    Operation::new("GET", "/wiki/api/v2/footer-comments/{id}/children", READ_COMMENT, comments::children),
    Operation::new("GET", "/wiki/api/v2/footer-comments/{id}/operations", READ_COMMENT, comments::operations),
    Operation::new("GET", "/wiki/api/v2/footer-comments/{id}/versions", READ_COMMENT, versions::of_comment),
    Operation::new(
        "GET",
        "/wiki/api/v2/footer-comments/{id}/versions/{version-number}",
        READ_COMMENT,
        versions::one_of_comment,
    ),
    Operation::new("GET", "/wiki/api/v2/inline-comments", READ_COMMENT, comments::list),
    Operation::new("POST", "/wiki/api/v2/inline-comments", WRITE_COMMENT, comment_edits::create),
    Operation::new("GET", "/wiki/api/v2/inline-comments/{comment-id}", READ_COMMENT, comments::get),
    Operation::new("PUT", "/wiki/api/v2/inline-comments/{comment-id}", WRITE_COMMENT, comment_edits::update),
    Operation::new("DELETE", "/wiki/api/v2/inline-comments/{comment-id}", DELETE_COMMENT, comment_edits::delete),
    Operation::new("GET", "/wiki/api/v2/inline-comments/{id}/children", READ_COMMENT, comments::children),
    Operation::new("GET", "/wiki/api/v2/inline-comments/{id}/operations", READ_COMMENT, comments::operations),
    Operation::new("GET", "/wiki/api/v2/inline-comments/{id}/versions", READ_COMMENT, versions::of_comment),
    Operation::new(
        "GET",
        "/wiki/api/v2/inline-comments/{id}/versions/{version-number}",
        READ_COMMENT,
        versions::one_of_comment,
    ),
];

/// Spaces and people.
pub(crate) const SPACES: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/spaces", READ_SPACE, spaces::list),
    Operation::new("POST", "/wiki/api/v2/spaces", "write:space:confluence", spaces::create),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}", READ_SPACE, spaces::get),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}/pages", READ_PAGE, documents::in_space),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}/blogposts", READ_PAGE, documents::in_space),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}/labels", READ_SPACE, labels::of_space),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}/content/labels", READ_SPACE, labels::in_space),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}/operations", READ_SPACE, spaces::operations),
    Operation::new("POST", "/wiki/api/v2/users-bulk", "read:user:confluence", users::bulk),
];

/// Files on pages and blog posts.
pub(crate) const ATTACHMENTS: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/attachments", READ_ATTACHMENT, attachments::list),
    Operation::new("GET", "/wiki/api/v2/attachments/{id}", READ_ATTACHMENT, attachments::get),
    Operation::new("DELETE", "/wiki/api/v2/attachments/{id}", "delete:attachment:confluence", attachments::delete),
    Operation::new("GET", "/wiki/api/v2/attachments/{id}/labels", READ_ATTACHMENT, labels::of_attachment),
    Operation::new("GET", "/wiki/api/v2/attachments/{id}/operations", READ_ATTACHMENT, attachments::operations),
    Operation::new("GET", "/wiki/api/v2/attachments/{id}/versions", READ_ATTACHMENT, versions::of_attachment),
    Operation::new(
        "GET",
        "/wiki/api/v2/attachments/{attachment-id}/versions/{version-number}",
        READ_ATTACHMENT,
        versions::one_of_attachment,
    ),
    Operation::new("GET", "/wiki/api/v2/attachments/{id}/thumbnail/download", READ_ATTACHMENT, attachments::thumbnail),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/attachments", READ_ATTACHMENT, attachments::of_document),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/attachments", READ_ATTACHMENT, attachments::of_document),
];

/// Labels and what carries them.
pub(crate) const LABELS: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/labels", "read:label:confluence", labels::list),
    Operation::new("GET", "/wiki/api/v2/labels/{id}/pages", READ_PAGE, labels::documents_with),
    Operation::new("GET", "/wiki/api/v2/labels/{id}/blogposts", READ_PAGE, labels::documents_with),
    Operation::new("GET", "/wiki/api/v2/labels/{id}/attachments", READ_ATTACHMENT, labels::attachments_with),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/labels", READ_PAGE, labels::of_document),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/labels", READ_PAGE, labels::of_document),
];
