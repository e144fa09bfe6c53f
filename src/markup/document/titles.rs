//! Links that show the title of the page they lead to, told from links with words of their own.

use super::{Block, Inline, Link, Target};
use crate::markup::Names;

/// Takes the words from links that only show the title of their page, as [`Names::page`] gave it to those who read.
pub(in crate::markup) fn untitled(blocks: &mut [Block], names: &dyn Names) {
    for block in blocks {
        match block {
            Block::Paragraph(line) | Block::Heading { content: line, .. } => untitled_line(line, names),
            Block::Quote(inside) | Block::Expand { blocks: inside, .. } => untitled(inside, names),
            Block::Panel(panel) => untitled(&mut panel.blocks, names),
            Block::List(list) => list.items.iter_mut().for_each(|item| untitled(&mut item.blocks, names)),
            Block::Table(table) => {
                table.rows.iter_mut().flatten().for_each(|cell| untitled(&mut cell.blocks, names));
            }
            Block::Rule | Block::Code(_) | Block::Formula(_) | Block::Kept(_) | Block::Id(_) => {}
        }
    }
}

fn untitled_line(parts: &mut [Inline], names: &dyn Names) {
    for part in parts {
        match part {
            Inline::Marked(_, inside) | Inline::Comment { content: inside, .. } => untitled_line(inside, names),
            Inline::Link(link) => untitled_link(link, names),
            _ => {}
        }
    }
}

fn untitled_link(link: &mut Link, names: &dyn Names) {
    let (Target::Address(reference) | Target::Content(reference)) = &link.target else { return };
    let Some(title) = names.page(reference) else { return };
    let words: String =
        link.content.iter().map(|part| if let Inline::Text(text) = part { text } else { "\0" }).collect();
    if words.split_whitespace().eq(title.split_whitespace()) {
        link.content = match &link.target {
            Target::Address(address) => vec![Inline::Text(address.clone())],
            _ => Vec::new(),
        };
    }
}
