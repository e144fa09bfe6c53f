//! The tree: folders and other nodes by v2; moves, copies, archiving and the long tasks they begin by v1, which alone has
//! them. Nothing here copies onto a page that is there, and nothing takes a whole tree away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::access::{Create, Delete, Read, Update};
use crate::domain::ids::{ContentId, LongTaskId, SpaceId};
use crate::domain::place::{NodeKind, Parent};

use super::Paging;
use crate::confluence::request::{PostDelete, Request};

/// What stands directly under something, in its order, at most 250.
pub fn children(parent: &Parent) -> Request<Read> {
    let template = match parent {
        Parent::Page(_) => "/wiki/api/v2/pages/{id}/direct-children",
        Parent::Node(NodeKind::Folder, _) => "/wiki/api/v2/folders/{id}/direct-children",
        Parent::Node(NodeKind::Whiteboard, _) => "/wiki/api/v2/whiteboards/{id}/direct-children",
        Parent::Node(NodeKind::Database, _) => "/wiki/api/v2/databases/{id}/direct-children",
        Parent::Node(NodeKind::SmartLink, _) => "/wiki/api/v2/embeds/{id}/direct-children",
    };
    Request::get(template, &[parent.id().as_str()]).with("limit", super::MOST_PER_LIST)
}

/// The ancestors of a page or node, top first: ids and types only.
pub fn ancestors(of: &Parent) -> Request<Read> {
    let template = match of {
        Parent::Page(_) => "/wiki/api/v2/pages/{id}/ancestors",
        Parent::Node(NodeKind::Folder, _) => "/wiki/api/v2/folders/{id}/ancestors",
        Parent::Node(NodeKind::Whiteboard, _) => "/wiki/api/v2/whiteboards/{id}/ancestors",
        Parent::Node(NodeKind::Database, _) => "/wiki/api/v2/databases/{id}/ancestors",
        Parent::Node(NodeKind::SmartLink, _) => "/wiki/api/v2/embeds/{id}/ancestors",
    };
    Request::get(template, &[of.id().as_str()]).with("limit", super::MOST_PER_LIST)
}

/// A node as it shall be.
#[derive(Clone, Debug)]
pub struct NewNode<'a> {
    /// What it is.
    pub kind: NodeKind,
    /// The space it will live in.
    pub space: &'a SpaceId,
    /// Its title.
    pub title: &'a str,
    /// What it will stand under; at the top of the space where nothing is named.
    pub parent: Option<&'a ContentId>,
    /// Where a smart link leads.
    pub url: Option<&'a str>,
}

/// Makes a folder or another node.
pub fn create_node(node: &NewNode<'_>) -> Request<Create> {
    let template = match node.kind {
        NodeKind::Folder => "/wiki/api/v2/folders",
        NodeKind::Whiteboard => "/wiki/api/v2/whiteboards",
        NodeKind::Database => "/wiki/api/v2/databases",
        NodeKind::SmartLink => "/wiki/api/v2/embeds",
    };
    let mut body = json!({ "spaceId": node.space, "title": node.title });
    if let Some(fields) = body.as_object_mut() {
        fields.extend(node.parent.map(|parent| ("parentId".to_owned(), json!(parent))));
        fields.extend(node.url.map(|url| ("embedUrl".to_owned(), json!(url))));
    }
    Request::create(template, &[]).json(&body)
}

/// Moves a folder or another node to the trash.
pub fn trash_node(kind: NodeKind, id: &ContentId) -> Request<Delete> {
    let template = match kind {
        NodeKind::Folder => "/wiki/api/v2/folders/{id}",
        NodeKind::Whiteboard => "/wiki/api/v2/whiteboards/{id}",
        NodeKind::Database => "/wiki/api/v2/databases/{id}",
        NodeKind::SmartLink => "/wiki/api/v2/embeds/{id}",
    };
    Request::delete(template, &[id.as_str()])
}

/// Where a page goes, seen from the one it is moved to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Under the same parent, before it.
    Before,
    /// Under the same parent, after it.
    After,
    /// Under it, after its other children.
    #[default]
    Append,
}

impl Position {
    /// As the path spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Append => "append",
        }
    }
}

