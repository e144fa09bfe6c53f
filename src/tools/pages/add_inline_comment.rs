//! Comments on a piece of a page's text.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, storage_from};
use super::{preview, thread};
use crate::approval::{Plan, Thread};
use crate::confluence::api::comments::{self, Quote};
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::{escaped, quoted};
use crate::markup;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Adds an inline comment.
pub(super) struct AddInlineComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The words it is about, as they read on the page, within one line and without Markdown.
    quote: String,
    /// Which of several such places, counted from 1.
    occurrence: Option<usize>,
    /// The comment.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
}

impl WriteTool for AddInlineComment {
    const NAME: &'static str = "add_inline_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Add inline comment";
    const DESCRIPTION: &'static str =
        "Comments on a piece of a page's text, which is highlighted. For a comment on the whole page, use add_comment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::READ_DETAILS, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_COMMENT];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let storage = storage_from(&input.body, input.body_format)?;
        let page = reads.page(&input.page_id).await?;
        let (count, text) = markup::occurrences(page.storage(), &input.quote);
        let index = chosen(count, input.occurrence)?;
        let target = format!("page {} {}", page.id, quoted(&page.title, 80));
        let place = if count > 1 { format!(", place {} of {count}", index + 1) } else { String::new() };
        let body = preview::of_new(&storage, &reads.context().site);
        let preview = format!("on {}{place}:\n\n{body}", quoted(&escaped(&text), 300));
        let request = comments::create_inline_comment(&page.id, &Quote { text: &text, count, index }, &storage);
        Ok(thread::plan(
            request,
            page.itself(),
            ("comment on the text of", target),
            Thread::Text(page.id.clone()),
            preview,
        ))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}

/// Which of `count` places is meant, counted from 0.
fn chosen(count: usize, occurrence: Option<usize>) -> Result<usize, ToolError> {
    match (count, occurrence) {
        (0, _) => Err(ToolError::input(
            "the quote is not on the page",
            "read the page and quote the words as they stand there, within one line, without Markdown; code takes none",
        )),
        (1, None) => Ok(0),
        (_, None) => {
            Err(ToolError::input(format!("the quote is on the page {count} times"), "say which with `occurrence`"))
        }
        (_, Some(which)) => which.checked_sub(1).filter(|index| *index < count).ok_or_else(|| {
            let message = format!("`occurrence` is {which}, but the quote is on the page {count} times");
            ToolError::input(message, "count from 1")
        }),
    }
}
