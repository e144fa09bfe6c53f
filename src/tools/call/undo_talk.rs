//! Gives back what a write changed about a comment or a file, as long as nothing came after it.

use super::undo::{Made, nothing_left, nothing_since};
use crate::approval::Plan;
use crate::confluence::api::comments::{self, CommentKind};
use crate::confluence::model::Comment;
use crate::domain::access::Update;
use crate::domain::ids::{AttachmentId, CommentId};
use crate::domain::text::quoted;
use crate::tools::attachments::rename_attachment;
use crate::tools::pages::thread;
use crate::tools::{Reads, ToolError};

/// The text of a comment before the write.
pub(super) async fn write_back(
    kind: CommentKind,
    id: &CommentId,
    made: &Made,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let comment = reads.one(comments::get_comment(kind, id), Comment::place).await?;
    nothing_since("the comment", made.version, comment.version.as_ref().map(|version| version.number))?;
    let Some(before) = &made.before else {
        return Err(ToolError::refused("what the comment said is not known", "a person can look into its history"));
    };
    if comment.body.as_ref().is_some_and(|body| body.storage() == before) {
        return Err(nothing_left("the comment says what it said before"));
    }
    thread::change((kind, &comment), before, reads)
}

/// Whether an inline comment is resolved; what it says stays as it is now.
pub(super) async fn resolve(id: &CommentId, resolved: bool, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
    let comment = reads.one(comments::get_comment(CommentKind::Inline, id), Comment::place).await?;
    if (comment.resolution_status.as_deref() == Some("resolved")) == resolved {
        return Err(nothing_left(if resolved { "the comment is resolved again" } else { "the comment is open again" }));
    }
    thread::resolution(&comment, resolved, reads)
}

/// The name of a file, where it still is ours.
pub(super) async fn name_file(
    id: &AttachmentId,
    before: &str,
    after: &str,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let file = reads.attachment(id).await?;
    if file.title == before {
        return Err(nothing_left("the file has its name again"));
    }
    if file.title != after {
        return Err(ToolError::conflict(
            format!("somebody has renamed the file since; it is named {} now", quoted(&file.title, 255)),
            "nothing was overwritten; use rename_attachment for a name that shall not stay",
        ));
    }
    rename_attachment::planned(&file, before, reads).await
}
