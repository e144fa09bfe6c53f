//! A document on its way into the index, lent out field by field without a copy of its body.

use std::iter::Empty;
use std::mem;

use tantivy::schema::Field;
use tantivy::schema::document::{Document as Indexed, ReferenceValue, ReferenceValueLeaf, Value};

use super::{Fields, kind_number};
use crate::index::analysis::folded;
use crate::index::document::Document;

/// Bytes of headings that are looked at.
const MOST_HEADINGS: usize = 64 << 10;

/// A document with what is made of it, and what is held as long as it waits.
pub(in crate::index) struct Filed<Held> {
    fields: Fields,
    document: Document,
    facts: String,
    headings: String,
    around: String,
    line: Vec<String>,
    authors: Vec<String>,
    labels: Vec<String>,
    _held: Held,
}

/// One value of a field.
#[derive(Clone, Debug)]
pub(in crate::index) struct Said<'a>(ReferenceValueLeaf<'a>);

impl<'a> Value<'a> for Said<'a> {
    type ArrayIter = Empty<Self>;
    type ObjectIter = Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(self.0.clone())
    }
}

struct Saying<'a>(Vec<(Field, Said<'a>)>);

impl<'a> Saying<'a> {
    fn say(&mut self, field: Field, words: &'a str) {
        self.0.push((field, Said(ReferenceValueLeaf::Str(words))));
    }
}

impl<Held> Filed<Held> {
    /// Makes it ready.
    pub(in crate::index) fn new(
        fields: &Fields,
        mut document: Document,
        held: Held,
    ) -> Result<Self, serde_json::Error> {
        let body = mem::take(&mut document.body);
        let facts = serde_json::to_string(&document)?;
        document.body = body;
        let mut around = document.breadcrumb.clone();
        around.extend(document.file.as_ref().map(|file| file.page_title.clone()));
        around.extend(document.labels.iter().cloned());
        let mut line = document.ancestors.clone();
        line.push(document.id.clone());
        let mut authors = Vec::new();
        if let Some(author) = &document.author {
            let name = folded(&author.name);
            authors.extend(name.split_whitespace().map(str::to_owned));
            authors.extend([folded(&author.account_id), name]);
            authors.sort_unstable();
            authors.dedup();
        }
        Ok(Self {
            fields: fields.clone(),
            facts,
            headings: headings(&document.body),
            around: around.join("\n"),
            line,
            authors,
            labels: document.labels.iter().map(|label| folded(label)).collect(),
            document,
            _held: held,
        })
    }

    fn said(&self) -> Vec<(Field, Said<'_>)> {
        let Fields { id, accounts, text, exact, title, around, headings, facts, body, .. } = self.fields;
        let Fields { space_id, space_key, labels, line, authors, kind, restricted, modified, .. } = self.fields;
        let document = &self.document;
        let mut said = Saying(Vec::with_capacity(32));
        // What stands here twice counts twice: the title most, then labels and breadcrumb, then headings.
        for words in [&document.title, &document.title, &document.title, &self.around, &self.around] {
            said.say(text, words);
        }
        said.say(text, &self.headings);
        said.say(text, &document.body);
        for words in [&document.title, &self.around, &document.body] {
            said.say(exact, words);
        }
        said.say(id, &document.id);
        said.say(title, &document.title);
        said.say(around, &self.around);
        said.say(headings, &self.headings);
        said.say(facts, &self.facts);
        said.say(body, &document.body);
        said.say(space_id, &document.space.id);
        said.say(space_key, &document.space.key);
        let people = [&document.author, &document.editor];
        people.into_iter().flatten().for_each(|person| said.say(accounts, &person.account_id));
        self.labels.iter().for_each(|label| said.say(labels, label));
        self.line.iter().for_each(|id| said.say(line, id));
        self.authors.iter().for_each(|author| said.say(authors, author));
        let mut said = said.0;
        said.push((kind, Said(ReferenceValueLeaf::U64(kind_number(document.kind)))));
        said.push((restricted, Said(ReferenceValueLeaf::U64(u64::from(document.restricted)))));
        said.extend(document.modified.map(|at| (modified, Said(ReferenceValueLeaf::I64(at.as_microsecond())))));
        said
    }
}

impl<Held: Send + Sync + 'static> Indexed for Filed<Held> {
    type Value<'a> = Said<'a>;
    type FieldsValuesIter<'a> = std::vec::IntoIter<(Field, Said<'a>)>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.said().into_iter()
    }
}

/// The headings of a Markdown body, a line each; `#` in code is none.
pub(in crate::index) fn headings(body: &str) -> String {
    let mut found = String::new();
    let mut fence = None;
    for line in body.lines() {
        let line = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        match (fence, mark) {
            (None, Some(_)) => fence = mark,
            (Some(open), Some(mark)) if open == mark => fence = None,
            _ => {}
        }
        let text = line.trim_start_matches('#');
        let level = line.len() - text.len();
        if fence.is_none() && (1..=6).contains(&level) && text.starts_with(' ') {
            if found.len() + text.len() > MOST_HEADINGS {
                break;
            }
            found.push_str(text.trim());
            found.push('\n');
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_taken_from_markdown_and_not_from_code() {
        let body = "# One\n\ntext\n## Two ##\n```\n# no\n```\n#no\n####### no\n~~~sh\n```\n# no\n~~~\n### Three";
        assert_eq!(headings(body), "One\nTwo ##\nThree\n");
    }
}
