//! What the comment tools share: kinds, names in comments, and finding the comment that is answered.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::approval::{Plan, Proof, Thread, Undo};
use crate::confluence::Request;
use crate::confluence::api::Paging;
use crate::confluence::api::comments::{self, ChangedComment, CommentKind};
use crate::confluence::model::{Comment, List};
use crate::domain::access::{AccessClass, Create, Delete, Update};
use crate::domain::ids::{AccountId, CommentId, VersionNumber};
use crate::domain::place::Place;
use crate::domain::text::quoted;
use crate::markup;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError};

use super::body::{BodyFormat, storage_from};
use super::preview;

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
            Thread::Text(_) => CommentKind::Inline,
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

/// Plans to answer a comment of that kind.
pub(super) fn reply(
    (kind, parent): (CommentKind, Comment),
    (body, format): (&str, BodyFormat),
    reads: &Reads<'_>,
) -> Result<Plan<Create>, ToolError> {
    let storage = storage_from(body, format)?;
    let target = format!("comment {}", parent.id);
    let preview = preview::of_new(&storage, &reads.context().site);
    let request = comments::create_reply(kind, &parent.id, &storage);
    let place = parent.place();
    Ok(plan(request, place, ("reply to", target), Thread::Comment { kind, comment: parent.id }, preview))
}

/// Finds an inline comment, and says so where the id is a footer comment's.
pub(super) async fn find_inline(id: &CommentId, instead: &str, reads: &Reads<'_>) -> Result<Comment, ToolError> {
    match find(id, reads).await? {
        (CommentKind::Inline, comment) => Ok(comment),
        (CommentKind::Footer, _) => {
            let message = format!("comment {id} stands below the page, not on its text");
            Err(ToolError::input(message, instead))
        }
    }
}

/// The comment in words: its id, and what it is about where it stands on a piece of text.
fn named(comment: &Comment) -> String {
    let about = comment.properties.as_ref().and_then(|properties| properties.inline_original_selection.as_ref());
    let about = about.map(|text| format!(" on {}", quoted(text, 80))).unwrap_or_default();
    format!("comment {}{about}", comment.id)
}

fn storage_of(comment: &Comment) -> &str {
    comment.body.as_ref().map_or("", |body| body.storage())
}

/// Present and next version of a comment.
fn versions(comment: &Comment) -> Result<(VersionNumber, VersionNumber), ToolError> {
    let present = comment.version.as_ref().map(|version| version.number).ok_or_else(ToolError::fault)?;
    Ok((present, VersionNumber(present.0.saturating_add(1))))
}

/// Plans to give a comment another body.
pub(in crate::tools) fn change(
    (kind, comment): (CommentKind, &Comment),
    storage: &str,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let before = storage_of(comment);
    if before == storage {
        return Err(ToolError::input("the comment says just that already", "there is nothing to do"));
    }
    let (present, version) = versions(comment)?;
    let message = reads.note();
    let changed = ChangedComment { kind, id: &comment.id, storage, version, message: &message };
    let target = named(comment);
    Ok(Plan {
        request: comments::update_comment(&changed),
        places: vec![comment.place()],
        rests_on: Some(present),
        before: Some(before.to_owned()),
        effect: AccessClass::Update,
        loses: Vec::new(),
        summary: format!("change {target}"),
        preview: preview::of_change(before, storage, false, &reads.context().site),
        undo: Undo::WriteCommentBack { kind, comment: comment.id.clone() },
        proof: Proof::CommentHasVersion { kind, comment: comment.id.clone(), version },
        target,
    })
}

/// Arguments of a tool that resolves one inline comment, or opens it again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfInlineComment {
    /// Id of the comment.
    comment_id: CommentId,
}

/// Plans to resolve the inline comment that is named, or to open it again.
pub(super) async fn resolve(
    input: &OfInlineComment,
    resolved: bool,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let hint = "only comments on a page's text are resolved";
    let comment = find_inline(&input.comment_id, hint, reads).await?;
    resolution(&comment, resolved, reads)
}

/// Plans to resolve an inline comment, or to open it again.
pub(in crate::tools) fn resolution(
    comment: &Comment,
    resolved: bool,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let status = comment.resolution_status.as_deref().unwrap_or("open");
    if status == "dangling" {
        let message = "the text it was about is gone, and Confluence changes no such comment";
        return Err(ToolError::conflict(message, "there is nothing to do"));
    }
    if (status == "resolved") == resolved {
        let message = if resolved { "the comment is resolved already" } else { "the comment is open already" };
        return Err(ToolError::conflict(message, "there is nothing to do"));
    }
    let (kind, storage) = (CommentKind::Inline, storage_of(comment));
    let (present, version) = versions(comment)?;
    let message = reads.note();
    let changed = ChangedComment { kind, id: &comment.id, storage, version, message: &message };
    let (target, doing) = (named(comment), if resolved { "resolve" } else { "reopen" });
    let body = preview::of_new(storage, &reads.context().site);
    Ok(Plan {
        request: comments::resolve_comment(&changed, resolved),
        places: vec![comment.place()],
        rests_on: Some(present),
        before: None,
        effect: AccessClass::Update,
        loses: Vec::new(),
        summary: format!("{doing} {target}"),
        preview: format!("{doing} what says\n\n{body}"),
        undo: Undo::Resolve { comment: comment.id.clone(), resolved: !resolved },
        proof: Proof::CommentHasVersion { kind, comment: comment.id.clone(), version },
        target,
    })
}

/// The first answers to a comment.
pub(in crate::tools) async fn answers(
    (kind, comment): (CommentKind, &Comment),
    most: u8,
    reads: &Reads<'_>,
) -> Result<Vec<Comment>, ToolError> {
    let request = comments::replies(kind, &comment.id, &Paging { limit: Some(most), cursor: None });
    Ok(reads.judged(request, |reply| Ok((comment.place(), reply.json::<List<Comment>>()?))).await?.results)
}

/// Plans to delete a comment, and its answers with it.
pub(in crate::tools) fn deletion(
    (kind, comment): (CommentKind, Comment),
    answers: usize,
    reads: &Reads<'_>,
) -> Plan<Delete> {
    let (storage, target) = (storage_of(&comment), named(&comment));
    let with = match answers {
        0 => String::new(),
        1 => " with its answer".to_owned(),
        many => format!(" with its {many} answers"),
    };
    Plan {
        request: comments::delete_comment(kind, &comment.id),
        places: vec![comment.place()],
        rests_on: comment.version.as_ref().map(|version| version.number),
        before: Some(storage.to_owned()),
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("delete {target}{with} for good"),
        preview: preview::of_new(storage, &reads.context().site),
        undo: Undo::ByHand("comments have no trash; it can only be written again".to_owned()),
        proof: match comment.container() {
            Some(page) => Proof::CommentIsGone { kind, comment: comment.id.clone(), page: page.clone() },
            None => Proof::AskAPerson,
        },
        target,
    }
}
