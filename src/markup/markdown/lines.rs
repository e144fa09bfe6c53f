//! One line of text written as Markdown: marks, code, links, images, mentions and statuses.

use std::borrow::Cow;

use super::escape::{self, Dollars, Signs, Tildes, Within};
use super::{formulas, targets};
use crate::domain::text::{clean_text, may_be_invisible};
use crate::markup::document::{Image, ImageSource, Inline, Kept, Link, Mark, Target};

/// Where a line stands decides how a line break is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    /// In headings and table cells everything stays on one line.
    OneLine,
}

/// Writes a line behind what `out` holds; adds the invisible characters it left out to `stripped`.
pub(super) fn write(out: String, content: &[Inline], place: Place, stripped: &mut usize) -> String {
    let tildes = if tilde_count(content) > 1 { Tildes::Several } else { Tildes::AtMostOne };
    let signs = Signs { tildes, dollars: dollars(content) };
    let mut line = Line { out, opened_at: usize::MAX, place, signs, within: Within::Line, stripped };
    line.inlines(content, None);
    line.out
}

fn tilde_count(content: &[Inline]) -> usize {
    content.iter().fold(0, |count, part| {
        count
            + match part {
                Inline::Text(text) => text.bytes().map(|byte| usize::from(byte == b'~')).sum(),
                Inline::Marked(Mark::Strike, _) => 2,
                Inline::Marked(_, content) => tilde_count(content),
                Inline::Link(link) if link.content.is_empty() => label(&link.target).matches('~').count(),
                Inline::Link(link) => tilde_count(&link.content),
                _ => 0,
            }
    })
}

/// Whether a dollar sign that can begin a formula has one behind it that can end it.
fn dollars(content: &[Inline]) -> Dollars {
    if !content.iter().any(has_dollar) {
        return Dollars::Apart;
    }
    let mut flat = String::new();
    flatten(content, &mut flat);
    let blank = |side: Option<char>| side.is_none_or(|side| side.is_ascii_whitespace());
    let mut opened = false;
    for (at, _) in flat.match_indices('$') {
        let before = flat.get(..at).and_then(|text| text.chars().next_back());
        let after = flat.get(at + 1..).and_then(|text| text.chars().next());
        if opened && !blank(before) {
            return Dollars::Paired;
        }
        opened |= !blank(after);
    }
    Dollars::Apart
}

fn has_dollar(part: &Inline) -> bool {
    match part {
        Inline::Text(text) | Inline::Status { title: text, .. } => text.contains('$'),
        Inline::Formula(_) => true,
        Inline::Mention { name, .. } => name.as_deref().is_some_and(|name| name.contains('$')),
        Inline::Marked(_, content) | Inline::Comment { content, .. } => content.iter().any(has_dollar),
        Inline::Link(link) => link.content.iter().any(has_dollar) || label(&link.target).contains('$'),
        Inline::Image(image) => image.alt.contains('$'),
        Inline::Kept(kept) => kept.label.contains('$'),
        Inline::Code(_) | Inline::Break | Inline::Date(_) => false,
    }
}

/// All characters of a line as far as dollar signs are concerned.
fn flatten(content: &[Inline], flat: &mut String) {
    for part in content {
        match part {
            Inline::Text(text) => flat.push_str(text),
            Inline::Code(text) | Inline::Kept(Kept { label: text, .. }) => flat.extend(["`", text, "`"]),
            Inline::Status { title: text, .. } => flat.extend(["[", text, "]"]),
            Inline::Mention { name, .. } => flat.extend(["[", name.as_deref().unwrap_or_default(), "]"]),
            Inline::Formula(source) => flat.extend(["$", source, "$"]),
            Inline::Marked(_, content) | Inline::Comment { content, .. } => {
                flat.push('*');
                flatten(content, flat);
                flat.push('*');
            }
            Inline::Link(link) => {
                flat.push('[');
                flatten(&link.content, flat);
                flat.push_str(if link.content.is_empty() { label(&link.target) } else { "" });
                flat.extend(["](", &targets::destination(&link.target), ")"]);
            }
            Inline::Image(image) => {
                let source = match &image.source {
                    ImageSource::Attachment(text) | ImageSource::Address(text) => text,
                };
                flat.extend(["[", &image.alt, "](", source, image.caption.as_deref().unwrap_or_default(), ")"]);
            }
            Inline::Break => flat.push_str("<br>"),
            Inline::Date(_) => flat.push('['),
        }
    }
}

struct Line<'s> {
    out: String,
    /// Where the last opening mark ended: what follows directly is inside of it.
    opened_at: usize,
    place: Place,
    signs: Signs,
    within: Within,
    stripped: &'s mut usize,
}

