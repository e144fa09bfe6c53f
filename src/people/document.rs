//! A file about people: tables with a name each, whose keys are few and known; every mistake with its line and column.

use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::PeopleError;
use crate::domain::spelling::nearest;
use crate::domain::text::{is_invisible, one_line, quoted, turns_text_around};
use crate::policy::ask::AgentId;
use crate::policy::file::Mistakes;

/// Such a file is never longer than this, in bytes.
pub(super) const LONGEST: usize = 1024 * 1024;
/// Most signs `{` and `[` in it. The parser does not cap how deep inline tables nest, each under a long dotted key.
const MOST_INLINE_TABLES: usize = 10;
const MOST_BRACKETS: usize = 5000;

/// One kind of table that a file holds, and which keys such tables have.
pub(super) struct Form {
    /// The outer table: `agents`, `issuers` or `approvers`.
    pub table: &'static str,
    /// The keys of each table in it.
    pub keys: &'static [&'static str],
}

/// One named table of the file.
pub(super) struct Entry {
    /// The outer table that it stands in.
    pub table: &'static str,
    /// Its name.
    pub name: String,
    /// Where the name stands in the text.
    pub at: usize,
    fields: Vec<Field>,
}

struct Field {
    key: &'static str,
    span: Range<usize>,
    value: Value,
}

enum Value {
    Text(String),
    Switch(bool),
    List(Vec<(Option<String>, usize)>),
    Other,
}

/// What stands at a key, where there is such a key at all.
type Found<T> = Option<(T, usize)>;

