//! Invisible characters taken out of a block before it is shown, with the lines and blocks that were made of nothing else.

use std::borrow::Cow;

use super::tidy::collapsed;
use super::{Block, Image, Inline, Item, Link, Target};
use crate::domain::text::{clean_text, is_invisible, may_be_invisible};

/// A block without invisible characters in its lines; adds to `stripped` how many were taken out. Nothing, where nothing of
/// it can be seen. Names and addresses keep theirs.
pub(in crate::markup) fn clean<'b>(block: &'b Block, stripped: &mut usize) -> Option<Cow<'b, Block>> {
    if is_clean(block) { Some(Cow::Borrowed(block)) } else { cleaned(block, stripped).map(Cow::Owned) }
}

fn shows_all(text: &str) -> bool {
    !text.bytes().any(|byte| byte != b'\n' && may_be_invisible(byte)) || !text.contains(is_invisible)
}

fn is_clean(block: &Block) -> bool {
    match block {
        Block::Paragraph(content) | Block::Heading { content, .. } => content.iter().all(is_clean_inline),
        Block::Quote(blocks) => blocks.iter().all(is_clean),
        Block::Expand { title, blocks } => shows_all(title) && blocks.iter().all(is_clean),
        Block::Panel(panel) => panel.title.as_deref().is_none_or(shows_all) && panel.blocks.iter().all(is_clean),
        Block::List(list) => list.items.iter().all(|item| item.blocks.iter().all(is_clean)),
        Block::Table(table) => table.rows.iter().flatten().all(|cell| cell.blocks.iter().all(is_clean)),
        Block::Code(code) => shows_all(&code.text),
        Block::Rule | Block::Formula(_) | Block::Kept(_) | Block::Id(_) => true,
    }
}

fn is_clean_inline(part: &Inline) -> bool {
    match part {
        Inline::Text(text) | Inline::Code(text) | Inline::Status { title: text, .. } | Inline::Formula(text) => {
            shows_all(text)
        }
        Inline::Link(Link { target: Target::Address(address), content }) => {
            shows_all(address) && content.iter().all(is_clean_inline)
        }
        Inline::Marked(_, content) | Inline::Link(Link { content, .. }) | Inline::Comment { content, .. } => {
            content.iter().all(is_clean_inline)
        }
        Inline::Image(image) => shows_all(&image.alt) && image.caption.as_deref().is_none_or(shows_all),
        Inline::Break | Inline::Mention { .. } | Inline::Date(_) | Inline::Kept(_) => true,
    }
}

fn blocks(content: &[Block], stripped: &mut usize) -> Vec<Block> {
    content.iter().filter_map(|block| cleaned(block, stripped)).collect()
}

/// Nothing, where nothing can be seen of a block of text.
fn cleaned(block: &Block, stripped: &mut usize) -> Option<Block> {
    Some(match block {
        Block::Paragraph(content) => {
            let content = collapsed(line(content, stripped));
            if content.is_empty() {
                return None;
            }
            Block::Paragraph(content)
        }
        Block::Heading { level, content } => {
            let content = collapsed(line(content, stripped));
            if content.is_empty() {
                return None;
            }
            Block::Heading { level: *level, content }
        }
        Block::Code(code) => {
            let mut code = code.clone();
            code.text = text(&code.text, stripped);
            if code.text.trim().is_empty() {
                return None;
            }
            Block::Code(code)
        }
        Block::Quote(content) => Block::Quote(blocks(content, stripped)),
        Block::Expand { title, blocks: content } => {
            Block::Expand { title: one_line(title, stripped), blocks: blocks(content, stripped) }
        }
        Block::Panel(panel) => {
            let mut panel = panel.clone();
            panel.title = panel.title.map(|title| one_line(&title, stripped)).filter(|title| !title.is_empty());
            panel.blocks = blocks(&panel.blocks, stripped);
            Block::Panel(panel)
        }
        Block::List(list) => {
            let mut list = list.clone();
            for Item { blocks: content, .. } in &mut list.items {
                *content = blocks(content, stripped);
            }
            Block::List(list)
        }
        Block::Table(table) => {
            let mut table = table.clone();
            for cell in table.rows.iter_mut().flatten() {
                cell.blocks = blocks(&cell.blocks, stripped);
            }
            Block::Table(table)
        }
        other => other.clone(),
    })
}

fn line(content: &[Inline], stripped: &mut usize) -> Vec<Inline> {
    let mut cleaned = Vec::with_capacity(content.len());
    for part in content {
        cleaned.push(match part {
            Inline::Text(words) => Inline::Text(text(words, stripped)),
            Inline::Code(words) => match text(words, stripped) {
                words if words.is_empty() => continue,
                words => Inline::Code(words),
            },
            Inline::Image(image) => Inline::Image(Image {
                source: image.source.clone(),
                alt: text(&image.alt, stripped),
                caption: image.caption.as_ref().map(|caption| one_line(caption, stripped)),
            }),
            Inline::Formula(source) => Inline::Formula(text(source, stripped)),
            Inline::Status { title, colour } => {
                let title = text(title, stripped);
                if title.trim().is_empty() {
                    continue;
                }
                Inline::Status { title, colour: colour.clone() }
            }
            Inline::Marked(mark, content) => Inline::Marked(*mark, line(content, stripped)),
            Inline::Link(link) => {
                let target = match &link.target {
                    Target::Address(address) => Target::Address(text(address, stripped)),
                    other => other.clone(),
                };
                Inline::Link(Link { target, content: line(&link.content, stripped) })
            }
            Inline::Comment { reference, content } => {
                Inline::Comment { reference: reference.clone(), content: line(content, stripped) }
            }
            other => other.clone(),
        });
    }
    cleaned
}

fn text(text: &str, stripped: &mut usize) -> String {
    let cleaned = clean_text(text);
    *stripped += cleaned.stripped;
    cleaned.text
}

fn one_line(title: &str, stripped: &mut usize) -> String {
    text(title, stripped).split_whitespace().collect::<Vec<_>>().join(" ")
}
