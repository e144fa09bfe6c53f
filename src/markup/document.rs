//! The one document tree between the formats of a page body: every reader makes it, every writer takes it.

pub(super) mod clean;
pub(super) mod tidy;
pub(super) mod titles;

/// A page body: blocks in reading order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub blocks: Vec<Block>,
}

/// A part of a page that stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    Heading {
        level: u8,
        content: Vec<Inline>,
    },
    Rule,
    Quote(Vec<Block>),
    List(List),
    Code(Code),
    Table(Table),
    Panel(Panel),
    Expand {
        title: String,
        blocks: Vec<Block>,
    },
    /// A formula on lines of its own.
    Formula(String),
    /// Something Markdown cannot hold: it is named, and written back with the bytes it has.
    Kept(Kept),
    /// The name of the block that follows, for those who edit.
    Id(String),
}

/// What stands for something that only its own bytes can say: `{{macro drawio "topology" #h3f2a1}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// What it is and is called: `macro drawio "topology"`.
    pub label: String,
    /// Its name among the parts of the page.
    pub id: String,
}

/// A bulleted, numbered or task list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    /// The first number of a numbered list.
    pub start: Option<u64>,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Set on the items of a task list.
    pub task: Option<Task>,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Open,
    Complete,
}

/// A code block; `language` is absent from plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub language: Option<String>,
    pub title: Option<String>,
    /// How it is shown, as the macro names it: linenumbers, firstline, collapse, theme; in this order.
    pub display: Vec<(String, String)>,
    pub text: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub kind: CellKind,
    pub columns: usize,
    pub rows: usize,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    Header,
    Value,
}

/// A coloured box around blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Panel {
    pub kind: PanelKind,
    pub title: Option<String>,
    pub blocks: Vec<Block>,
}

/// The boxes Confluence knows, by the names of their macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PanelKind {
    Info,
    Note,
    Tip,
    Warning,
    Plain,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    Text(String),
    Marked(Mark, Vec<Inline>),
    Code(String),
    Break,
    Link(Link),
    Image(Image),
    Mention {
        account_id: String,
        name: Option<String>,
    },
    Status {
        title: String,
        colour: Option<String>,
    },
    Formula(String),
    /// A day, as `2026-01-31`.
    Date(String),
    /// The text an inline comment is about, by the comment's reference.
    Comment {
        reference: String,
        content: Vec<Inline>,
    },
    Kept(Kept),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Strike,
    Underline,
    Superscript,
    Subscript,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub target: Target,
    /// Empty where the page shows the target's own title.
    pub content: Vec<Inline>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Address(String),
    Page { space: Option<String>, title: String, anchor: Option<String> },
    BlogPost { space: Option<String>, day: String, title: String },
    Content(String),
    Space(String),
    Attachment(String),
    Anchor(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Image {
    pub source: ImageSource,
    pub alt: String,
    pub caption: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImageSource {
    Attachment(String),
    Address(String),
}
