//! Quotations that are panels.

use super::pieces::joined;
use crate::markup::document::tidy::tidy;
use crate::markup::document::{Block, Inline, Mark, Panel, PanelKind};

/// Makes a quotation a panel if its first line says so.
pub(super) fn quotation(mut blocks: Vec<Block>) -> Block {
    let Some(Block::Paragraph(content)) = blocks.first_mut() else { return Block::Quote(blocks) };
    if matches!(content.first(), Some(Inline::Text(text)) if text.starts_with("[!")) {
        *content = without_formulas(std::mem::take(content));
    }
    let panel = take_first_line(content);
    // Line ends were kept up to here to find the first line.
    *content = tidy(std::mem::take(content));
    if content.is_empty() {
        blocks.remove(0);
    }
    match panel {
        Some((kind, title)) => Block::Panel(Panel { kind, title, blocks }),
        None => Block::Quote(blocks),
    }
}

/// Formulas are text here: a title may hold them.
fn without_formulas(content: Vec<Inline>) -> Vec<Inline> {
    let flat = content.into_iter().map(|part| match part {
        Inline::Formula(source) => Inline::Text(format!("${source}$")),
        other => other,
    });
    joined(flat.collect())
}

/// Reads and removes the first line of a panel: its kind and title.
fn take_first_line(content: &mut Vec<Inline>) -> Option<(PanelKind, Option<String>)> {
    let is_alone = content.len() == 1;
    match content.as_mut_slice() {
        [Inline::Text(text), ..] => {
            let (word, rest) = text.strip_prefix("[!")?.split_once(']')?;
            let kind = kind_of(word)?;
            let (first, further) = match rest.split_once('\n') {
                Some((first, further)) => (first.to_owned(), Some(further.to_owned())),
                // The title must be plain text: what follows on the same line is content.
                None if !is_alone => (String::new(), Some(rest.to_owned())),
                None => (rest.to_owned(), None),
            };
            let further = further.unwrap_or_default();
            if let Some(Inline::Text(text)) = content.first_mut() {
                further.trim_start().clone_into(text);
            }
            Some((kind, Some(first.trim().to_owned()).filter(|title| !title.is_empty())))
        }
        [Inline::Marked(Mark::Strong, strong), rest @ ..] => {
            let [Inline::Text(word)] = strong.as_slice() else { return None };
            let kind = match word.trim_end_matches(':') {
                "Info" => PanelKind::Info,
                "Note" => PanelKind::Note,
                "Tip" => PanelKind::Tip,
                "Warning" => PanelKind::Warning,
                _ => return None,
            };
            match rest.first_mut() {
                None | Some(Inline::Break) => {}
                Some(Inline::Text(text)) if text.starts_with('\n') => *text = text.trim_start().to_owned(),
                Some(_) => return None,
            }
            content.remove(0);
            Some((kind, None))
        }
        _ => None,
    }
}

fn kind_of(word: &str) -> Option<PanelKind> {
    Some(match word.to_ascii_uppercase().as_str() {
        "INFO" => PanelKind::Info,
        "NOTE" | "IMPORTANT" => PanelKind::Note,
        "TIP" | "SUCCESS" => PanelKind::Tip,
        "WARNING" | "CAUTION" | "ERROR" => PanelKind::Warning,
        "PANEL" => PanelKind::Plain,
        _ => return None,
    })
}
