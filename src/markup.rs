//! Page bodies between storage format, which Confluence keeps, and Markdown, which agents read and write.
//!
//! Every reader makes the same document tree and every writer takes it; a further format is one more reader.
//! Nothing here does I/O or reads a clock, and nothing hostile makes it panic, hang or grow without bound: nesting, table spans
//! and output are capped.
//!
//! # The notation
//!
//! CommonMark with the tables, task lists, strikethrough and footnotes of GitHub, and
//!
//! | Confluence | Markdown |
//! |---|---|
//! | code block with title, shown as told | ```` ```go title="main.go" linenumbers=true firstline=3 collapse=true theme=Midnight ```` |
//! | panel: info, note, tip, warning, panel | `> [!INFO] Title`, then the quoted content |
//! | expand | `<details><summary>Title</summary>`, content, `</details>`, with blank lines between |
//! | status | `[IN PROGRESS](status:yellow)` |
//! | mention | `[@Ann Lee](user:712020:abc)` |
//! | page link | `[text](page:KEY/Title#anchor)`, in the same space `page:/Title` |
//! | blog post, space, content by id | `blog:KEY/2026-01-31/Title`, `space:KEY`, `content:123` |
//! | anchor on the page | `[text](#anchor)` |
//! | attachment | `[text](attachment:file.pdf)` |
//! | image with caption | `![alt](file.png "caption")`, from elsewhere `![alt](https://…)` |
//! | the same without an alternative text of its own | `![](file.png)`, on the next line `*caption*` |
//! | underline, superscript, subscript | `<u>`, `<sup>`, `<sub>` |
//! | date | `[2026-01-31](date:)` |
//! | the text of a formula, dollar signs included | `$x^2$`, `$$x^2$$` |
//!
//! What is read besides, and comes back in the form above: page links as `[[Title]]`, `[[KEY:Title]]` and `[[Title|text]]`,
//! mentions as `@[712020:abc]`, emoji by name (`:tick:`), footnotes (a bracketed number, and a numbered list at the end),
//! `<strong>`, `<em>`, `<s>`, `<code>` and `<kbd>`, and tables of HTML. Where a part of a page is edited, also
//! `{{macro drawio "topology" #h3f2a1}}` for something kept as it is, and `[text](comment:REF)` for what an inline comment
//! is about; elsewhere the first is text and the second only its words. A backslash before any of these makes it text.
//!
//! The words of a panel are those of its macro, so `[!NOTE]` is the yellow one; `[!IMPORTANT]` and `[!CAUTION]` are read as
//! note and warning, and a quotation whose first line is only `**Info**` (or Note, Tip, Warning) is a panel too.
//! In file names and page titles, `%` and `#` are percent-encoded. Comments of HTML are left out, all other HTML in Markdown
//! is text.
//!
//! What Markdown cannot give back is named in [`Rendered::lossy`]: layouts, merged cells, colours, dates, unknown macros.

mod adf;
mod blocks;
mod conversion;
mod document;
mod edit;
mod hidden;
mod html;
mod markdown;
mod merge;
mod shape;
mod storage;

use std::collections::BTreeSet;

use crate::domain::limits::PAGE_BODY;

use document::Block;
use storage::Noticed;

pub use blocks::{BlockInfo, BlockKind, Grade, Heading, blocks, outline, section, to_edit};
pub use conversion::{Converted, SourceFormat, TargetFormat, convert};
pub use edit::{Conflict, EditError, Edited, MOST_OPERATIONS, Operation, conflict, edit, occurrences, rewrite};
pub use storage::check_storage;

/// Why a body cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkupError {
    /// Larger than Confluence takes.
    #[error("the body has {bytes} bytes; Confluence takes at most {PAGE_BODY}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Lists, quotations or elements within each other without end.
    #[error("the body nests too deeply")]
    TooDeep,
    /// Not well-formed XML.
    #[error("storage format is malformed at line {line}, column {column}: {problem}")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
}

