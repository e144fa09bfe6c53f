//! Why a change cannot be made.

use crate::markup::MarkupError;

/// Why an edit was refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// No operation was given, or more than are taken at once.
    #[error("give from 1 to {most} operations")]
    Count {
        /// The most.
        most: usize,
    },
    /// No block of the page has this name.
    #[error("operation {operation}: no block {block} on this page; ids are those of get_page with mode edit{nearest}")]
    NoBlock {
        /// Counted from 1.
        operation: usize,
        /// As given, quoted.
        block: String,
        /// A name that is near, if any.
        nearest: String,
    },
    /// The block is there but does not allow this.
    #[error("operation {operation}: {problem}")]
    Impossible {
        /// Counted from 1.
        operation: usize,
        /// What is wrong and what to do.
        problem: String,
    },
    /// The words to replace occur another number of times than said.
    #[error(
        "operation {operation}: the text occurs {found} times, not {wanted}; give a longer text, a block, or count"
    )]
    Occurs {
        /// Counted from 1.
        operation: usize,
        /// How often it was found.
        found: usize,
        /// How often it was wanted.
        wanted: usize,
    },
    /// Two operations change the same place.
    #[error("operations {one} and {other} change the same place; make them one, or two calls")]
    Overlap {
        /// Counted from 1.
        one: usize,
        /// Counted from 1.
        other: usize,
    },
    /// The new Markdown leaves something out by saying so.
    #[error("`{line}` looks like text left out; write the whole content, or change single blocks")]
    Elided {
        /// The line, cut.
        line: String,
    },
    /// Something that Markdown cannot hold would go.
    #[error("this would lose {}; keep the markers, change other blocks, or allow it with allow_loss", .0.join(", "))]
    Loses(Vec<String>),
    /// The new Markdown names something that is not on the page, or twice.
    #[error("{0}")]
    Marker(String),
    /// The page or the new content is not what can be read or written.
    #[error(transparent)]
    Markup(#[from] MarkupError),
    /// The operations leave the page as it is.
    #[error("nothing would change")]
    Unchanged,
}
