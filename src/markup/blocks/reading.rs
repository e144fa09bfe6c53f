//! A page read for its outline, one of its sections, or to be edited block by block.

use super::grade::{Grade, grade};
use super::names::{Ids, named_segments};
use super::segments::{BlockKind, Segment};
use crate::markup::document::{Block, Document, Inline, Panel};
use crate::markup::storage::{Element, Noticed, Parsed, Reading, is_block, parse};
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
    let (segments, ids) = named_segments(&parsed.root, storage);
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
    let (segments, ids) = named_segments(&parsed.root, storage);
    let mut reading = Reading::new(names);
    let part = find_part(&segments, &ids, part)?;
    let blocks = part.iter().flat_map(|segment| reading.blocks(segment.unit.nodes)).collect();
    Some(rendered(&parsed, reading, blocks))
}

/// The block with this name, or the heading with these words, with everything under a heading among its neighbours.
pub(in crate::markup) fn find_part<'a, 't, 's>(
    segments: &'a [Segment<'t, 's>],
    ids: &Ids,
    part: &str,
) -> Option<&'a [Segment<'t, 's>]> {
    for (at, segment) in segments.iter().enumerate() {
        if is_called(segment, ids, part) {
            let rest = segments.get(at..)?;
            let BlockKind::Heading(level) = segment.kind else { return rest.get(..1) };
            let ends = |next: &Segment<'_, '_>| matches!(next.kind, BlockKind::Heading(other) if other <= level);
            let end = rest.iter().skip(1).position(ends).map_or(rest.len(), |end| end + 1);
            return rest.get(..end);
        }
        if let Some(found) = find_part(&segment.children, ids, part) {
            return Some(found);
        }
    }
    None
}

fn is_called(segment: &Segment<'_, '_>, ids: &Ids, part: &str) -> bool {
    let is_heading = matches!(segment.kind, BlockKind::Heading(_));
    let says = |element: &Element<'_>| plain_words(&element.text()) == plain_words(part);
    ids.is_called(segment.unit.range.start, part) || (is_heading && segment.unit.element.is_some_and(says))
}

/// Words as people tell headings and tasks apart: whatever the case and the white space.
pub(in crate::markup) fn plain_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A page, or one part of it as [`section`] finds it, as Markdown with the name of every block before it, and every macro
/// that Markdown cannot hold as a marker. What Markdown cannot hold is told at each block, not of the whole. Nothing where
/// that part is not found.
pub fn to_edit(storage: &str, part: Option<&str>, names: &dyn Names) -> Option<Rendered> {
    let parsed = parse(storage, is_block);
    let (segments, ids) = named_segments(&parsed.root, storage);
    let mut reading = Reading::new(names);
    reading.ids = Some(ids.by_start());
    let mut blocks = Vec::new();
    let part = match part {
        Some(part) => find_part(&segments, &ids, part)?,
        None => &segments,
    };
    named(part, &ids, &mut reading, &mut blocks);
    reading.lossy.clear();
    Some(rendered(&parsed, reading, blocks))
}

fn named(segments: &[Segment<'_, '_>], ids: &Ids, reading: &mut Reading<'_>, blocks: &mut Vec<Block>) {
    for segment in segments {
        if segment.children.is_empty() {
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
            blocks.extend(read);
            continue;
        }
        blocks.push(Block::Id(name(segment, ids)));
        let mut inside = Vec::new();
        named(&segment.children, ids, reading, &mut inside);
        if matches!(segment.kind, BlockKind::Layout | BlockKind::Cell) {
            blocks.append(&mut inside);
        } else {
            around(segment, reading, inside, blocks);
        }
    }
}

/// Puts what a panel or macro reads as around the blocks in it, which have been read.
fn around(segment: &Segment<'_, '_>, reading: &Reading<'_>, inside: Vec<Block>, blocks: &mut Vec<Block>) {
    // A reading of its own: nothing in it counts twice.
    let mut again = Reading::new(reading.names);
    again.ids = reading.ids;
    let read = again.blocks(segment.unit.nodes);
    match (segment.kind, read.first()) {
        (BlockKind::Panel, Some(Block::Panel(panel))) => {
            blocks.push(Block::Panel(Panel { blocks: inside, ..panel.clone() }));
        }
        (BlockKind::Expand, Some(Block::Expand { title, .. })) => {
            blocks.push(Block::Expand { title: title.clone(), blocks: inside });
        }
        _ => {
            // What it reads as besides its blocks, such as a title, comes first.
            let of_children = segment.children.iter().flat_map(|child| again.blocks(child.unit.nodes));
            match read.strip_suffix(of_children.collect::<Vec<_>>().as_slice()) {
                Some(own) => blocks.extend(own.iter().cloned().chain(inside)),
                None => blocks.extend(read),
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
    let noticed = Noticed { warnings: parsed.warnings.clone(), lossy: reading.lossy, hidden: reading.hidden };
    Rendered::of(markdown::write(&Document { blocks }), noticed, Vec::new())
}
