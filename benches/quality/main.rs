//! How well the local index finds a page again by its title or a heading, beside plain BM25 and the site's own search.
//!
//! `cargo bench --bench quality` reads the storage bodies of the corpus beside the project, or of the folder that
//! `SLUICE_CORPUS` names, and prints one table. Each search has one right answer: the only page with that title or
//! heading. The site's search is that of the simulated site, by CQL as the tools for it write it: by words of titles and
//! bodies, and by words of either. Without the corpus it says so and measures nothing; under `CI=true` that is a failure.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measurement prints, and ends where it cannot go on"
)]

mod plain;
mod site;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sluice::index::{Copies, Document, DocumentKind, Index, Query, ShardName, Sight, SpaceFacts};
use sluice::markup::{NoNames, markdown_from_storage};

/// Searches of each kind.
const MOST: usize = 200;
/// Pages of one answer.
const SHOWN: usize = 10;

struct Page {
    title: String,
    headings: Vec<String>,
    body: String,
}

/// A search and the only right answer.
struct Asked {
    words: String,
    page: usize,
}

/// Finds the numbers of the best pages for some words.
type Search<'a> = dyn Fn(&str) -> Vec<usize> + 'a;

fn main() {
    let folder = std::env::var_os("SLUICE_CORPUS").map_or_else(corpus, PathBuf::from).join("storage");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{} is absent", folder.display());
        println!("NOTHING MEASURED: {} is absent", folder.display());
        return;
    }
    let pages = pages(&folder);
    let kinds = searches(&pages);
    let (ours, plain, site) = (ours(&pages), plain::search(&pages), site::Site::of(&pages));
    let text = |words: &str| site.search(words, site::By::Text);
    let either = |words: &str| site.search(words, site::By::TitleOrText);
    let rivals: [(&str, &Search); 4] =
        [("local index", &ours), ("BM25", &plain), ("CQL text", &text), ("CQL title or text", &either)];
    println!("{} pages; nDCG@{SHOWN} and recall@{SHOWN}\n", pages.len());
    let names: Vec<&str> = rivals.iter().map(|(name, _)| *name).collect();
    println!("| searches | number | {} |\n|---|---|{}", names.join(" | "), "---|".repeat(rivals.len()));
    for (kind, asked) in kinds {
        let cells = rivals.iter().map(|(_, search)| {
            let (gain, recall) = judged(&asked, search);
            format!("{gain:.3} / {recall:.3}")
        });
        println!("| {kind} | {} | {} |", asked.len(), cells.collect::<Vec<_>>().join(" | "));
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")
}

fn pages(folder: &Path) -> Vec<Page> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let page = |file: PathBuf| {
        let markdown = markdown_from_storage(&std::fs::read_to_string(&file).unwrap(), &NoNames).markdown;
        let (headings, rest): (Vec<&str>, Vec<&str>) = markdown.lines().partition(|line| line.starts_with('#'));
        let mut headings: Vec<String> = headings
            .into_iter()
            .map(|line| line.trim_start_matches('#').replace(['`', '*'], "").trim().to_owned())
            .collect();
        // A page's title is not part of its body: its first heading stands for it, else the name of its file.
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let named = || name.rsplit("__").nth(1).unwrap_or(&name).replace(['_', '-'], " ");
        let title = if headings.is_empty() { named() } else { headings.remove(0) };
        let under = headings.iter().map(|heading| format!("## {heading}\n\n")).collect::<Vec<_>>().concat();
        Page { title, headings, body: format!("{under}{}", rest.join("\n")) }
    };
    files.into_iter().map(page).collect()
}

fn searches(pages: &[Page]) -> Vec<(&'static str, Vec<Asked>)> {
    let titles = only(pages.iter().enumerate().map(|(page, one)| (one.title.clone(), page)));
    let headings =
        pages.iter().enumerate().flat_map(|(page, one)| one.headings.iter().map(move |text| (text.clone(), page)));
    let headings = only(headings);
    let turned = |asked: &Asked| {
        let mut words: Vec<&str> = asked.words.split_whitespace().collect();
        words.reverse();
        Asked { words: format!("how to {}", words.join(" ").to_lowercase()), page: asked.page }
    };
    let questions = titles.iter().map(turned).collect();
    let mistyped = headings.iter().filter_map(mistyped).collect();
    vec![
        ("titles", titles),
        ("titles, turned round", questions),
        ("headings", headings),
        ("headings, mistyped", mistyped),
    ]
}

/// What only one page has, of two words or more.
fn only(texts: impl Iterator<Item = (String, usize)>) -> Vec<Asked> {
    let mut having: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (text, page) in texts.filter(|(text, _)| (2..=12).contains(&text.split_whitespace().count())) {
        let pages = having.entry(text.to_lowercase()).or_default();
        pages.push(page);
        pages.dedup();
    }
    let one = having.into_iter().filter(|(_, pages)| pages.len() == 1);
    let all: Vec<Asked> = one
        .flat_map(|(words, pages)| pages.into_iter().map(move |page| Asked { words: words.clone(), page }))
        .collect();
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

/// The search with two letters of its longest word exchanged.
fn mistyped(asked: &Asked) -> Option<Asked> {
    let longest = asked.words.split_whitespace().max_by_key(|word| word.len())?;
    if longest.len() < 6 || !longest.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let mut letters: Vec<char> = longest.chars().collect();
    letters.swap(2, 3);
    let wrong: String = letters.into_iter().collect();
    Some(Asked { words: asked.words.replace(longest, &wrong), page: asked.page })
}

fn ours(pages: &[Page]) -> impl Fn(&str) -> Vec<usize> {
    let index = Index::in_memory();
    let name = ShardName::new("corpus").unwrap();
    let shard = index.shard(&name).unwrap();
    for (number, page) in pages.iter().enumerate() {
        shard.put(document(number, page)).unwrap();
    }
    shard.commit().unwrap();
    shard.publish().unwrap();
    move |words| {
        let shards = vec![(name.clone(), Sight::default())];
        let found = index.search(&Query { words: words.to_owned(), shards, limit: SHOWN, ..Query::default() }).unwrap();
        found.hits.into_iter().map(|hit| hit.document.id.parse().unwrap()).collect()
    }
}

fn document(number: usize, page: &Page) -> Document {
    Document {
        id: number.to_string(),
        kind: DocumentKind::Page,
        title: page.title.clone(),
        body: page.body.clone(),
        labels: Vec::new(),
        breadcrumb: Vec::new(),
        ancestors: Vec::new(),
        space: SpaceFacts { id: "1".to_owned(), key: "CORPUS".to_owned(), name: "Corpus".to_owned() },
        author: None,
        editor: None,
        created: None,
        modified: None,
        version: 1,
        url: String::new(),
        restricted: false,
        file: None,
        copied: Timestamp::UNIX_EPOCH,
    }
}

/// nDCG@10 and recall@10, on average.
fn judged(asked: &[Asked], search: &Search) -> (f64, f64) {
    let (mut gain, mut recall) = (0.0, 0.0);
    for one in asked {
        if let Some(rank) = search(&one.words).iter().position(|page| *page == one.page) {
            gain += 1.0 / (rank as f64 + 2.0).log2();
            recall += 1.0;
        }
    }
    let count = asked.len().max(1) as f64;
    (gain / count, recall / count)
}