impl Line<'_> {
    fn inlines(&mut self, content: &[Inline], after: Option<char>) {
        let mut parts = content.iter().peekable();
        while let Some(part) = parts.next() {
            let next = parts.peek().map_or(after, |next| first_character(next));
            self.inline(part, next);
        }
    }

    fn clean<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        clean(text, self.stripped)
    }

    fn text(&mut self, text: &str, next: Option<char>) {
        let text = self.clean(text);
        escape::text(&mut self.out, &text, next, self.signs, self.within);
    }

    fn inline(&mut self, part: &Inline, next: Option<char>) {
        match part {
            Inline::Text(text) => self.text(text, next),
            Inline::Code(text) => self.code(text),
            Inline::Break if self.within == Within::Link => self.out.push(' '),
            Inline::Break if self.place == Place::Paragraph => self.out.push_str("\\\n"),
            Inline::Break => self.out.push_str("<br>"),
            Inline::Marked(mark, content) => self.marked(*mark, content, next),
            Inline::Link(link) => self.link(link),
            Inline::Image(image) => self.image(image),
            Inline::Mention { account_id, name } => {
                let name = name.as_deref().unwrap_or("user").to_owned();
                self.bracketed(&format!("@{name}"), &format!("user:{account_id}"));
            }
            Inline::Status { title, colour } => {
                let colour = colour.as_deref().unwrap_or("grey").to_lowercase();
                self.bracketed(title, &format!("status:{colour}"));
            }
            Inline::Formula(source) => {
                // It is written as text, which knows a formula where it is one.
                self.text(&format!("${}$", formulas::spaced(source)), next);
            }
            Inline::Date(day) => self.bracketed(day, "date:"),
            Inline::Comment { reference, content } => {
                self.linked(content, &format!("comment:{reference}"));
            }
            Inline::Kept(kept) => {
                self.out.push_str("{{");
                // Nothing in it is a formula.
                for (at, part) in kept.label.split('$').enumerate() {
                    self.out.push_str(if at > 0 { "\\$" } else { "" });
                    self.text(part, Some(' '));
                }
                self.out.extend([" #", &kept.id, "}}"]);
            }
        }
    }

    fn bracketed(&mut self, text: &str, destination: &str) {
        self.out.push('[');
        let outside = std::mem::replace(&mut self.within, Within::Link);
        self.text(text, Some(']'));
        self.within = outside;
        let destination = self.clean(destination);
        self.out.extend(["](", &escape::destination(&destination), ")"]);
    }

    fn code(&mut self, text: &str) {
        let text = self.clean(text).replace('\n', " ");
        let fence = "`".repeat(longest_run(&text) + 1);
        let padded = text.starts_with('`')
            || text.ends_with('`')
            || (text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty());
        let pad = if padded { " " } else { "" };
        self.out.extend([&fence, pad, &text, pad, &fence]);
    }

    fn marked(&mut self, mark: Mark, content: &[Inline], next: Option<char>) {
        // The content is written alone first: its own ends decide which marks hold. A sign stands for the mark before it.
        let mut inside = "*".to_owned();
        std::mem::swap(&mut inside, &mut self.out);
        let before = inside.chars().next_back();
        let just_opened = self.opened_at == inside.len();
        self.opened_at = 1;
        self.inlines(content, Some('*'));
        std::mem::swap(&mut inside, &mut self.out);
        let inside = inside.get(1..).unwrap_or_default();
        let text = inside.trim();
        let (lead, tail) = (inside.len() - inside.trim_start().len(), inside.len() - inside.trim_end().len());
        if text.is_empty() {
            self.out.push_str(inside);
            return;
        }
        if lead > 0 && !just_opened {
            self.out.push(' ');
        }
        let before = if lead > 0 { Some(' ') } else { before };
        let after = if tail > 0 { Some(' ') } else { next };
        let (open, close) = delimiters(mark, before, text, after, just_opened);
        self.out.push_str(open);
        self.opened_at = self.out.len();
        self.out.push_str(text);
        self.out.push_str(close);
        if tail > 0 {
            self.out.push(' ');
        }
    }

    fn link(&mut self, link: &Link) {
        let destination = targets::destination(&link.target);
        let destination = self.clean(&destination);
        let shows_address = match (link.content.as_slice(), &link.target) {
            ([], Target::Address(address)) => is_autolink(address),
            ([Inline::Text(text)], Target::Address(address)) => text == address && is_autolink(address),
            _ => false,
        };
        if shows_address {
            self.out.extend(["<", &destination, ">"]);
            return;
        }
        if link.content.is_empty() {
            let label = label(&link.target).split_whitespace().collect::<Vec<_>>().join(" ");
            self.linked(&[Inline::Text(label)], &destination);
        } else {
            self.linked(&link.content, &destination);
        }
    }

    fn linked(&mut self, content: &[Inline], destination: &str) {
        self.out.push('[');
        let outside = std::mem::replace(&mut self.within, Within::Link);
        self.opened_at = usize::MAX;
        self.inlines(content, Some(']'));
        self.within = outside;
        self.out.extend(["](", &escape::destination(destination), ")"]);
    }

    fn image(&mut self, image: &Image) {
        self.out.push_str("![");
        let outside = std::mem::replace(&mut self.within, Within::Link);
        if !repeats_name(image) {
            self.text(&image.alt, Some(']'));
        }
        self.within = outside;
        let source = match &image.source {
            ImageSource::Attachment(file) => targets::encode(file),
            ImageSource::Address(address) => Cow::Borrowed(address.as_str()),
        };
        let source = self.clean(&source);
        let caption = image.caption.as_ref().map(|caption| self.clean(caption));
        let title = caption.map(|caption| format!(" \"{}\"", escape::quoted_title(&caption))).unwrap_or_default();
        self.out.extend(["](", &escape::destination(&source), &title, ")"]);
    }
}

