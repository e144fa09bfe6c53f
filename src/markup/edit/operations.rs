//! What an editor may ask for, block by block.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// One change to a page. Blocks are named by the ids that reading a page to edit it shows; new content is Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Puts new content in place of a block; what reads the same keeps its macros, comments and looks.
    ReplaceBlock {
        /// The block.
        block: String,
        /// The new content.
        markdown: String,
    },
    /// Puts new content before a block.
    InsertBefore {
        /// The block.
        block: String,
        /// The new content.
        markdown: String,
    },
    /// Puts new content after a block.
    InsertAfter {
        /// The block.
        block: String,
        /// The new content.
        markdown: String,
    },
    /// Puts new content at the end of what stands under a heading, its lower headings included.
    AppendToSection {
        /// The heading, by id or by its words.
        block: String,
        /// The new content.
        markdown: String,
    },
    /// Removes a block with everything in it.
    DeleteBlock {
        /// The block.
        block: String,
    },
    /// Moves a block, its bytes unchanged, before or after another one.
    MoveBlock {
        /// The block.
        block: String,
        /// The block it goes before; or give `after`.
        before: Option<String>,
        /// The block it goes after.
        after: Option<String>,
    },
    /// Replaces words, exactly as they are read; marks and macros around them stay.
    ReplaceText {
        /// The words as they stand on the page, without Markdown.
        find: String,
        /// The words to put there; may be empty.
        replace: String,
        /// How often they must occur; 1 without it.
        count: Option<usize>,
        /// Only in this block.
        block: Option<String>,
    },
    /// Ticks or unticks one task.
    SetTask {
        /// The task list.
        block: String,
        /// Its words, or its number from 1.
        task: String,
        /// Whether it is done.
        done: bool,
    },
    /// Changes one cell of a table.
    SetCell {
        /// The table.
        block: String,
        /// From 1, as read; a header row is row 1.
        row: usize,
        /// From 1.
        column: usize,
        /// The new content.
        markdown: String,
    },
    /// Changes all cells of a row.
    SetRow {
        /// The table.
        block: String,
        /// From 1, as read; a header row is row 1.
        row: usize,
        /// The new content of each cell, in Markdown.
        cells: Vec<String>,
    },
    /// Adds a row at the end of a table.
    AppendRow {
        /// The table.
        block: String,
        /// The content of each cell, in Markdown.
        cells: Vec<String>,
    },
}

impl Operation {
    /// The blocks it names.
    pub(super) fn blocks(&self) -> Vec<&str> {
        match self {
            Self::ReplaceBlock { block, .. }
            | Self::InsertBefore { block, .. }
            | Self::InsertAfter { block, .. }
            | Self::DeleteBlock { block }
            | Self::AppendToSection { block, .. }
            | Self::SetCell { block, .. }
            | Self::SetRow { block, .. }
            | Self::AppendRow { block, .. }
            | Self::SetTask { block, .. } => vec![block],

            Self::MoveBlock { block, before, after } => {
                [Some(block.as_str()), before.as_deref(), after.as_deref()].into_iter().flatten().collect()
            }
            Self::ReplaceText { block, .. } => block.as_deref().into_iter().collect(),
        }
    }
}

/// One flat object, which every client understands: which members an operation takes is told by its name.
impl JsonSchema for Operation {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Operation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "required": ["op"],
            "properties": {
                "op": {
                    "type": "string",
                    "enum": [
                        "replace_block", "insert_before", "insert_after", "append_to_section", "delete_block",
                        "move_block", "replace_text", "set_task", "set_cell", "set_row", "append_row"
                    ]
                },
                "block": { "type": "string", "description": "Its id; append_to_section: a heading's words too" },
                "markdown": { "type": "string", "description": "New content" },
                "before": { "type": "string", "description": "move_block: this block, or" },
                "after": { "type": "string", "description": "this one" },
                "find": { "type": "string", "description": "Words as read, without Markdown" },
                "replace": { "type": "string" },
                "count": { "type": "integer", "description": "Of `find`; 1 by default" },
                "task": { "type": "string", "description": "Its words or number" },
                "done": { "type": "boolean" },
                "row": { "type": "integer", "description": "From 1, header included" },
                "column": { "type": "integer" },
                "cells": { "type": "array", "items": { "type": "string" }, "description": "Markdown" }
            }
        })
    }
}
