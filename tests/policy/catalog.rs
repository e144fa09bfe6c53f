//! The tools that permission tables are drawn for.

use sluice::domain::access::AccessClass::{self, Create, Delete, Read, Update};
use sluice::domain::group::Group::{self, Attachments, Pages, Search, Spaces, Users};
use sluice::policy::ToolFacts;

const fn tool(name: &'static str, group: Group, class: AccessClass) -> ToolFacts {
    ToolFacts { name, group, class }
}

pub(super) const TOOLS: [ToolFacts; 32] = [
    tool("get_page", Pages, Read),
    tool("get_page_by_title", Pages, Read),
    tool("list_pages", Pages, Read),
    tool("get_page_children", Pages, Read),
    tool("get_page_ancestors", Pages, Read),
    tool("create_page", Pages, Create),
    tool("update_page", Pages, Update),
    tool("delete_page", Pages, Delete),
    tool("get_blog_post", Pages, Read),
    tool("list_blog_posts", Pages, Read),
    tool("create_blog_post", Pages, Create),
    tool("list_comments", Pages, Read),
    tool("add_comment", Pages, Create),
    tool("reply_to_comment", Pages, Create),
    tool("list_labels", Pages, Read),
    tool("add_labels", Pages, Create),
    tool("remove_label", Pages, Delete),
    tool("list_versions", Pages, Read),
    tool("list_spaces", Spaces, Read),
    tool("get_space", Spaces, Read),
    tool("create_space", Spaces, Create),
    tool("update_space", Spaces, Update),
    tool("search_cql", Search, Read),
    tool("search_text", Search, Read),
    tool("list_attachments", Attachments, Read),
    tool("get_attachment", Attachments, Read),
    tool("download_attachment", Attachments, Read),
    tool("upload_attachment", Attachments, Create),
    tool("delete_attachment", Attachments, Delete),
    tool("get_user", Users, Read),
    tool("search_users", Users, Read),
    tool("get_current_user", Users, Read),
];

pub(super) fn names() -> Vec<&'static str> {
    TOOLS.iter().map(|tool| tool.name).collect()
}

pub(super) fn tool_named(name: &str) -> ToolFacts {
    *TOOLS.iter().find(|tool| tool.name == name).unwrap()
}
