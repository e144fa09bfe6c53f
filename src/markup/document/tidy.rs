//! Lines of text put in order: spaces collapsed, neighbours of one kind joined, empty parts dropped.

use super::{Image, Inline, Link, Mark};
use crate::domain::text::{is_invisible, may_be_invisible};

/// Brings a line as Markdown has it into its one normal form; line ends in it must still be there.
pub(in crate::markup) fn tidy(mut line: Vec<Inline>) -> Vec<Inline> {
    take_caption(&mut line);
    collapsed(line)
}

/// Emphasised words below an image, and nothing else, are its caption.
fn take_caption(line: &mut Vec<Inline>) {
    let is_blank = |part: &Inline| matches!(part, Inline::Text(text) if text.trim().is_empty());
    let mut parts = line.iter().skip_while(|part| is_blank(part));
    let [Some(Inline::Image(image)), Some(Inline::Text(gap)), Some(Inline::Marked(Mark::Emphasis, words))] =
        [parts.next(), parts.next(), parts.next()]
    else {
        return;
    };
    let alone = image.caption.is_none() && gap.contains('\n') && gap.trim().is_empty() && parts.all(is_blank);
    let words = collapsed(words.clone());
    if let (true, [Inline::Text(caption)]) = (alone, words.as_slice()) {
        *line = vec![Inline::Image(Image { caption: Some(caption.clone()), ..image.clone() })];
    }
}

/// Brings a line into its one normal form.
pub(in crate::markup) fn collapsed(mut line: Vec<Inline>) -> Vec<Inline> {
    if !is_flat(&line, false) {
        line = join(unnest(line, &mut Vec::new()));
    }
    let mut blank_before = true;
    collapse(&mut line, &mut blank_before);
    if line.iter().any(is_loose) {
        line = join(tightened(line));
    }
    trim_before_breaks(&mut line);
    drop_empty(&mut line);
    while trim_end(&mut line) {}
    if !is_flat(&line, false) {
        line = join(unnest(line, &mut Vec::new()));
    }
    line
}

/// Whether a mark begins or ends with white space or a line break.
fn is_loose(part: &Inline) -> bool {
    let (Inline::Marked(_, content) | Inline::Comment { content, .. }) = part else { return false };
    let begins = match content.first() {
        Some(Inline::Text(text)) => text.is_empty() || text.starts_with(char::is_whitespace),
        Some(Inline::Break) => true,
        _ => false,
    };
    let ends = match content.last() {
        Some(Inline::Text(text)) => text.is_empty() || text.ends_with(char::is_whitespace),
        Some(Inline::Break) => true,
        _ => false,
    };
    begins || ends || content.iter().any(is_loose)
}

/// Takes white space and line breaks at both ends of marks out of them.
fn tightened(line: Vec<Inline>) -> Vec<Inline> {
    let mut outside = Vec::with_capacity(line.len());
    for part in line {
        match part {
            Inline::Marked(mark, content) => loosened(content, &mut outside, |inside| Inline::Marked(mark, inside)),
            Inline::Comment { reference, content } => {
                loosened(content, &mut outside, |content| Inline::Comment { reference, content });
            }
            other => outside.push(other),
        }
    }
    outside
}

fn loosened(content: Vec<Inline>, outside: &mut Vec<Inline>, marked: impl FnOnce(Vec<Inline>) -> Inline) {
    let mut content = std::collections::VecDeque::from(tightened(content));
    while let Some(first) = content.pop_front() {
        match first {
            Inline::Break => outside.push(Inline::Break),
            Inline::Text(text) => {
                let kept = text.trim_start();
                if kept.len() < text.len() {
                    outside.push(Inline::Text(" ".to_owned()));
                }
                if !kept.is_empty() {
                    content.push_front(Inline::Text(kept.to_owned()));
                    break;
                }
            }
            other => {
                content.push_front(other);
                break;
            }
        }
    }
    let mut behind = Vec::new();
    while let Some(last) = content.pop_back() {
        match last {
            Inline::Break => behind.push(Inline::Break),
            Inline::Text(text) => {
                let kept = text.trim_end();
                if kept.len() < text.len() {
                    behind.push(Inline::Text(" ".to_owned()));
                }
                if !kept.is_empty() {
                    content.push_back(Inline::Text(kept.to_owned()));
                    break;
                }
            }
            other => {
                content.push_back(other);
                break;
            }
        }
    }
    if !content.is_empty() {
        outside.push(marked(content.into()));
    }
    outside.extend(behind.into_iter().rev());
}

