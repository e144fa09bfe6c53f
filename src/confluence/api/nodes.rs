//! Folders, whiteboards, databases and smart links: read, and what lies under them (v2).

use crate::domain::access::Read;
use crate::domain::ids::ContentId;
use crate::domain::place::NodeKind;

use super::Paging;
use crate::confluence::request::Request;

/// One of them, without what is in it: REST has no way to read the inside of a whiteboard or database.
pub fn get_node(kind: NodeKind, id: &ContentId) -> Request<Read> {
    let template = match kind {
        NodeKind::Folder => "/wiki/api/v2/folders/{id}",
        NodeKind::Whiteboard => "/wiki/api/v2/whiteboards/{id}",
        NodeKind::Database => "/wiki/api/v2/databases/{id}",
        NodeKind::SmartLink => "/wiki/api/v2/embeds/{id}",
    };
    Request::get(template, &[id.as_str()])
}

/// What lies directly under it.
pub fn children_of_node(kind: NodeKind, id: &ContentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        NodeKind::Folder => "/wiki/api/v2/folders/{id}/direct-children",
        NodeKind::Whiteboard => "/wiki/api/v2/whiteboards/{id}/direct-children",
        NodeKind::Database => "/wiki/api/v2/databases/{id}/direct-children",
        NodeKind::SmartLink => "/wiki/api/v2/embeds/{id}/direct-children",
    };
    paging.on(Request::get(template, &[id.as_str()]))
}
