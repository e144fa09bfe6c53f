//! Plain BM25 as the search library has it by default.

use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{STORED, STRING, Schema, TEXT, Value};
use tantivy::{IndexWriter, TantivyDocument};

use crate::{Page, SHOWN};

/// One field, words as they are, any of them enough.
pub(crate) fn search(pages: &[Page]) -> impl Fn(&str) -> Vec<usize> {
    let mut schema = Schema::builder();
    let id = schema.add_text_field("id", STRING | STORED);
    let text = schema.add_text_field("text", TEXT);
    let index = tantivy::Index::create_in_ram(schema.build());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 50_000_000).unwrap();
    for (number, page) in pages.iter().enumerate() {
        writer
            .add_document(tantivy::doc!(id => number.to_string(), text => format!("{}\n{}", page.title, page.body)))
            .unwrap();
    }
    writer.commit().unwrap();
    let searcher = index.reader().unwrap().searcher();
    let parser = QueryParser::for_index(&index, vec![text]);
    move |words| {
        let words = words.replace(|sign: char| !sign.is_alphanumeric(), " ").to_lowercase();
        let (query, _) = parser.parse_query_lenient(&words);
        let best = searcher.search(&query, &TopDocs::with_limit(SHOWN).order_by_score()).unwrap();
        let page =
            |at| searcher.doc::<TantivyDocument>(at).unwrap().get_first(id).unwrap().as_str().unwrap().parse().unwrap();
        best.into_iter().map(|(_, at)| page(at)).collect()
    }
}