impl Entry {
    /// One visible line of text.
    pub(super) fn text(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Found<&str> {
        let field = self.field(key)?;
        match &field.value {
            Value::Text(text) if text.trim().is_empty() => {
                mistakes.add(field.span.start, &format!("`{key}` is empty"), None);
            }
            Value::Text(text) if text.contains(|sign: char| sign.is_control() || is_invisible(sign)) => {
                let message = format!("`{key}` holds control signs or others that nobody sees");
                mistakes.add(field.span.start, &message, None);
            }
            Value::Text(text) => return Some((text, field.span.start)),
            _ => mistakes.add(field.span.start, &format!("`{key}` is text in quotation marks"), None),
        }
        None
    }

    /// `true` or `false`.
    pub(super) fn switch(&self, key: &str, mistakes: &mut Mistakes<'_>) -> bool {
        match self.field(key).map(|field| (&field.value, field.span.start)) {
            Some((Value::Switch(switch), _)) => *switch,
            Some((_, at)) => {
                mistakes.add(at, &format!("`{key}` is true or false"), None);
                false
            }
            None => false,
        }
    }

    /// A list of words, each with its place.
    pub(super) fn list(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Vec<(&str, usize)>> {
        let field = self.field(key)?;
        let Value::List(entries) = &field.value else {
            mistakes.add(field.span.start, &format!("`{key}` is a list, as in [\"…\"]"), None);
            return None;
        };
        let mut words = Vec::with_capacity(entries.len());
        for (word, at) in entries {
            match word {
                Some(word) => words.push((word.as_str(), *at)),
                None => mistakes.add(*at, &format!("an entry of `{key}` is text in quotation marks"), None),
            }
        }
        Some(words)
    }

    /// One visible line of text, or a list of such.
    pub(super) fn texts(&self, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Vec<(&str, usize)>> {
        match &self.field(key)?.value {
            Value::List(_) => self.list(key, mistakes),
            _ => self.text(key, mistakes).map(|found| vec![found]),
        }
    }

    /// Whether the key stands there at all.
    pub(super) fn has(&self, key: &str) -> bool {
        self.field(key).is_some()
    }

    /// Where the value of a key stands in the text.
    pub(super) fn span(&self, key: &str) -> Option<Range<usize>> {
        self.field(key).map(|field| field.span.clone())
    }

    /// Where the last value ends in the text.
    pub(super) fn end(&self) -> usize {
        self.fields.iter().map(|field| field.span.end).max().unwrap_or(self.at)
    }

    fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// The text of a file, one byte beyond [`LONGEST`] at most; `None` where there is no file.
pub(super) fn contents(path: &Path) -> Result<Option<String>, PeopleError> {
    let unreadable = |source| PeopleError::Unreadable { path: path.to_owned(), source };
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(unreadable)?,
    };
    let mut text = Vec::new();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut text).map_err(unreadable)?;
    // A file that is too long may be cut within a sign; it is refused for its length.
    if text.len() > LONGEST {
        return Ok(Some(String::from_utf8_lossy(&text).into_owned()));
    }
    String::from_utf8(text).map(Some).map_err(|error| unreadable(std::io::Error::other(error.utf8_error())))
}

/// The tables of a text; what is no such table is a mistake. The first form is what the file is mainly about.
pub(super) fn entries(text: &str, forms: &[Form], mistakes: &mut Mistakes<'_>) -> Vec<Entry> {
    let main = forms.first().map_or("", |form| form.table);
    let mut entries = Vec::new();
    if text.len() > LONGEST {
        mistakes.add(0, "the file is longer than 1 MiB", None);
        return entries;
    }
    for (sign, most) in [('{', MOST_INLINE_TABLES), ('[', MOST_BRACKETS)] {
        if let Some((offset, _)) = text.match_indices(sign).nth(most) {
            let message = format!("more than {most} of the sign `{sign}`; write tables as [{main}.NAME]");
            mistakes.add(offset, &message, None);
            return entries;
        }
    }
    // Such signs could show people another file than the one that is read.
    for (offset, sign) in text.char_indices().filter(|(_, sign)| turns_text_around(*sign)) {
        mistakes.add(offset, &format!("the invisible sign U+{:04X} changes how text looks", u32::from(sign)), None);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = format!("not TOML: {}", one_line(error.message(), 120));
        mistakes.add(error.span().map_or(0, |span| span.start), &message, None);
    }
    if !mistakes.is_empty() {
        return entries;
    }
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        let Some(form) = forms.iter().find(|form| form.table == name) else {
            let message = format!("there is no table {}", quoted(name, 60));
            mistakes.add(key.span().start, &message, nearest(name, forms.iter().map(|form| form.table)));
            continue;
        };
        match value.get_ref() {
            DeValue::Table(named) => entries.extend(
                named
                    .iter()
                    .filter_map(|(key, value)| entry(key.get_ref(), key.span().start, value.get_ref(), form, mistakes)),
            ),
            _ => mistakes.add(key.span().start, &format!("write tables as [{}.NAME]", form.table), None),
        }
    }
    entries
}

fn entry(name: &str, at: usize, value: &DeValue<'_>, form: &Form, mistakes: &mut Mistakes<'_>) -> Option<Entry> {
    if !AgentId::fits(name) {
        mistakes.add(at, &format!("{} is no name; use 1 to 64 letters, digits, dots, dashes", quoted(name, 60)), None);
    }
    let DeValue::Table(table) = value else {
        mistakes.add(at, &format!("{} is a table, [{}.NAME]", quoted(name, 60), form.table), None);
        return None;
    };
    let mut fields = Vec::new();
    for (key, value) in table {
        let written = key.get_ref().as_ref();
        let Some(key) = form.keys.iter().find(|known| **known == written) else {
            let message = format!("unknown key {}", quoted(written, 60));
            mistakes.add(key.span().start, &message, nearest(written, form.keys.iter().copied()));
            continue;
        };
        let value_as = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Boolean(switch) => Value::Switch(*switch),
            DeValue::Array(list) => {
                let word = |word: &DeValue<'_>| word.as_str().map(str::to_owned);
                Value::List(list.iter().map(|entry| (word(entry.get_ref()), entry.span().start)).collect())
            }
            _ => Value::Other,
        };
        fields.push(Field { key, span: value.span(), value: value_as });
    }
    Some(Entry { table: form.table, name: name.to_owned(), at, fields })
}
