//! A page read for its outline, one of its sections, or to be edited block by block.

use super::grade::{Grade, grade};
use super::names::Ids;
use super::segments::{BlockKind, Segment, segments};
use crate::markup::document::{Block, Document, Inline, Panel};
use crate::markup::storage::{Parsed, Reading, is_block, parse};
use crate::markup::{Names, Rendered, markdown};

/// A heading of a page and what stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The block's name.
    pub id: String,
    /// From 1.
    pub level: u8,
    /// Its words.
    pub title: String,
    /// Blocks from here to the next heading.
    pub blocks: usize,
    /// Bytes of storage format from here to the next heading.
    pub bytes: usize,
}

/// The headings of a page in order, each with what stands between it and the next; what stands before the first heading
/// is under one of level 0.
pub fn outline(storage: &str, names: &dyn Names) -> Vec<Heading> {
    let parsed = parse(storage, is_block);
    let segments = segments(&parsed.root, storage);
    let ids = Ids::of(&segments, &parsed.root, storage);
    let mut found = vec![Heading { id: String::new(), level: 0, title: String::new(), blocks: 0, bytes: 0 }];
    headings(&segments, &ids, names, &mut found);
    if found.first().is_some_and(|start| start.blocks == 0) {
        found.remove(0);
    }
    found
}

fn headings(segments: &[Segment<'_, '_>], ids: &Ids, names: &dyn Names, found: &mut Vec<Heading>) {
    for segment in segments {
        if let BlockKind::Heading(level) = segment.kind {
            let mut reading = Reading::new(names);
            let line = markdown::write(&Document { blocks: reading.blocks(segment.unit.nodes) }).text;
            let title = line.trim_start_matches('#').trim().to_owned();
            found.push(Heading { id: ids.get(segment.unit.range.start), level, title, blocks: 0, bytes: 0 });
        }
        if segment.children.is_empty()
            && let Some(last) = found.last_mut()
        {
            last.blocks += usize::from(!matches!(segment.kind, BlockKind::Heading(_)));
            last.bytes += segment.unit.range.len();
        }
        headings(&segment.children, ids, names, found);
    }
}

/// One block of a page as Markdown, or under a heading everything up to the next of its level or above; nothing where no
/// block has this name and no heading these words.
pub fn section(storage: &str, part: &str, names: &dyn Names) -> Option<Rendered> {
    let parsed = parse(storage, is_block);
    let segments = segments(&parsed.root, storage);
    let ids = Ids::of(&segments, &parsed.root, storage);
    let mut reading = Reading::new(names);
    let part = find(&segments, &ids, part)?;
    let blocks = part.iter().flat_map(|segment| reading.blocks(segment.unit.nodes)).collect();
    Some(rendered(&parsed, reading, blocks))
}

/// The block with this name, or the heading with these words and everything under it among its neighbours.
fn find<'a, 't, 's>(segments: &'a [Segment<'t, 's>], ids: &Ids, part: &str) -> Option<&'a [Segment<'t, 's>]> {
    for (at, segment) in segments.iter().enumerate() {
        if is_called(segment, ids, part) {
            let rest = segments.get(at..)?;
            let BlockKind::Heading(level) = segment.kind else { return rest.get(..1) };
            let ends = |next: &Segment<'_, '_>| matches!(next.kind, BlockKind::Heading(other) if other <= level);
            let end = rest.iter().skip(1).position(ends).map_or(rest.len(), |end| end + 1);
            return rest.get(..end);
        }
        if let Some(found) = find(&segment.children, ids, part) {
            return Some(found);
        }
    }
    None
}

fn is_called(segment: &Segment<'_, '_>, ids: &Ids, part: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_heading = matches!(segment.kind, BlockKind::Heading(_));
    ids.is_called(segment.unit.range.start, part)
        || (is_heading && segment.unit.element.is_some_and(|element| words(&element.text()) == words(part)))
}

