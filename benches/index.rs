//! What the local index costs: megabytes taken in per second, size on disk, how long searches take, memory.
//!
//! `cargo bench --bench index` prints the figures for 10,000 made-up documents, `SLUICE_DOCUMENTS=1000000` for as many
//! as it says; nothing is asserted. Documents and searches are the same every time.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a measurement prints, and ends where it cannot go on"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sluice::index::{
    Copies, Document, DocumentKind, Filters, Index, Name, Query, ShardName, Sight, SpaceFacts, Spaces, Within,
};

const WORDS: usize = 60_000;
const SPACES: usize = 100;
const SEARCHES: usize = 1_000;

fn main() {
    let documents =
        std::env::var_os("SLUICE_DOCUMENTS").map_or(10_000, |number| number.to_str().unwrap().parse().unwrap());
    let folder = std::env::temp_dir().join(format!("sluice-index-{}", std::process::id()));
    let index = Index::in_folder(folder.clone());
    let name = ShardName::new("acme").unwrap();
    println!("{documents} documents");
    let text = build(&index, &name, documents);
    let size = size(&folder);
    let parts = std::fs::read_dir(folder.join("acme"))
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "store"));
    println!(
        "size:     {:.0} MB on disk of {:.0} MB of text, {:.2} of it, in {} segments",
        megabytes(size),
        megabytes(text),
        size as f64 / text as f64,
        parts.count()
    );
    searches(&index, &name, documents);
    println!("memory:   {}", memory());
    std::fs::remove_dir_all(folder).unwrap();
}

fn build(index: &Index, name: &ShardName, documents: usize) -> usize {
    let shard = index.shard(name).unwrap();
    let mut making = Duration::ZERO;
    let mut text = 0;
    let start = Instant::now();
    for number in 0..documents {
        let made = Instant::now();
        let document = document(number);
        making += made.elapsed();
        text += document.body.len() + document.title.len();
        shard.put(document).unwrap();
        // As many as a sync puts away together.
        if number % 1_000 == 999 {
            shard.commit().unwrap();
        }
    }
    shard.commit().unwrap();
    shard.publish().unwrap();
    let taken_in = start.elapsed().saturating_sub(making);
    println!("memory:   {} while it is filled", memory());
    shard.release().unwrap();
    let seconds = taken_in.as_secs_f64();
    println!(
        "build:    {:.1} MB/s, {:.0} documents/s; {:.1} s, and {:.1} s until all is merged",
        megabytes(text) / seconds,
        documents as f64 / seconds,
        seconds,
        (start.elapsed().saturating_sub(making)).as_secs_f64() - seconds
    );
    text
}

fn searches(index: &Index, name: &ShardName, documents: usize) {
    let sights = [
        Sight::default(),
        Sight { spaces: Spaces::Only((0..8).map(|space| format!("s{space}")).collect()), ..Sight::default() },
        Sight {
            visible_to_all_only: true,
            within: vec![Within { spaces: Vec::new(), pages: (0..20).map(|page| page.to_string()).collect() }],
            ..Sight::default()
        },
    ];
    let mut random = fastrand::Rng::with_seed(2);
    let mut all: Vec<(&str, Duration)> = Vec::new();
    let mut hits = 0;
    for number in 0..SEARCHES + 50 {
        let (kind, words) = search(&mut random, documents);
        let mut filters = Filters::default();
        if random.usize(..10) == 0 {
            filters.spaces = vec![format!("KEY{}", random.usize(..SPACES))];
        }
        let sight = &sights[[0, 0, 0, 1, 2][random.usize(..5)]];
        let query = Query { words, filters, shards: vec![(name.clone(), sight.clone())], offset: 0, limit: 10 };
        let start = Instant::now();
        let found = index.search(&query).unwrap();
        // The first ones open what all others use.
        if number >= 50 {
            all.push((kind, start.elapsed()));
            hits += found.hits.len();
        }
    }
    println!("searches: {SEARCHES}, {:.1} hits shown of each", hits as f64 / SEARCHES as f64);
    let mut kinds: Vec<&str> = all.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        percentiles(kind, all.iter().filter(|(one, _)| *one == kind).map(|(_, took)| *took).collect());
    }
    percentiles("all", all.into_iter().map(|(_, took)| took).collect());
}

