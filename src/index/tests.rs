//! What the index promises, tried on small ones.

mod damage;
mod filling;
mod finding;
mod sights;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use super::*;

/// A folder of its own, gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sluice-index-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn index(&self) -> Index {
        Index::in_folder(self.0.join("index"))
    }

    fn shard(&self) -> PathBuf {
        self.0.join("index").join(name().as_str())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn name() -> ShardName {
    ShardName::new("acme").unwrap()
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A page of the space IT, made and changed by Maria.
fn page(id: &str, title: &str, body: &str) -> Document {
    let maria = Name { account_id: "5b10:maria".to_owned(), name: "Maria Núñez".to_owned() };
    Document {
        id: id.to_owned(),
        kind: DocumentKind::Page,
        title: title.to_owned(),
        body: body.to_owned(),
        labels: Vec::new(),
        breadcrumb: vec!["Home".to_owned()],
        ancestors: vec!["1".to_owned()],
        space: space("IT"),
        author: Some(maria.clone()),
        editor: Some(maria),
        created: Some(second(1_600_000_000)),
        modified: Some(second(1_700_000_000)),
        version: 3,
        url: format!("https://acme.example/wiki/pages/{id}"),
        restricted: false,
        file: None,
        copied: second(1_750_000_000),
    }
}

fn space(key: &str) -> SpaceFacts {
    SpaceFacts { id: format!("id-{key}"), key: key.to_owned(), name: format!("The {key} space") }
}

/// An index in memory with these documents.
fn index_of(documents: impl IntoIterator<Item = Document>) -> Index {
    let index = Index::in_memory();
    fill(&index.shard(&name()).unwrap(), documents);
    index
}

fn fill(shard: &Shard, documents: impl IntoIterator<Item = Document>) {
    for document in documents {
        shard.put(document).unwrap();
    }
    shard.commit().unwrap();
    shard.publish().unwrap();
}

fn query(words: &str) -> Query {
    Query { words: words.to_owned(), shards: vec![(name(), Sight::default())], limit: 10, ..Query::default() }
}

fn found(index: &Index, words: &str) -> Vec<String> {
    ids(&index.search(&query(words)).unwrap())
}

fn ids(found: &Found) -> Vec<String> {
    found.hits.iter().map(|hit| hit.document.id.clone()).collect()
}