/// A page, or one part of it as [`section`] finds it, as Markdown with the name of every block before it, and every macro
/// that Markdown cannot hold as a marker. Nothing where that part is not found.
pub fn to_edit(storage: &str, part: Option<&str>, names: &dyn Names) -> Option<Rendered> {
    let parsed = parse(storage, is_block);
    let segments = segments(&parsed.root, storage);
    let ids = Ids::of(&segments, &parsed.root, storage);
    let mut reading = Reading::new(names);
    reading.ids = Some(ids.by_start());
    let mut blocks = Vec::new();
    let part = match part {
        Some(part) => find(&segments, &ids, part)?,
        None => &segments,
    };
    named(part, &ids, &mut reading, &mut blocks);
    Some(rendered(&parsed, reading, blocks))
}

fn named(segments: &[Segment<'_, '_>], ids: &Ids, reading: &mut Reading<'_>, blocks: &mut Vec<Block>) {
    for segment in segments {
        let read = reading.blocks(segment.unit.nodes);
        let is_marker = match read.as_slice() {
            [Block::Kept(_)] => true,
            [Block::Paragraph(line)] => matches!(line.as_slice(), [Inline::Kept(_)]),
            _ => false,
        };
        // The marker of a kept macro has its name already.
        if !is_marker {
            blocks.push(Block::Id(name(segment, ids)));
        }
        if segment.children.is_empty() {
            blocks.extend(read);
            continue;
        }
        let mut inside = Vec::new();
        named(&segment.children, ids, reading, &mut inside);
        match (segment.kind, read.first()) {
            (BlockKind::Panel, Some(Block::Panel(panel))) => {
                blocks.push(Block::Panel(Panel { blocks: inside, ..panel.clone() }));
            }
            (BlockKind::Expand, Some(Block::Expand { title, .. })) => {
                blocks.push(Block::Expand { title: title.clone(), blocks: inside });
            }
            _ => {
                // What it reads as besides its blocks, such as a title, comes first.
                let of_children = segment.children.iter().flat_map(|child| reading.blocks(child.unit.nodes));
                match read.strip_suffix(of_children.collect::<Vec<_>>().as_slice()) {
                    Some(own) => blocks.extend(own.iter().cloned().chain(inside)),
                    None => blocks.extend(read),
                }
            }
        }
    }
}

/// A block's name and what is to be known before it is replaced.
fn name(segment: &Segment<'_, '_>, ids: &Ids) -> String {
    let id = ids.get(segment.unit.range.start);
    let what = match segment.kind {
        BlockKind::Layout | BlockKind::Cell | BlockKind::Macro => format!("{id} {}", macro_name(segment)),
        _ => id,
    };
    if !segment.children.is_empty() {
        return what;
    }
    match grade(&segment.unit, ids.by_start()) {
        // Names of macros may hold anything; a comment must not end early.
        Grade::Lossy(lost) => format!("{what} lossy: {}", lost.join(", ").replace(['<', '>'], "").replace("--", "")),
        _ => what,
    }
}

fn macro_name(segment: &Segment<'_, '_>) -> String {
    let name = segment.unit.element.and_then(|element| element.attribute("ac:name")).unwrap_or_default();
    let name: String = name.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').take(40).collect();
    if name.is_empty() { segment.kind.word().to_owned() } else { format!("macro {name}") }
}

fn rendered(parsed: &Parsed<'_>, reading: Reading<'_>, blocks: Vec<Block>) -> Rendered {
    let written = markdown::write(&Document { blocks });
    let mut warnings: Vec<String> = parsed.warnings.iter().map(|warning| (*warning).to_owned()).collect();
    if written.is_cut {
        warnings.push("the text is too long: its end was left out".to_owned());
    }
    let hidden = reading.hidden;
    Rendered {
        hidden,
        markdown: written.text,
        lossy: reading.lossy.into_iter().collect(),
        warnings,
        stripped: written.stripped,
    }
}