fn percentiles(kind: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1e3;
    println!(
        "  {kind:<12} {:>5}   p50 {:>7.3} ms   p90 {:>7.3} ms   p99 {:>7.3} ms",
        took.len(),
        at(50),
        at(90),
        at(99)
    );
}

/// What people and agents ask for.
fn search(random: &mut fastrand::Rng, documents: usize) -> (&'static str, String) {
    let about = document(random.usize(..documents));
    let title: Vec<&str> = about.title.split(' ').collect();
    let body: Vec<&str> = about.body.split([' ', '\n']).filter(|word| word.len() > 2).collect();
    let from = random.usize(..body.len().saturating_sub(4).max(1));
    match random.usize(..100) {
        0..20 => ("one word", title[random.usize(..title.len())].to_owned()),
        20..45 => ("two words", format!("{} {}", title[0], title[1])),
        45..60 => ("title", about.title.clone()),
        60..70 => ("question", format!("how do I {} the {} of {}", body[from], title[0], title[1])),
        70..77 => ("phrase", format!("\"{} {}\"", title[0], title[1])),
        77..84 => {
            ("operators", format!("{} AND ({} OR {}) -{}", title[0], title[1], body[from], word(random.usize(..WORDS))))
        }
        84..89 => ("prefix", format!("{} {}*", title[0], &title[1][..3.min(title[1].len())])),
        89..94 => ("typo", format!("{}x {}", word(random.usize(..200) + 50), title[0])),
        94..98 => ("name", format!("srv-{}.acme.local", random.usize(..documents))),
        _ => ("newest", String::new()),
    }
}

/// A word of a language with few frequent and many rare words.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ra", "ne", "to", "li", "ser", "con", "ma", "de", "pro", "ti", "vel", "kan", "mo", "dis", "fu", "ger", "per",
        "sol", "bin", "tex",
    ];
    let mut left = rank + 20;
    let mut word = String::new();
    while left > 0 {
        word.push_str(SYLLABLES[left % 20]);
        left /= 20;
    }
    word
}

fn some_word(random: &mut fastrand::Rng) -> String {
    word(((WORDS as f64).powf(random.f64()) as usize).min(WORDS) - 1)
}

fn document(number: usize) -> Document {
    let mut random = fastrand::Rng::with_seed(number as u64);
    let mut line = |words: usize| (0..words).map(|_| some_word(&mut random)).collect::<Vec<_>>().join(" ");
    let title = line(2 + number % 5);
    let mut body = String::new();
    for paragraph in 0..2 + number % 9 {
        if paragraph % 3 == 0 {
            body.extend(["## ", &line(3), "\n\n"]);
        }
        body.push_str(&line(40));
        body.push_str("\n\n");
    }
    body.extend(["See `srv-", &number.to_string(), ".acme.local`."]);
    let space = random.usize(..SPACES);
    let person = |number: usize| Name { account_id: format!("account{number}"), name: format!("Person {number}") };
    Document {
        id: number.to_string(),
        kind: DocumentKind::Page,
        title,
        body,
        labels: (0..number % 3).map(|_| format!("label-{}", random.usize(..500))).collect(),
        breadcrumb: vec!["Home".to_owned(), word(random.usize(..300))],
        ancestors: vec![random.usize(..20).to_string(), random.usize(..number.max(1)).to_string()],
        space: SpaceFacts { id: format!("s{space}"), key: format!("KEY{space}"), name: format!("Space {space}") },
        author: Some(person(random.usize(..300))),
        editor: Some(person(random.usize(..300))),
        created: Timestamp::from_second(1_500_000_000 + number as i64).ok(),
        modified: Timestamp::from_second(1_600_000_000 + random.i64(0..100_000_000)).ok(),
        version: 1,
        url: format!("https://acme.example/wiki/spaces/KEY{space}/pages/{number}"),
        restricted: random.usize(..20) == 0,
        file: None,
        copied: Timestamp::from_second(1_750_000_000).unwrap(),
    }
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn size(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => size(&entry.path()),
            metadata => metadata.len() as usize,
        })
        .sum()
}

/// Memory of its own, and with the pages of files that the system keeps for it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    format!("{:.0} MiB, {:.0} MiB with files that are mapped", line("RssAnon:"), line("VmRSS:"))
}
