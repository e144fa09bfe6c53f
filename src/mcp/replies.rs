//! Answers and failures of tools as the protocol carries them.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::{Value, json};

use crate::confluence::failure::TryAgain;
use crate::tools::{Answer, Content, ToolError};

/// An answer: content blocks, and the same as data where the tool declares it.
pub(super) fn answer(answer: Answer) -> CallToolResult {
    let mut result = CallToolResult::success(answer.content.into_iter().map(block).collect());
    result.structured_content = answer.structured.map(Value::Object);
    result
}

fn block(content: Content) -> ContentBlock {
    match content {
        Content::Text(text) => ContentBlock::text(text),
        Content::Image { base64, media_type } => ContentBlock::image(base64, media_type),
        Content::File { uri, base64, media_type } => {
            ContentBlock::resource(ResourceContents::blob(base64, uri).with_mime_type(media_type))
        }
    }
}

/// A failure as lean Markdown. The same as data only where the tool declares no output schema: TypeScript clients
/// hold even an error's data against the schema, and would throw the reason away.
pub(super) fn failure(tool: &str, error: &ToolError) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(text(error))]);
    if super::definitions::find(tool).is_some_and(|tool| tool.output_schema.is_none()) {
        result.structured_content = Some(fields(error));
    }
    result
}

/// A failure in one to three lines.
fn text(error: &ToolError) -> String {
    let mut lines = vec![format!("{}: {}", error.code, error.message)];
    if !error.hint.is_empty() {
        lines.push(format!("hint: {}", error.hint));
    }
    lines.push(format!("try again: {}", try_again(error.try_again)));
    lines.join("\n")
}

/// A failure as data.
pub(super) fn fields(error: &ToolError) -> Value {
    json!({
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "try_again": try_again(error.try_again),
    })
}

fn try_again(try_again: TryAgain) -> String {
    match try_again {
        TryAgain::No => "no".into(),
        TryAgain::AfterFix => "after fix".into(),
        // Rounded up: a second early is refused again.
        TryAgain::After(wait) => format!("after {} s", wait.as_millis().div_ceil(1000)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use expect_test::expect;

    use super::*;

    #[test]
    fn a_failure_says_code_hint_and_whether_to_try_again() {
        let mut error = ToolError::input("`page_id`: `x` is not a page id", "mend the argument");
        expect![[r"
            invalid_input: `page_id`: `x` is not a page id
            hint: mend the argument
            try again: after fix"]]
        .assert_eq(&text(&error));
        error.hint.clear();
        error.try_again = TryAgain::After(Duration::from_millis(1001));
        expect![[r"
            invalid_input: `page_id`: `x` is not a page id
            try again: after 2 s"]]
        .assert_eq(&text(&error));
    }
}