/// Whether there are no marks inside marks and no neighbours of one kind.
fn is_flat(line: &[Inline], is_inside: bool) -> bool {
    let apart = line.windows(2).all(|pair| match pair {
        [Inline::Text(_), Inline::Text(_)] | [Inline::Code(_), Inline::Code(_)] => false,
        [Inline::Marked(one, _), Inline::Marked(other, _)] => one != other,
        _ => true,
    });
    apart
        && line.iter().all(|part| match part {
            Inline::Marked(_, content) | Inline::Comment { content, .. } => !is_inside && is_flat(content, true),
            _ => true,
        })
}

/// Takes away marks inside equal marks.
fn unnest(line: Vec<Inline>, around: &mut Vec<Mark>) -> Vec<Inline> {
    let mut flat = Vec::with_capacity(line.len());
    for part in line {
        match part {
            Inline::Marked(mark, content) if around.contains(&mark) => flat.extend(unnest(content, around)),
            Inline::Comment { reference, content } => {
                flat.push(Inline::Comment { reference, content: join(unnest(content, around)) });
            }
            Inline::Marked(mark, content) => {
                around.push(mark);
                let content = join(unnest(content, around));
                around.pop();
                flat.push(Inline::Marked(mark, content));
            }
            other => flat.push(other),
        }
    }
    flat
}

/// Joins texts with texts and marks with equal marks.
fn join(line: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::with_capacity(line.len());
    for part in line {
        match (joined.last_mut(), part) {
            (Some(Inline::Text(before)), Inline::Text(text)) | (Some(Inline::Code(before)), Inline::Code(text)) => {
                before.push_str(&text);
            }
            (Some(Inline::Marked(kind, before)), Inline::Marked(mark, content)) if *kind == mark => {
                let mut both = std::mem::take(before);
                both.extend(content);
                *before = join(both);
            }
            (_, part) => joined.push(part),
        }
    }
    joined
}

/// Makes every run of white space one space, none at the start of a line.
fn collapse(line: &mut Vec<Inline>, blank_before: &mut bool) {
    for part in line {
        match part {
            Inline::Text(text) => collapse_text(text, blank_before),
            Inline::Marked(_, content) | Inline::Comment { content, .. } => collapse(content, blank_before),
            Inline::Link(Link { content, .. }) => {
                let mut inside = *blank_before;
                collapse(content, &mut inside);
                *blank_before = inside && !content.is_empty();
            }
            Inline::Break => *blank_before = true,
            _ => *blank_before = false,
        }
    }
}

fn collapse_text(text: &mut String, blank_before: &mut bool) {
    let mut blank = *blank_before;
    let is_collapsed = text.bytes().all(|byte| {
        let twice = byte == b' ' && blank;
        blank = byte == b' ';
        !twice && !may_be_invisible(byte)
    });
    if is_collapsed {
        *blank_before = blank;
        return;
    }
    let mut collapsed = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_whitespace() {
            if !*blank_before {
                collapsed.push(' ');
            }
            *blank_before = true;
        } else {
            collapsed.push(character);
            *blank_before &= is_invisible(character);
        }
    }
    *text = collapsed;
}

fn trim_before_breaks(line: &mut [Inline]) {
    let mut parts = line.iter_mut().peekable();
    while let Some(part) = parts.next() {
        match part {
            Inline::Text(text) if matches!(parts.peek(), Some(Inline::Break)) => text.truncate(text.trim_end().len()),
            Inline::Marked(_, content) | Inline::Comment { content, .. } => trim_before_breaks(content),
            _ => {}
        }
    }
}

fn drop_empty(line: &mut Vec<Inline>) {
    for part in line.iter_mut() {
        match part {
            Inline::Marked(_, content) | Inline::Link(Link { content, .. }) | Inline::Comment { content, .. } => {
                drop_empty(content);
            }
            _ => {}
        }
    }
    let mut started = false;
    line.retain(|part| {
        let keep = match part {
            Inline::Text(text) | Inline::Code(text) => !text.is_empty(),
            Inline::Marked(_, content) | Inline::Comment { content, .. } => !content.is_empty(),
            Inline::Break => started,
            _ => true,
        };
        started |= keep;
        keep
    });
}

/// Removes one blank thing from the end; whether there may be another.
fn trim_end(line: &mut Vec<Inline>) -> bool {
    let again = match line.last_mut() {
        Some(Inline::Break) => true,
        Some(Inline::Text(text)) => {
            text.truncate(text.trim_end().len());
            text.is_empty()
        }
        Some(Inline::Marked(_, content) | Inline::Comment { content, .. }) => {
            while trim_end(content) {}
            content.is_empty()
        }
        _ => false,
    };
    if again {
        line.pop();
    }
    again
}
