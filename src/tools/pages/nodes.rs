//! What the tools for folders, whiteboards, databases and smart links share.

use schemars::JsonSchema;
use serde::Deserialize;

use super::standing::destination;
use super::{Title, preview};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::tree::{self, NewNode};
use crate::confluence::model::{Child, List, TreeNode};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create, Delete};
use crate::domain::ids::ContentId;
use crate::domain::place::{NodeKind, Parent, Place, SpaceName};
use crate::domain::text::{clean_text, quoted};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError};

/// Arguments of a tool that makes one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    pub(super) space: SpaceName,
    /// Title.
    pub(super) title: Title,
    /// Id of the page or folder it goes under; without it, the space's homepage.
    pub(super) parent_id: Option<ContentId>,
}

/// What is to be made.
pub(super) struct Wanted<'a> {
    pub(super) kind: NodeKind,
    pub(super) space: &'a SpaceName,
    pub(super) title: &'a Title,
    pub(super) parent: Option<&'a ContentId>,
    pub(super) url: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(kind: NodeKind, input: &'a Input) -> Self {
        Self { kind, space: &input.space, title: &input.title, parent: input.parent_id.as_ref(), url: None }
    }
}

/// Plans to make a folder or another node.
pub(super) async fn made(wanted: &Wanted<'_>, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
    let (kind, title, url) = (wanted.kind, wanted.title.as_str(), wanted.url);
    let (space, under) = destination(wanted.space, wanted.parent, reads).await?;
    let parent = under.as_ref().map(Parent::id);
    let target = format!("{} {} in space {}", kind.word(), quoted(title, 80), space.key);
    let leads = url.map(|url| format!("\n+ leads to {}", preview::title(url))).unwrap_or_default();
    let stands = parent.map_or_else(|| "at the top of the space".to_owned(), |parent| format!("under {parent}"));
    Ok(Plan {
        request: tree::create_node(&NewNode { kind, space: &space.id, title, parent, url }),
        places: [Place::within(space.id.clone(), under.clone())]
            .into_iter()
            .chain(under.as_ref().map(Parent::itself))
            .collect(),
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        summary: format!("create {target}"),
        preview: format!("+ {} {}, {stands}{leads}", kind.word(), preview::title(title)),
        undo: Undo::TrashTheNewNode(kind),
        proof: match under {
            Some(under) => Proof::NodeIsThere { kind, under, title: title.to_owned() },
            None => Proof::AskAPerson,
        },
        target,
    })
}

/// What making one answers.
pub(super) fn answered(reply: &Reply, context: &Context) -> Result<Written, ToolError> {
    let node: TreeNode = reply.json()?;
    Ok(Written {
        id: Some(node.id.to_string()),
        title: Some(clean_text(&node.title).text),
        url: Some(context.url(node.links.webui.as_deref())),
        ..Written::done()
    })
}

/// Plans to trash the node with this id.
pub(super) async fn trashed(kind: NodeKind, id: &ContentId, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let node = reads.node(kind, id).await?;
    if node.status != "current" {
        return Err(ToolError::conflict(
            format!("the {} is in the trash already", kind.word()),
            "nothing is to be done",
        ));
    }
    deleted(kind, &node, reads).await
}

/// Plans to trash a current node, unless something stands below it: what becomes of that nobody has promised.
pub(in crate::tools) async fn deleted(
    kind: NodeKind,
    node: &TreeNode,
    reads: &Reads<'_>,
) -> Result<Plan<Delete>, ToolError> {
    let itself = Parent::Node(kind, node.id.clone());
    let below: List<Child> =
        reads.judged(tree::children(&itself), |reply| Ok((node.place(kind), reply.json()?))).await?;
    let word = kind.word();
    if !below.results.is_empty() {
        return Err(ToolError::conflict(
            format!("{} pages or others stand under the {word}; only an empty one is deleted", below.results.len()),
            "move or delete what stands under it first",
        ));
    }
    let target = format!("{word} {} {}", node.id, quoted(&node.title, 80));
    Ok(Plan {
        request: tree::trash_node(kind, &node.id),
        places: vec![itself.itself()],
        rests_on: None,
        before: None,
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("move {target} to the trash"),
        preview: format!("- {word} {}; nothing stands under it", preview::title(&node.title)),
        undo: Undo::ByHand(format!("a person can restore {target} from the trash of its space")),
        proof: Proof::NodeIsTrashed { kind, id: node.id.clone() },
        target,
    })
}

/// What trashing one answers.
pub(super) fn gone(id: &ContentId) -> Written {
    let note = "in the trash; a person can restore it".to_owned();
    Written { id: Some(id.to_string()), note: Some(note), ..Written::done() }
}
