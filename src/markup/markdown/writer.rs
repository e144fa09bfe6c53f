//! The document tree written as lean Markdown.

use super::cells;
use super::escape;
use super::lines::{self, Place, clean, longest_run};
use crate::markup::document::clean;
use crate::markup::document::{Block, Code, Document, Image, ImageSource, Inline, List, Mark, Panel, PanelKind, Task};

/// More Markdown than any page Confluence takes could need.
const MAX_MARKDOWN: usize = 32 * 1024 * 1024;

/// A document as Markdown.
pub(crate) struct Written {
    pub text: String,
    /// Invisible characters left out.
    pub stripped: usize,
    /// Whether the end is missing.
    pub is_cut: bool,
}

/// Writes a document.
pub(crate) fn write(document: &Document) -> Written {
    let mut writer = Writer::default();
    document.blocks.iter().for_each(|block| writer.next(block));
    writer.finish()
}

/// Writes one block after the other.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
    /// What every line begins with: quotation marks and the indentation of lists.
    prefix: String,
    /// What the next line begins with instead, when it opens a list item or quotation.
    lead: Option<String>,
    /// The block directly above, if there is one beside it.
    above: Option<Above>,
    /// An empty buffer for the next paragraph.
    spare: String,
    pub(super) stripped: usize,
    is_cut: bool,
}

/// What the next block must know of the one above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// Lists of one kind that touch are told apart by other bullets.
    List {
        is_numbered: bool,
        is_other: bool,
    },
    Id,
    Any,
}

impl Writer {
    pub(super) fn line(&mut self, text: &str) {
        if self.out.len() + self.prefix.len() + text.len() > MAX_MARKDOWN {
            self.is_cut = true;
        }
        if self.is_cut {
            return;
        }
        let start = self.out.len();
        self.out.push_str(self.lead.take().as_deref().unwrap_or(&self.prefix));
        self.out.push_str(text);
        if text.is_empty() {
            let kept = self.out.get(start..).unwrap_or_default().trim_end().len();
            self.out.truncate(start + kept);
        }
        self.out.push('\n');
    }

    /// Writes what is inside behind `marker` on its first line and `continuation` on the others.
    fn nested(&mut self, marker: &str, continuation: &str, inside: impl FnOnce(&mut Self)) {
        let outside = self.prefix.len();
        self.lead = Some(format!("{}{marker}", self.lead.take().as_deref().unwrap_or(&self.prefix)));
        self.prefix.push_str(continuation);
        inside(self);
        if self.lead.is_some() {
            self.line("");
        }
        self.prefix.truncate(outside);
    }

    pub(super) fn inline(&mut self, content: &[Inline], place: Place) -> String {
        lines::write(String::new(), content, place, &mut self.stripped)
    }

    /// Writes blocks that lie inside another.
    fn blocks(&mut self, blocks: &[Block]) {
        let outside = self.above.take();
        for block in blocks {
            self.beside(block);
        }
        self.above = outside;
    }

    /// Writes one more block.
    pub(crate) fn next(&mut self, block: &Block) {
        let mut stripped = 0;
        if let Some(block) = clean::clean(block, &mut stripped) {
            self.beside(&block);
        }
        self.stripped += stripped;
    }

    fn beside(&mut self, block: &Block) {
        let is_other = match (self.above, block) {
            (Some(Above::List { is_numbered, is_other }), Block::List(list)) => {
                is_numbered == list.start.is_some() && !is_other
            }
            // Three bullets of one kind and nothing else on a line are a rule.
            (_, Block::List(List { start: None, .. })) => self.lead.as_deref().is_some_and(|lead| lead.ends_with("- ")),
            _ => false,
        };
        if self.above.is_some_and(|above| above != Above::Id) {
            self.line("");
        }
        self.block(block, is_other);
        self.above = Some(match block {
            Block::List(list) => Above::List { is_numbered: list.start.is_some(), is_other },
            Block::Id(_) => Above::Id,
            _ => Above::Any,
        });
    }

    /// What was written.
    pub(crate) fn finish(self) -> Written {
        Written { text: self.out, stripped: self.stripped, is_cut: self.is_cut }
    }

    fn block(&mut self, block: &Block, alternate: bool) {
        match block {
            Block::Paragraph(content) => self.paragraph(content),
            Block::Heading { level, content } => {
                let marks = "#".repeat(usize::from(*level).clamp(1, 6));
                let text = self.inline(content, Place::OneLine);
                // A closing run of `#` would be swallowed.
                let text = if text.ends_with('#') {
                    format!("{}\\#", text.get(..text.len() - 1).unwrap_or_default())
                } else {
                    text
                };
                self.line(&format!("{marks} {text}"));
            }
            Block::Rule => self.line(if self.lead.is_some() { "___" } else { "---" }),
            Block::Quote(blocks) => self.nested("> ", "> ", |writer| writer.blocks(blocks)),
            Block::List(list) => self.list(list, alternate),
            Block::Code(code) => self.code(code),
            Block::Table(table) => cells::table(self, table),
            Block::Panel(panel) => self.panel(panel),
            Block::Expand { title, blocks } => {
                let title = self.clean_line(title).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                self.line(&format!("<details><summary>{title}</summary>"));
                self.line("");
                self.blocks(blocks);
                if !blocks.is_empty() {
                    self.line("");
                }
                self.line("</details>");
            }
            Block::Formula(source) => {
                let source = self.clean_line(source);
                self.paragraph(&[Inline::Text(format!("$${source}$$"))]);
            }
            Block::Kept(kept) => self.paragraph(&[Inline::Kept(kept.clone())]),
            Block::Id(name) => self.line(&format!("<!-- #{name} -->")),
        }
    }

