//! Storage format written tag by tag, so that nothing malformed can come out.

use crate::domain::text::is_invisible;

/// Every tag is written together with its end, every character through one escape.
#[derive(Default)]
pub(super) struct Xml {
    pub(super) out: String,
    /// Tasks numbered so far.
    pub(super) tasks: usize,
}

pub(super) type Attributes<'a> = [(&'a str, &'a str)];

impl Xml {
    pub(super) fn element(&mut self, name: &str, attributes: &Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.start(name, attributes);
        self.out.push('>');
        inside(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.start(name, attributes);
        self.out.push_str(" />");
    }

    fn start(&mut self, name: &str, attributes: &Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.value(value);
            self.out.push('"');
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\u{fffe}' | '\u{ffff}' => {}
                _ if character.is_control() && is_invisible(character) => {}
                _ => self.out.push(character),
            }
        }
    }

    /// An attribute's value: line ends and tabs would otherwise be read as spaces.
    fn value(&mut self, value: &str) {
        for part in value.split_inclusive(['"', '\n', '\t']) {
            let (text, end) = match part.chars().next_back() {
                Some('"') => (part.trim_end_matches('"'), "&quot;"),
                Some('\n') => (part.trim_end_matches('\n'), "&#10;"),
                Some('\t') => (part.trim_end_matches('\t'), "&#9;"),
                _ => (part, ""),
            };
            self.text(text);
            self.out.push_str(end);
        }
    }

    pub(super) fn exact(&mut self, text: &str) {
        self.out.extend(["<![CDATA[", &escaped_exact(text), "]]>"]);
    }

    pub(super) fn structured_macro(&mut self, name: &str, parameters: &Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.element("ac:structured-macro", &[("ac:name", name), ("ac:schema-version", "1")], |xml| {
            for (key, value) in parameters {
                xml.element("ac:parameter", &[("ac:name", key)], |xml| xml.text(value));
            }
            inside(xml);
        });
    }
}

/// Text as it stands between tags.
pub(crate) fn escaped_text(text: &str) -> String {
    let mut xml = Xml::default();
    xml.text(text);
    xml.out
}

/// Text as it stands between the quotation marks of an attribute.
pub(crate) fn escaped_value(value: &str) -> String {
    let mut xml = Xml::default();
    xml.value(value);
    xml.out
}

/// Text as it stands inside of a CDATA section.
pub(crate) fn escaped_exact(text: &str) -> String {
    let allowed: String = text
        .chars()
        .filter(|c| !(c.is_control() && is_invisible(*c) || matches!(c, '\u{fffe}' | '\u{ffff}')))
        .collect();
    allowed.replace("]]>", "]]]]><![CDATA[>")
}