/// Knows people by their account ids.
pub trait Names {
    /// The display name to show for a mention.
    fn person(&self, account_id: &str) -> Option<String>;

    /// The title of the page that a link leads to which shows no words of its own, by its address or content id as
    /// [`Mentioned::pages`] has it.
    fn page(&self, _reference: &str) -> Option<String> {
        None
    }

    /// The name of an attached file by the id its media has; ADF often says no more of it.
    fn file(&self, _media_id: &str) -> Option<String> {
        None
    }
}

/// Knows nobody: mentions are shown as `@user` with their account id.
#[derive(Debug, Clone, Copy)]
pub struct NoNames;

impl Names for NoNames {
    fn person(&self, _account_id: &str) -> Option<String> {
        None
    }
}

/// A page body as Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub markdown: String,
    /// What writing this Markdown back would lose, each kind once, in alphabetical order.
    pub lossy: Vec<String>,
    /// What was wrong with the body, which was read as far as it goes.
    pub warnings: Vec<String>,
    /// Invisible and bidirectional control characters that were removed.
    pub stripped: usize,
    /// Parts that their style hides from people; they were left out.
    pub hidden: usize,
}

/// Reads storage format as Markdown; never fails.
pub fn markdown_from_storage(storage: &str, names: &dyn Names) -> Rendered {
    rendered(|each| (storage::read(storage, names, each), Vec::new()))
}

/// Reads ADF as Markdown, whether it is the document itself or what the API wraps around it; never fails.
pub fn markdown_from_adf(adf: &str, names: &dyn Names) -> Rendered {
    rendered(|each| adf::read(adf, names, each))
}

/// Reads HTML as Markdown, whether Confluence showed it or anybody else wrote it; never fails.
pub fn markdown_from_html(html: &str, names: &dyn Names) -> Rendered {
    rendered(|each| html::read(html, names, each))
}

/// Writes the blocks that a reader gives away; beside them it says what it noticed, and warnings of its own.
fn rendered(read: impl FnOnce(&mut dyn FnMut(Block)) -> (Noticed, Vec<String>)) -> Rendered {
    let mut writer = markdown::Writer::default();
    let (noticed, warnings) = read(&mut |block| writer.next(&block));
    Rendered::of(writer.finish(), noticed, warnings)
}

impl Rendered {
    /// What was written and what was noticed, as one.
    fn of(written: markdown::Written, noticed: Noticed, mut warnings: Vec<String>) -> Self {
        warnings.extend(noticed.warnings.into_iter().map(str::to_owned));
        if written.is_cut {
            warnings.push("the text is too long: its end was left out".to_owned());
        }
        Self {
            markdown: written.text,
            lossy: noticed.lossy.into_iter().collect(),
            warnings,
            stripped: written.stripped,
            hidden: noticed.hidden,
        }
    }
}

/// A text with its entities resolved, such as `&amp;` and `&#8238;`; what is none stays.
pub fn resolve_entities(text: &str) -> String {
    storage::resolve_entities(text)
}

/// What a body names by id or address alone, to find the names before reading it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentioned {
    /// Account ids of people.
    pub accounts: BTreeSet<String>,
    /// Addresses and content ids of links that show the title of the page they lead to. Left out are those to which
    /// another link leads with words of its own, because in Markdown both would look the same.
    pub pages: BTreeSet<String>,
}

/// What a body mentions.
pub fn mentioned(storage: &str) -> Mentioned {
    storage::mentioned(storage)
}

/// Writes Markdown as storage format, well formed whatever the Markdown says.
pub fn storage_from_markdown(markdown: &str) -> Result<String, MarkupError> {
    if markdown.len() > PAGE_BODY {
        return Err(MarkupError::TooLarge { bytes: markdown.len() });
    }
    let written = storage::write(&markdown::read(markdown, markdown::Reading::Plain)?);
    if written.len() > PAGE_BODY {
        return Err(MarkupError::TooLarge { bytes: written.len() });
    }
    Ok(written)
}

#[cfg(test)]
mod tests;
