//! The fields of a shard: which words are found in them, what is counted and compared, what is kept.

mod filed;

use std::sync::LazyLock;

use tantivy::TantivyDocument;
use tantivy::schema::document::Value;
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

use super::analysis::{EXACT, STEMMED};
use super::document::Document;
use super::shard::CopiesError;

pub(super) use filed::Filed;

/// The number of this layout. Another one is made anew from the stored copies.
pub(super) const FORMAT: u32 = 1;

/// The fields of the index, by what they are for.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// The id, as one term.
    pub(super) id: Field,
    /// The accounts of author and last editor, as terms.
    pub(super) accounts: Field,
    /// All words without endings, where they stand. What weighs more stands in it several times.
    pub(super) text: Field,
    /// All words as they are written.
    pub(super) exact: Field,
    /// The words of the title.
    pub(super) title: Field,
    /// The words of labels and breadcrumb.
    pub(super) around: Field,
    /// The words of the headings.
    pub(super) headings: Field,
    /// The document without its body, as JSON.
    pub(super) facts: Field,
    /// The body.
    pub(super) body: Field,
    space_id: Field,
    space_key: Field,
    labels: Field,
    /// The id and the ids of what it stands under.
    line: Field,
    /// What authors are asked for by.
    authors: Field,
    kind: Field,
    restricted: Field,
    modified: Field,
}

/// The names of columns, as they are read.
pub(super) mod column {
    pub(in crate::index) const SPACE_ID: &str = "space_id";
    pub(in crate::index) const SPACE_KEY: &str = "space_key";
    pub(in crate::index) const LABELS: &str = "labels";
    pub(in crate::index) const LINE: &str = "line";
    pub(in crate::index) const AUTHORS: &str = "authors";
    pub(in crate::index) const KIND: &str = "kind";
    pub(in crate::index) const RESTRICTED: &str = "restricted";
    pub(in crate::index) const MODIFIED: &str = "modified";
}

impl Fields {
    /// The fields of this format.
    pub(super) fn new() -> Self {
        // Each search asks for them.
        static MADE: LazyLock<Fields> = LazyLock::new(Fields::make);
        MADE.clone()
    }

    fn make() -> Self {
        let words = |analysis: &str, record| {
            let indexing = TextFieldIndexing::default().set_tokenizer(analysis).set_index_option(record);
            TextOptions::default().set_indexing_options(indexing)
        };
        let mut made = Schema::builder();
        let with_places = IndexRecordOption::WithFreqsAndPositions;
        let id = made.add_text_field("id", STRING);
        let accounts = made.add_text_field("accounts", STRING);
        let text = made.add_text_field("text", words(STEMMED, with_places));
        let exact = made.add_text_field("exact", words(EXACT, IndexRecordOption::WithFreqs));
        let title = made.add_text_field("title", words(STEMMED, with_places));
        let around = made.add_text_field("around", words(STEMMED, IndexRecordOption::WithFreqs));
        let headings = made.add_text_field("headings", words(STEMMED, with_places));
        let facts = made.add_text_field("facts", STORED);
        let body = made.add_text_field("body", STORED);
        let space_id = made.add_text_field(column::SPACE_ID, FAST);
        let space_key = made.add_text_field(column::SPACE_KEY, FAST);
        let labels = made.add_text_field(column::LABELS, FAST);
        let line = made.add_text_field(column::LINE, FAST);
        let authors = made.add_text_field(column::AUTHORS, FAST);
        let kind = made.add_u64_field(column::KIND, FAST);
        let restricted = made.add_u64_field(column::RESTRICTED, FAST);
        let modified = made.add_i64_field(column::MODIFIED, FAST);
        let schema = made.build();
        Self {
            schema,
            id,
            accounts,
            text,
            exact,
            title,
            around,
            headings,
            facts,
            body,
            space_id,
            space_key,
            labels,
            line,
            authors,
            kind,
            restricted,
            modified,
        }
    }

    /// The document as it was put; its facts and its body.
    pub(super) fn document(&self, kept: &TantivyDocument) -> Result<Document, CopiesError> {
        read(kept, self.facts, self.body)
    }
}

/// The document of those two fields.
pub(super) fn read(kept: &TantivyDocument, facts: Field, body: Field) -> Result<Document, CopiesError> {
    let text = |field| kept.get_first(field).and_then(|value| value.as_str());
    let damaged = |why: &str| CopiesError::Damaged(format!("a stored copy cannot be read: {why}"));
    let facts = text(facts).ok_or_else(|| damaged("it has no facts"))?;
    let mut document: Document = serde_json::from_str(facts).map_err(|error| damaged(&error.to_string()))?;
    text(body).unwrap_or_default().clone_into(&mut document.body);
    Ok(document)
}

/// The number that stands for a kind in its column.
pub(super) const fn kind_number(kind: super::DocumentKind) -> u64 {
    use super::DocumentKind;
    match kind {
        DocumentKind::Page => 0,
        DocumentKind::BlogPost => 1,
        DocumentKind::Attachment => 2,
        DocumentKind::Article => 3,
    }
}