/// Whether the alternative text of an image is its file name, as Confluence fills it in. Letters outside of ASCII are not
/// compared: names come composed and decomposed.
fn repeats_name(image: &Image) -> bool {
    let (ImageSource::Attachment(name) | ImageSource::Address(name)) = &image.source;
    let ascii = |text: &str| text.chars().filter(char::is_ascii).collect::<String>();
    image.alt.contains('.') && ascii(&image.alt) == ascii(name)
}

/// A text without invisible characters; adds those it left out to `stripped`.
pub(super) fn clean<'t>(text: &'t str, stripped: &mut usize) -> Cow<'t, str> {
    if !text.bytes().any(|byte| byte != b'\n' && may_be_invisible(byte)) {
        return Cow::Borrowed(text);
    }
    let cleaned = clean_text(text);
    *stripped += cleaned.stripped;
    Cow::Owned(cleaned.text)
}

/// What a link without words of its own shows.
fn label(target: &Target) -> &str {
    match target {
        Target::Page { title, .. } | Target::BlogPost { title, .. } => title,
        Target::Address(text)
        | Target::Content(text)
        | Target::Space(text)
        | Target::Attachment(text)
        | Target::Anchor(text) => text,
    }
}

fn is_autolink(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://"))
        && !address
            .contains(|character: char| character.is_whitespace() || character.is_control() || "<>".contains(character))
}

pub(super) fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Marks of Markdown where its rules let them hold, else the tags of HTML that the reader knows.
fn delimiters(
    mark: Mark,
    before: Option<char>,
    text: &str,
    after: Option<char>,
    just_opened: bool,
) -> (&'static str, &'static str) {
    let space = |side: Option<char>| side.is_none_or(char::is_whitespace);
    let punctuation = |side: Option<char>| side.is_some_and(is_punctuation);
    let opens = !punctuation(text.chars().next()) || space(before) || punctuation(before);
    let closes = !punctuation(text.chars().next_back()) || space(after) || punctuation(after);
    let apart = just_opened || !matches!(before, Some('*' | '_' | '~'));
    let underscores =
        (space(before) || punctuation(before)) && (space(after) || punctuation(after)) && before != Some('_');
    match mark {
        Mark::Strong if opens && closes && apart && !text.starts_with("**") => ("**", "**"),
        Mark::Strong => ("<strong>", "</strong>"),
        Mark::Emphasis if opens && closes && !just_opened && before != Some('*') && !text.starts_with('*') => {
            ("*", "*")
        }
        Mark::Emphasis if opens && closes && underscores && !text.starts_with('_') => ("_", "_"),
        Mark::Emphasis => ("<em>", "</em>"),
        Mark::Strike if opens && closes && apart && !text.starts_with('~') => ("~~", "~~"),
        Mark::Strike => ("<s>", "</s>"),
        Mark::Underline => ("<u>", "</u>"),
        Mark::Superscript => ("<sup>", "</sup>"),
        Mark::Subscript => ("<sub>", "</sub>"),
    }
}

/// Punctuation and symbols as the rules of emphasis see them.
fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || (!character.is_ascii() && !character.is_alphanumeric() && !character.is_whitespace())
}

/// The character a part of a line begins with.
fn first_character(part: &Inline) -> Option<char> {
    match part {
        Inline::Text(text) => text.chars().next(),
        Inline::Code(_) => Some('`'),
        Inline::Break => Some('\n'),
        Inline::Marked(_, content) => match content.first().and_then(first_character) {
            Some(' ') => Some(' '),
            _ => Some('*'),
        },
        Inline::Link(_) | Inline::Mention { .. } | Inline::Status { .. } | Inline::Date(_) | Inline::Comment { .. } => {
            Some('[')
        }
        Inline::Kept(_) => Some('{'),
        Inline::Image(_) => Some('!'),
        Inline::Formula(_) => Some('$'),
    }
}