    fn paragraph(&mut self, content: &[Inline]) {
        if let [Inline::Image(image)] = content
            && let Some(caption) = caption_below(image)
        {
            let image = Image { caption: None, ..image.clone() };
            self.paragraph(&[Inline::Image(image)]);
            return self.paragraph(&[Inline::Marked(Mark::Emphasis, vec![Inline::Text(caption.to_owned())])]);
        }
        let text = lines::write(std::mem::take(&mut self.spare), content, Place::Paragraph, &mut self.stripped);
        for line in text.split('\n') {
            self.line(&escape::line_start(line));
        }
        self.spare = text;
        self.spare.clear();
    }

    pub(super) fn clean_line(&mut self, text: &str) -> String {
        clean(text, &mut self.stripped).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn list(&mut self, list: &List, alternate: bool) {
        let mut number = list.start.map(|start| start.min(999_000_000));
        for item in &list.items {
            let marker = match (number, alternate) {
                (Some(number), false) => format!("{number}. "),
                (Some(number), true) => format!("{number}) "),
                (None, false) => "- ".to_owned(),
                (None, true) => "* ".to_owned(),
            };
            let checkbox = match item.task {
                Some(Task::Open) => "[ ] ",
                Some(Task::Complete) => "[x] ",
                None => "",
            };
            let indent = " ".repeat(marker.len());
            self.nested(&format!("{marker}{checkbox}"), &indent, |writer| {
                // Directly behind a checkbox only text is read as what it is.
                if item.task.is_some() && !matches!(item.blocks.first(), Some(Block::Paragraph(_))) {
                    writer.line("");
                }
                writer.item(&item.blocks);
            });
            number = number.map(|number| number + 1);
        }
    }

    /// A list directly below the first paragraph of its item needs no blank line, unless its number would let it be
    /// read as part of the paragraph.
    fn item(&mut self, blocks: &[Block]) {
        match blocks {
            [first @ Block::Paragraph(_), rest @ ..] => {
                self.block(first, false);
                // A marker alone would be read as part of the paragraph, or underline it.
                let begins = |list: &List| list.items.first().is_some_and(|item| !item.blocks.is_empty());
                let tight = matches!(rest.first(), Some(Block::List(list))
                    if list.start.is_none_or(|start| start == 1) && begins(list));
                if !tight && !rest.is_empty() {
                    self.line("");
                }
                self.blocks(rest);
            }
            blocks => self.blocks(blocks),
        }
    }

    fn code(&mut self, code: &Code) {
        let text = clean(&code.text, &mut self.stripped);
        let fence = "`".repeat(longest_run(&text).max(2) + 1);
        let mut info =
            code.language.as_ref().map(|language| self.clean_line(language).replace(' ', "-")).unwrap_or_default();
        info = escape::quoted_title(&info);
        if let Some(title) = &code.title {
            let title = self.clean_line(title);
            info.extend([" title=\"", &escape::quoted_title(&title), "\""]);
        }
        for (name, value) in &code.display {
            let value = self.clean_line(value);
            let quote = if value.contains(|sign: char| !sign.is_ascii_alphanumeric()) { "\"" } else { "" };
            info.extend([" ", name, "=", quote, &escape::quoted_title(&value), quote]);
        }
        self.line(&format!("{fence}{info}"));
        for line in text.split('\n') {
            self.line(line);
        }
        self.line(&fence);
    }

    fn panel(&mut self, panel: &Panel) {
        let title = panel.title.as_ref().map(|title| vec![Inline::Text(title.clone())]);
        let title = title.map(|title| format!(" {}", self.inline(&title, Place::OneLine))).unwrap_or_default();
        self.nested("> ", "> ", |writer| {
            writer.line(&format!("[!{}]{title}", panel_word(panel.kind)));
            // Signs that work in pairs would find each other across the line end.
            let is_paired = title.contains(['~', '$']);
            if is_paired || !matches!(panel.blocks.first(), Some(Block::Paragraph(_)) | None) {
                writer.line("");
            }
            writer.blocks(&panel.blocks);
        });
    }
}

/// The caption of an image whose alternative text says nothing of its own: such a caption stands in italics below.
fn caption_below(image: &Image) -> Option<&str> {
    let caption = image.caption.as_deref()?;
    let (ImageSource::Attachment(name) | ImageSource::Address(name)) = &image.source;
    let is_file = |alt: &str| {
        let kinds = ["png", "jpg", "jpeg", "gif", "svg", "webp", "bmp"];
        alt.rsplit_once('.').is_some_and(|(_, kind)| kinds.iter().any(|known| kind.eq_ignore_ascii_case(known)))
    };
    let alt = image.alt.trim();
    (alt.is_empty() || alt == caption || alt == name || is_file(alt)).then_some(caption)
}

/// The word of a panel between `[!` and `]`.
pub(super) fn panel_word(kind: PanelKind) -> &'static str {
    match kind {
        PanelKind::Info => "INFO",
        PanelKind::Note => "NOTE",
        PanelKind::Tip => "TIP",
        PanelKind::Warning => "WARNING",
        PanelKind::Plain => "PANEL",
    }
}
