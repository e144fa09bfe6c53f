//! Takes away again what a write made, as long as nobody has touched it since.

use std::str::FromStr;

use super::undo::{Made, nothing_left, nothing_since};
use crate::approval::Plan;
use crate::confluence::api::blogs;
use crate::confluence::api::comments::{self, CommentKind};
use crate::confluence::api::pages::{self, DocumentKind};
use crate::confluence::model::{Comment, Page};
use crate::domain::access::Delete;
use crate::domain::ids::{CommentId, VersionNumber};
use crate::tools::attachments::delete_attachment;
use crate::tools::pages::{delete_blog_post, delete_page, thread};
use crate::tools::{Reads, ToolError};

/// What is made has version 1 unless its answer says otherwise.
const FIRST: VersionNumber = VersionNumber(1);

pub(super) fn id_of<Id: FromStr>(made: &Made) -> Result<Id, ToolError> {
    let id = made.id.as_deref().and_then(|id| id.parse().ok());
    id.ok_or_else(|| {
        ToolError::refused("it is not known what the write made", "a person can look for it and take it away")
    })
}

/// A new page or blog post goes to the trash.
pub(super) async fn document(kind: DocumentKind, made: &Made, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let id = id_of(made)?;
    let document = reads
        .one(
            match kind {
                DocumentKind::Page => pages::get_page_in_any_status(&id),
                DocumentKind::BlogPost => blogs::get_blog_post_in_any_status(&id),
            },
            Page::place,
        )
        .await?;
    if document.status != "current" {
        return Err(nothing_left("what the write made is in the trash or the archive already"));
    }
    let present = document.version_number();
    nothing_since("it", made.version.or(Some(FIRST)), Some(present))?;
    if kind == DocumentKind::Page {
        return delete_page::planned(document, reads).await;
    }
    Ok(delete_blog_post::planned(&document, reads))
}

/// A new file goes to the trash.
pub(super) async fn file(made: &Made, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let file = reads.attachment(&id_of(made)?).await?;
    if file.status != "current" {
        return Err(nothing_left("the file is in the trash already"));
    }
    let present = file.version.as_ref().map(|version| version.number);
    nothing_since("it", made.version.or(Some(FIRST)), present)?;
    delete_attachment::planned(file)
}

/// A new comment is deleted for good, unless somebody has answered it.
pub(super) async fn comment(kind: CommentKind, made: &Made, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let id: CommentId = id_of(made)?;
    let comment = reads.one(comments::get_comment(kind, &id), Comment::place).await?;
    let present = comment.version.as_ref().map(|version| version.number);
    nothing_since("the comment", made.version.or(Some(FIRST)), present)?;
    if !thread::answers((kind, &comment), 1, reads).await?.is_empty() {
        return Err(ToolError::conflict(
            "the comment has been answered since; deleting it would take the answers away too",
            "answer it instead, or let a person delete it",
        ));
    }
    Ok(thread::deletion((kind, comment), 0, reads))
}
