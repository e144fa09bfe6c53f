//! A folder, whiteboard, database or smart link, as the tools that read one answer it.

use schemars::JsonSchema;
use serde::Serialize;

use super::header::{minute, name, space_key};
use crate::confluence::api::tree::get_node;
use crate::confluence::model::TreeNode;
use crate::domain::access::Read;
use crate::domain::ids::ContentId;
use crate::domain::place::NodeKind;
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ToolError};

/// What there is to know of it; what is inside, REST does not tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Described {
    /// Id.
    id: String,
    /// `folder`, `whiteboard`, `database` or `smart link`.
    r#type: &'static str,
    /// Title.
    title: String,
    /// Key of its space.
    space: String,
    /// `current`, `archived` or `trashed`.
    status: String,
    /// What it lies under.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// When it was made, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// Where a smart link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    /// Where people open it.
    url: String,
}

impl Text for Described {
    fn text(&self) -> String {
        let mut facts = vec![format!("{} {} {}", self.r#type, self.id, quoted(&self.title, 255))];
        facts.push(format!("space {}", self.space));
        if self.status != "current" {
            facts.push(format!("status {}", quoted(&self.status, 20)));
        }
        facts.extend(self.parent_id.as_ref().map(|parent| format!("under {parent}")));
        facts.extend(self.created.as_ref().map(|created| format!("made {created}")));
        facts.extend(self.author.as_ref().map(|author| format!("by {author}")));
        facts.extend(self.target.as_ref().map(|target| format!("leads to {}", quoted(target, 500))));
        facts.push(self.url.clone());
        facts.join(" · ")
    }
}

/// Reads one.
pub(super) async fn read(
    kind: NodeKind,
    id: &ContentId,
    permit: &Permit<Read>,
    context: &Context,
) -> Result<Unsifted<Described>, ToolError> {
    let node: TreeNode = context.client.send(permit, get_node(kind, id)).await?.json()?;
    context.sees(&node.place(kind)).await?;
    let (word, segment) = match kind {
        NodeKind::Folder => ("folder", "folder"),
        NodeKind::Whiteboard => ("whiteboard", "whiteboard"),
        NodeKind::Database => ("database", "database"),
        NodeKind::SmartLink => ("smart link", "embed"),
    };
    let space = space_key(&node.space_id, context).await;
    let author = match &node.author_id {
        Some(author) => Some(name(author, context).await),
        None => None,
    };
    let described = Described {
        id: node.id.to_string(),
        r#type: word,
        title: clean_text(&node.title).text,
        // Their own answer has no link.
        url: context.url(Some(&format!("/spaces/{space}/{segment}/{}", node.id))),
        space,
        status: clean_text(&node.status).text,
        parent_id: node.parent_id.as_ref().map(ToString::to_string),
        author,
        created: node.created_at.map(minute),
        target: node.embed_url.as_deref().map(|target| clean_text(target).text),
    };
    Ok(Unsifted::one(node.place(kind), described))
}
