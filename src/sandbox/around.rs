//! What hangs around content, in both generations of the interface: properties, tasks, templates, watches, likes, views, groups.

mod changes;
mod groups;
mod likes;
mod permissions;
mod properties;
mod sample;
mod tasks;
mod templates;
mod views;
mod watches;

use super::server::routes::Operation;

pub(crate) use sample::sample;

const READ_PAGE: &str = "read:page:confluence";
const READ_COMMENT: &str = "read:comment:confluence";
const READ_SPACE: &str = "read:space:confluence";
const READ_ATTACHMENT: &str = "read:attachment:confluence";
const READ_TASK: &str = "read:task:confluence";
const READ_TEMPLATE: &str = "read:template:confluence read:content-details:confluence|read:confluence-content.summary";
const READ_WATCHERS: &str = "read:watcher:confluence read:user:confluence|read:confluence-content.summary";
const READ_WATCH: &str = "read:watcher:confluence|read:confluence-content.summary";
const READ_VIEWS: &str = "read:analytics.content:confluence|read:confluence-content.summary";
const READ_GROUP: &str = "read:group:confluence|read:confluence-groups";
const READ_MEMBERS: &str = "read:group:confluence read:user:confluence|read:confluence-groups";

const WRITE_PROPERTY: &str = "read:page:confluence write:page:confluence";
const WRITE_SPACE_PROPERTY: &str = "read:space:confluence write:space:confluence";
const WRITE_WATCH: &str = "write:watcher:confluence|write:confluence-content";

/// Changes to properties of pages and spaces, to tasks and to one's own watches.
pub(crate) const UPKEEP: &[Operation] = &[
    Operation::new("POST", "/wiki/api/v2/pages/{page-id}/properties", WRITE_PROPERTY, changes::create_property),
    Operation::new(
        "PUT",
        "/wiki/api/v2/pages/{page-id}/properties/{property-id}",
        WRITE_PROPERTY,
        changes::update_property,
    ),
    Operation::new(
        "DELETE",
        "/wiki/api/v2/pages/{page-id}/properties/{property-id}",
        WRITE_PROPERTY,
        changes::delete_property,
    ),
    Operation::new("POST", "/wiki/api/v2/spaces/{space-id}/properties", WRITE_SPACE_PROPERTY, changes::create_property),
    Operation::new(
        "PUT",
        "/wiki/api/v2/spaces/{space-id}/properties/{property-id}",
        WRITE_SPACE_PROPERTY,
        changes::update_property,
    ),
    Operation::new("PUT", "/wiki/api/v2/tasks/{id}", "write:task:confluence", changes::update_task),
    Operation::new("POST", "/wiki/rest/api/user/watch/content/{contentId}", WRITE_WATCH, changes::watch),
    Operation::new("DELETE", "/wiki/rest/api/user/watch/content/{contentId}", WRITE_WATCH, changes::unwatch),
];

/// Properties of contents and spaces.
pub(crate) const PROPERTIES: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/pages/{page-id}/properties", READ_PAGE, properties::list),
    Operation::new("GET", "/wiki/api/v2/pages/{page-id}/properties/{property-id}", READ_PAGE, properties::get),
    Operation::new("GET", "/wiki/api/v2/blogposts/{blogpost-id}/properties", READ_PAGE, properties::list),
    Operation::new("GET", "/wiki/api/v2/blogposts/{blogpost-id}/properties/{property-id}", READ_PAGE, properties::get),
    Operation::new("GET", "/wiki/api/v2/attachments/{attachment-id}/properties", READ_ATTACHMENT, properties::list),
    Operation::new(
        "GET",
        "/wiki/api/v2/attachments/{attachment-id}/properties/{property-id}",
        READ_ATTACHMENT,
        properties::get,
    ),
    Operation::new("GET", "/wiki/api/v2/comments/{comment-id}/properties", READ_COMMENT, properties::list),
    Operation::new("GET", "/wiki/api/v2/comments/{comment-id}/properties/{property-id}", READ_COMMENT, properties::get),
    Operation::new("GET", "/wiki/api/v2/folders/{id}/properties", "read:folder:confluence", properties::list),
    Operation::new("GET", "/wiki/api/v2/whiteboards/{id}/properties", "read:whiteboard:confluence", properties::list),
    Operation::new("GET", "/wiki/api/v2/databases/{id}/properties", "read:database:confluence", properties::list),
    Operation::new("GET", "/wiki/api/v2/embeds/{id}/properties", "read:embed:confluence", properties::list),
    Operation::new("GET", "/wiki/api/v2/spaces/{space-id}/properties", READ_SPACE, properties::list),
    Operation::new("GET", "/wiki/api/v2/spaces/{space-id}/properties/{property-id}", READ_SPACE, properties::get),
];

