//! The blocks of a body in storage format, each with its bytes; what is between them belongs to none.

use std::ops::Range;

use super::units::{Unit, units};
use crate::markup::storage::Element;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph, or a line of text outside of any element.
    Paragraph,
    /// A heading; its level.
    Heading(u8),
    /// A bulleted, numbered or task list.
    List,
    /// A table.
    Table,
    /// A code block or preformatted text.
    Code,
    /// A quotation.
    Quote,
    /// A rule.
    Rule,
    /// An image by itself.
    Image,
    /// A panel; has blocks of its own.
    Panel,
    /// An expand; has blocks of its own.
    Expand,
    /// A layout or a section of one; has blocks of its own.
    Layout,
    /// A column of a layout; has blocks of its own.
    Cell,
    /// Any other macro; may have blocks of its own.
    Macro,
    /// Anything else.
    Other,
}

impl BlockKind {
    /// Its word in outlines and listings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paragraph => "paragraph",
            Self::Heading(_) => "heading",
            Self::List => "list",
            Self::Table => "table",
            Self::Code => "code",
            Self::Quote => "quote",
            Self::Rule => "rule",
            Self::Image => "image",
            Self::Panel => "panel",
            Self::Expand => "expand",
            Self::Layout => "layout",
            Self::Cell => "column",
            Self::Macro => "macro",
            Self::Other => "other",
        }
    }
}

/// One block before it has a name.
#[derive(Debug, Clone)]
pub(in crate::markup) struct Segment<'t, 's> {
    pub unit: Unit<'t, 's>,
    pub kind: BlockKind,
    /// The bytes its own blocks stand in.
    pub content: Option<Range<usize>>,
    pub children: Vec<Segment<'t, 's>>,
}

/// The blocks of a whole body.
pub(in crate::markup) fn segments<'t, 's>(root: &'t Element<'s>, source: &str) -> Vec<Segment<'t, 's>> {
    inside(root, source)
}

fn inside<'t, 's>(element: &'t Element<'s>, source: &str) -> Vec<Segment<'t, 's>> {
    units(&element.children, &element.inner, source).into_iter().map(|unit| segment(unit, source)).collect()
}

fn segment<'t, 's>(unit: Unit<'t, 's>, source: &str) -> Segment<'t, 's> {
    let kind = unit.element.map_or(BlockKind::Paragraph, kind);
    let holder = unit.element.and_then(|element| container(element, kind));
    let content = holder.map(|holder| holder.inner.clone());
    let children = holder.map(|holder| inside(holder, source)).unwrap_or_default();
    Segment { unit, kind, content, children }
}

/// The element whose children are blocks of their own.
fn container<'t, 's>(element: &'t Element<'s>, kind: BlockKind) -> Option<&'t Element<'s>> {
    match kind {
        BlockKind::Layout | BlockKind::Cell => Some(element),
        BlockKind::Other if matches!(element.name, "div" | "section" | "article" | "center") => Some(element),
        BlockKind::Panel | BlockKind::Expand | BlockKind::Macro => element.child("ac:rich-text-body"),
        _ => None,
    }
}

fn kind(element: &Element<'_>) -> BlockKind {
    match element.name {
        "p" => BlockKind::Paragraph,
        "h1" => BlockKind::Heading(1),
        "h2" => BlockKind::Heading(2),
        "h3" => BlockKind::Heading(3),
        "h4" => BlockKind::Heading(4),
        "h5" => BlockKind::Heading(5),
        "h6" => BlockKind::Heading(6),
        "ul" | "ol" | "ac:task-list" => BlockKind::List,
        "table" => BlockKind::Table,
        "pre" => BlockKind::Code,
        "blockquote" => BlockKind::Quote,
        "hr" => BlockKind::Rule,
        "ac:image" => BlockKind::Image,
        "ac:layout" | "ac:layout-section" => BlockKind::Layout,
        "ac:layout-cell" => BlockKind::Cell,
        "ac:structured-macro" | "ac:macro" => match element.attribute("ac:name").unwrap_or_default() {
            "code" | "noformat" => BlockKind::Code,
            "info" | "note" | "tip" | "warning" | "panel" => BlockKind::Panel,
            "expand" => BlockKind::Expand,
            _ => BlockKind::Macro,
        },
        _ => BlockKind::Other,
    }
}
