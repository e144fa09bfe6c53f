//! The document tree written as storage format, well formed by construction.

use super::xml::{Attributes, Xml};
use crate::markup::document::{
    Block, Cell, CellKind, Code, Document, Image, ImageSource, Inline, Item, Kept, Link, List, Mark, Panel, PanelKind,
    Table, Target, Task,
};

/// The element that holds the place of something kept.
pub(crate) const KEPT: &str = "sluice-kept";

/// Writes a document as a body.
pub(crate) fn write(document: &Document) -> String {
    write_after(document, 0).0
}

/// Writes a document for a page that numbers its tasks up to `last_task` already; the last number after it.
pub(crate) fn write_after(document: &Document, last_task: usize) -> (String, usize) {
    let mut xml = Xml { tasks: last_task, ..Xml::default() };
    xml.blocks(&document.blocks);
    (xml.out, xml.tasks)
}

impl Xml {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(content) => match content.as_slice() {
                [Inline::Image(image)] => self.image(image),
                _ => self.element("p", &[], |xml| xml.inlines(content)),
            },
            Block::Heading { level, content } => {
                self.element(&format!("h{}", level.clamp(&1, &6)), &[], |xml| xml.inlines(content));
            }
            Block::Rule => self.empty("hr", &[]),
            Block::Quote(blocks) => self.element("blockquote", &[], |xml| xml.blocks(blocks)),
            Block::List(list) => self.list(list),
            Block::Code(code) => self.code(code),
            Block::Table(table) => self.table(table),
            Block::Panel(panel) => self.panel(panel),
            Block::Expand { title, blocks } => self.structured_macro("expand", &[("title", title)], |xml| {
                xml.element("ac:rich-text-body", &[], |xml| xml.blocks(blocks));
            }),
            Block::Formula(source) => self.element("p", &[], |xml| xml.text(&format!("$${source}$$"))),
            Block::Kept(kept) => self.kept(kept),
            Block::Id(_) => {}
        }
    }

    /// Items with and without a checkbox become lists of their own.
    fn list(&mut self, list: &List) {
        let mut number = list.start;
        for run in list.items.chunk_by(|one, next| one.task.is_some() == next.task.is_some()) {
            let first = number.map(|number| number.to_string());
            number = number.map(|number| number.saturating_add(run.len() as u64));
            if run.iter().any(|item| item.task.is_some()) {
                self.tasks(run);
                continue;
            }
            let attributes: Vec<(&str, &str)> =
                first.iter().filter(|first| *first != "1").map(|first| ("start", first.as_str())).collect();
            self.element(if list.start.is_some() { "ol" } else { "ul" }, &attributes, |xml| {
                for item in run {
                    xml.element("li", &[], |xml| {
                        if item.blocks.is_empty() { xml.empty("p", &[]) } else { xml.blocks(&item.blocks) }
                    });
                }
            });
        }
    }

    fn tasks(&mut self, items: &[Item]) {
        self.element("ac:task-list", &[], |xml| {
            for item in items {
                xml.element("ac:task", &[], |xml| xml.task(item));
            }
        });
    }

    fn task(&mut self, item: &Item) {
        self.tasks += 1;
        let id = self.tasks.to_string();
        self.element("ac:task-id", &[], |xml| xml.text(&id));
        let state = if item.task == Some(Task::Complete) { "complete" } else { "incomplete" };
        self.element("ac:task-status", &[], |xml| xml.text(state));
        let is_tasks =
            |block: &&Block| matches!(block, Block::List(list) if list.items.iter().all(|item| item.task.is_some()));
        // Task lists at the end stand beside the body, others where they are in it.
        let end = item.blocks.iter().rposition(|block| !is_tasks(&block)).map_or(0, |at| at + 1);
        let (body, nested) = item.blocks.split_at(end);
        self.element("ac:task-body", &[], |xml| {
            for (at, block) in body.iter().enumerate() {
                match block {
                    Block::Paragraph(content) => {
                        if at > 0 {
                            xml.empty("br", &[]);
                        }
                        xml.inlines(content);
                    }
                    other => xml.block(other),
                }
            }
        });
        self.blocks(nested);
    }

    fn code(&mut self, code: &Code) {
        let mut parameters = Vec::new();
        parameters.extend(code.language.as_deref().map(|language| ("language", language)));
        parameters.extend(code.title.as_deref().map(|title| ("title", title)));
        parameters.extend(code.display.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        self.structured_macro("code", &parameters, |xml| {
            xml.element("ac:plain-text-body", &[], |xml| xml.exact(&code.text));
        });
    }

    fn table(&mut self, table: &Table) {
        self.element("table", &[], |xml| {
            xml.element("tbody", &[], |xml| {
                for row in &table.rows {
                    xml.element("tr", &[], |xml| row.iter().for_each(|cell| xml.cell(cell)));
                }
            });
        });
    }

    fn cell(&mut self, cell: &Cell) {
        let (columns, rows) = (cell.columns.to_string(), cell.rows.to_string());
        let mut attributes = Vec::new();
        if cell.columns > 1 {
            attributes.push(("colspan", columns.as_str()));
        }
        if cell.rows > 1 {
            attributes.push(("rowspan", rows.as_str()));
        }
        let name = if cell.kind == CellKind::Header { "th" } else { "td" };
        self.element(name, &attributes, |xml| {
            if cell.blocks.is_empty() { xml.empty("p", &[]) } else { xml.blocks(&cell.blocks) }
        });
    }

    fn panel(&mut self, panel: &Panel) {
        let name = match panel.kind {
            PanelKind::Info => "info",
            PanelKind::Note => "note",
            PanelKind::Tip => "tip",
            PanelKind::Warning => "warning",
            PanelKind::Plain => "panel",
        };
        let parameters: Vec<(&str, &str)> = panel.title.as_deref().map(|title| ("title", title)).into_iter().collect();
        self.structured_macro(name, &parameters, |xml| {
            xml.element("ac:rich-text-body", &[], |xml| xml.blocks(&panel.blocks));
        });
    }

    fn inlines(&mut self, content: &[Inline]) {
        for part in content {
            match part {
                Inline::Text(text) => self.text(text),
                Inline::Code(text) => self.element("code", &[], |xml| xml.text(text)),
                Inline::Break => self.empty("br", &[]),
                Inline::Marked(mark, content) => {
                    let name = match mark {
                        Mark::Strong => "strong",
                        Mark::Emphasis => "em",
                        Mark::Strike => "s",
                        Mark::Underline => "u",
                        Mark::Superscript => "sup",
                        Mark::Subscript => "sub",
                    };
                    self.element(name, &[], |xml| xml.inlines(content));
                }
                Inline::Link(link) => self.link(link),
                Inline::Image(image) => self.image(image),
                Inline::Mention { account_id, .. } => {
                    self.element("ac:link", &[], |xml| xml.empty("ri:user", &[("ri:account-id", account_id)]));
                }
                Inline::Status { title, colour } => {
                    let mut parameters = vec![("title", title.as_str())];
                    parameters.extend(colour.as_deref().map(|colour| ("colour", colour)));
                    self.structured_macro("status", &parameters, |_| {});
                }
                Inline::Formula(source) => self.text(&format!("${source}$")),
                Inline::Date(day) => self.empty("time", &[("datetime", day)]),
                Inline::Comment { reference, content } => {
                    self.element("ac:inline-comment-marker", &[("ac:ref", reference)], |xml| xml.inlines(content));
                }
                Inline::Kept(kept) => self.kept(kept),
            }
        }
    }

    /// What is kept has no storage format here: its bytes are put in its place before anything is sent.
    fn kept(&mut self, kept: &Kept) {
        self.empty(KEPT, &[("id", &kept.id)]);
    }

    fn link(&mut self, link: &Link) {
        let mut attributes: Vec<(&str, &str)> = Vec::new();
        let mut around: &Attributes<'_> = &[];
        let anchor;
        let name = match &link.target {
            Target::Address(address) => {
                return self.element("a", &[("href", address)], |xml| xml.inlines(&link.content));
            }
            Target::Page { space, title, anchor: place } => {
                attributes.extend(space.as_deref().map(|space| ("ri:space-key", space)));
                attributes.push(("ri:content-title", title));
                if let Some(place) = place {
                    anchor = [("ac:anchor", place.as_str())];
                    around = &anchor;
                }
                "ri:page"
            }
            Target::BlogPost { space, day, title } => {
                attributes.extend(space.as_deref().map(|space| ("ri:space-key", space)));
                attributes.extend([("ri:content-title", title.as_str()), ("ri:posting-day", day)]);
                "ri:blog-post"
            }
            Target::Content(id) => {
                attributes.push(("ri:content-id", id));
                "ri:content-entity"
            }
            Target::Space(key) => {
                attributes.push(("ri:space-key", key));
                "ri:space"
            }
            Target::Attachment(file) => {
                attributes.push(("ri:filename", file));
                "ri:attachment"
            }
            Target::Anchor(place) => {
                anchor = [("ac:anchor", place.as_str())];
                around = &anchor;
                ""
            }
        };
        self.element("ac:link", around, |xml| {
            if !name.is_empty() {
                xml.empty(name, &attributes);
            }
            if !link.content.is_empty() {
                xml.element("ac:link-body", &[], |xml| xml.inlines(&link.content));
            }
        });
    }

    fn image(&mut self, image: &Image) {
        let attributes: Vec<(&str, &str)> =
            Some(("ac:alt", image.alt.as_str())).into_iter().filter(|(_, alt)| !alt.is_empty()).collect();
        self.element("ac:image", &attributes, |xml| {
            match &image.source {
                ImageSource::Attachment(file) => xml.empty("ri:attachment", &[("ri:filename", file)]),
                ImageSource::Address(address) => xml.empty("ri:url", &[("ri:value", address)]),
            }
            if let Some(caption) = &image.caption {
                xml.element("ac:caption", &[], |xml| xml.element("p", &[], |xml| xml.text(caption)));
            }
        });
    }
}