/// Moves a page with all that stands below it, into the space of the target.
pub fn move_page(page: &ContentId, position: Position, target: &ContentId) -> Request<Update> {
    let template = "/wiki/rest/api/content/{pageId}/move/{position}/{targetId}";
    Request::update(template, &[page.as_str(), position.word(), target.as_str()])
}

/// What every copy takes along. The restrictions too: what few may read must not be read by more.
fn taken_along() -> Value {
    json!({
        "copyAttachments": true,
        "copyPermissions": true,
        "copyProperties": true,
        "copyLabels": true,
        "copyCustomContents": true,
    })
}

/// Copies one page under a parent, never onto a page that is there.
pub fn copy_page(page: &ContentId, title: &str, parent: &Parent) -> Request<Create> {
    let kind = match parent {
        Parent::Page(_) => "parent_page",
        Parent::Node(..) => "parent_content",
    };
    let mut body = taken_along();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("pageTitle".into(), json!(title));
        fields.insert("destination".into(), json!({ "type": kind, "value": parent.id() }));
    }
    Request::create("/wiki/rest/api/content/{id}/copy", &[page.as_str()]).json(&body)
}

/// How the pages of a copied tree are named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Renaming<'a> {
    /// Stands before every title.
    pub prefix: Option<&'a str>,
    /// What is looked for in every title, and what stands there instead.
    pub replace: Option<(&'a str, &'a str)>,
}

impl Renaming<'_> {
    /// The title that a copy gets.
    pub fn of(&self, title: &str) -> String {
        let title = self.replace.map_or_else(|| title.to_owned(), |(find, replace)| title.replace(find, replace));
        format!("{}{title}", self.prefix.unwrap_or_default())
    }

    fn options(&self) -> Value {
        let mut options = serde_json::Map::new();
        options.extend(self.prefix.map(|prefix| ("prefix".to_owned(), json!(prefix))));
        options.extend(self.replace.map(|(find, _)| ("search".to_owned(), json!(find))));
        options.extend(self.replace.map(|(_, replace)| ("replace".to_owned(), json!(replace))));
        Value::Object(options)
    }
}

/// Begins to copy a page with all that stands below it under another page. The answer names a long task.
pub fn copy_page_tree(page: &ContentId, destination: &ContentId, renaming: &Renaming<'_>) -> Request<Create> {
    let mut body = taken_along();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("copyDescendants".into(), json!(true));
        fields.insert("destinationPageId".into(), json!(destination));
        fields.insert("titleOptions".into(), renaming.options());
    }
    Request::create("/wiki/rest/api/content/{id}/pagehierarchy/copy", &[page.as_str()]).json(&body)
}

/// Begins to archive a page. The answer names a long task.
pub fn archive_page(page: &ContentId) -> Request<Delete> {
    // The document asks for numbers here.
    let id = page.as_str().parse::<u64>().map_or_else(|_| json!(page), |number| json!(number));
    Request::delete_by_post(PostDelete::ArchivePages).json(&json!({ "pages": [{ "id": id }] }))
}

/// How far a long task is.
pub fn long_task(id: &LongTaskId) -> Request<Read> {
    Request::get("/wiki/rest/api/longtask/{id}", &[id.as_str()])
}

/// A folder or another node, without what is in it: REST has no way to read the inside of a whiteboard or database.
pub fn get_node(kind: NodeKind, id: &ContentId) -> Request<Read> {
    let template = match kind {
        NodeKind::Folder => "/wiki/api/v2/folders/{id}",
        NodeKind::Whiteboard => "/wiki/api/v2/whiteboards/{id}",
        NodeKind::Database => "/wiki/api/v2/databases/{id}",
        NodeKind::SmartLink => "/wiki/api/v2/embeds/{id}",
    };
    Request::get(template, &[id.as_str()])
}

/// What lies directly under a folder or another node.
pub fn children_of_node(kind: NodeKind, id: &ContentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        NodeKind::Folder => "/wiki/api/v2/folders/{id}/direct-children",
        NodeKind::Whiteboard => "/wiki/api/v2/whiteboards/{id}/direct-children",
        NodeKind::Database => "/wiki/api/v2/databases/{id}/direct-children",
        NodeKind::SmartLink => "/wiki/api/v2/embeds/{id}/direct-children",
    };
    paging.on(Request::get(template, &[id.as_str()]))
}