/// Tasks, likes, views, watches, and who may do what in a space.
pub(crate) const ATTENTION: &[Operation] = &[
    Operation::new("GET", "/wiki/api/v2/tasks", READ_TASK, tasks::list),
    Operation::new("GET", "/wiki/api/v2/tasks/{id}", READ_TASK, tasks::get),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/likes/count", READ_PAGE, likes::count),
    Operation::new("GET", "/wiki/api/v2/pages/{id}/likes/users", READ_PAGE, likes::people),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/likes/count", READ_PAGE, likes::count),
    Operation::new("GET", "/wiki/api/v2/blogposts/{id}/likes/users", READ_PAGE, likes::people),
    Operation::new("GET", "/wiki/api/v2/footer-comments/{id}/likes/count", READ_COMMENT, likes::count),
    Operation::new("GET", "/wiki/api/v2/footer-comments/{id}/likes/users", READ_COMMENT, likes::people),
    Operation::new("GET", "/wiki/api/v2/inline-comments/{id}/likes/count", READ_COMMENT, likes::count),
    Operation::new("GET", "/wiki/api/v2/inline-comments/{id}/likes/users", READ_COMMENT, likes::people),
    Operation::new("GET", "/wiki/api/v2/spaces/{id}/permissions", READ_SPACE, permissions::of_space),
    Operation::new("GET", "/wiki/rest/api/analytics/content/{contentId}/views", READ_VIEWS, views::views),
    Operation::new("GET", "/wiki/rest/api/analytics/content/{contentId}/viewers", READ_VIEWS, views::viewers),
    Operation::new("GET", "/wiki/rest/api/content/{id}/notification/child-created", READ_WATCHERS, watches::of_content),
    Operation::new(
        "GET",
        "/wiki/rest/api/space/{spaceKey}/watch",
        "read:watcher:confluence read:user:confluence",
        watches::of_space,
    ),
    Operation::new("GET", "/wiki/rest/api/user/watch/content/{contentId}", READ_WATCH, watches::content_is_watched),
    Operation::new("GET", "/wiki/rest/api/user/watch/space/{spaceKey}", READ_WATCH, watches::space_is_watched),
];

/// Templates, and groups of people.
pub(crate) const TEMPLATES_AND_GROUPS: &[Operation] = &[
    Operation::new("GET", "/wiki/rest/api/template/page", READ_TEMPLATE, templates::list),
    Operation::new("GET", "/wiki/rest/api/template/blueprint", READ_TEMPLATE, templates::list),
    Operation::new("GET", "/wiki/rest/api/template/{contentTemplateId}", READ_TEMPLATE, templates::get),
    Operation::new("GET", "/wiki/rest/api/group", READ_GROUP, groups::list),
    Operation::new("GET", "/wiki/rest/api/group/picker", READ_GROUP, groups::search),
    Operation::new("GET", "/wiki/rest/api/group/by-id", READ_GROUP, groups::get),
    Operation::new("GET", "/wiki/rest/api/group/{groupId}/membersByGroupId", READ_MEMBERS, groups::members),
];
