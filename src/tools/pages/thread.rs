//! What the comment tools share: kinds, names in comments, and finding the comment that is answered.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::approval::{Plan, Proof, Thread, Undo};
use crate::confluence::Request;
use crate::confluence::api::comments::{self, CommentKind};
use crate::confluence::model::Comment;
use crate::domain::access::{AccessClass, Create};
use crate::domain::ids::{AccountId, CommentId};
use crate::domain::place::Place;
use crate::markup;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError};

/// Where comments stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Kind {
    /// Below the page.
    #[default]
    Footer,
    /// On a piece of its text.
    Inline,
}

impl Kind {
    /// The same for the API.
    pub(super) const fn of_api(self) -> CommentKind {
        match self {
            Self::Footer => CommentKind::Footer,
            Self::Inline => CommentKind::Inline,
        }
    }
}

/// Everybody whose name the comments show: authors and mentioned people.
pub(super) fn mentioned(comments: &[Comment]) -> Vec<AccountId> {
    let authors = comments.iter().filter_map(|comment| comment.version.as_ref()?.author_id.clone());
    let bodies = comments.iter().filter_map(|comment| comment.body.as_ref());
    let mentions = bodies.flat_map(|body| markup::mentioned(body.storage()).accounts);
    authors.chain(mentions.filter_map(|account| account.parse().ok())).collect()
}

/// Finds a comment that may be a footer or an inline one: its id does not say which, and a reply must go to the
/// endpoint of its kind.
pub(super) async fn find(id: &CommentId, reads: &Reads<'_>) -> Result<(CommentKind, Comment), ToolError> {
    for kind in [CommentKind::Footer, CommentKind::Inline] {
        match reads.one(comments::get_comment(kind, id), Comment::place).await {
            Ok(comment) => return Ok((kind, comment)),
            Err(error) if error == ToolError::not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Err(ToolError::not_found())
}

/// The plan of a new comment or reply.
pub(super) fn plan(
    request: Request<Create>,
    place: Place,
    (doing, target): (&str, String),
    thread: Thread,
    preview: String,
) -> Plan<Create> {
    Plan {
        request,
        places: vec![place],
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        summary: format!("{doing} {target}"),
        preview,
        undo: Undo::DeleteTheNewComment(match &thread {
            Thread::Page(_) => CommentKind::Footer,
            Thread::Comment { kind, .. } => *kind,
        }),
        proof: Proof::CommentIsThere(thread),
        target,
    }
}

/// What a write answers about the comment it made.
pub(super) fn written(comment: &Comment, context: &Context) -> Written {
    Written {
        id: Some(comment.id.to_string()),
        version: comment.version.as_ref().map(|version| version.number.0),
        url: Some(context.url(comment.links.webui.as_deref())),
        ..Written::done()
    }
}
