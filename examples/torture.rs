//! A store under torture: writes until it is killed, and says afterwards whether anything is missing.
//!
//! `torture write ENGINE DIR [N]` commits batches, N or without end, and prints `A n` once the n-th is durable.
//! `torture verify ENGINE DIR ACKED [i]` opens the store and checks that every batch is whole and that all up to ACKED
//! are there; with `i` it checks the whole store too. `torture measure ENGINE DIR CLIENTS SECONDS` counts commits.
//! ENGINE names a line in the reports of whoever runs it; there is one engine. The key is fixed: nothing is secret here.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sluice::store::check::check;
use sluice::store::embedded::EmbeddedStore;
use sluice::store::keys::MasterKey;
use sluice::store::{Batch, Key, Scan, Store, Table};

const RECORDS: Table = Table::new("records");
const INDEX: Table = Table::new("index");
const SLOTS: Table = Table::new("slots");
const HEAD: Table = Table::new("head");

/// Slots that are written over and over.
const SLOT_COUNT: u64 = 64;
/// A record is removed once so many came after it.
const KEPT: u64 = 120;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run(&arguments)));
    match ended {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("ERR {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<String, Failure> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words.as_slice() {
        ["write", _, directory] => write(directory, u64::MAX).await,
        ["write", _, directory, count] => write(directory, count.parse()?).await,
        ["verify", _, directory, acknowledged] => verify(directory, acknowledged.parse()?, false).await,
        ["verify", _, directory, acknowledged, "i"] => verify(directory, acknowledged.parse()?, true).await,
        ["measure", _, directory, clients, seconds] => measure(directory, clients.parse()?, seconds.parse()?).await,
        _ => Err("use write ENGINE DIR [N], verify ENGINE DIR ACKED [i], measure ENGINE DIR CLIENTS SECONDS".into()),
    }
}

fn open(directory: &str) -> Result<EmbeddedStore, Failure> {
    Ok(EmbeddedStore::open(Path::new(directory), &MasterKey::new(Box::new([42; 32])))?)
}

fn name(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

fn number(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

/// What the record of this number holds: mostly little, now and then more than fits into one piece.
fn value(count: u64) -> Vec<u8> {
    let length = match count % 64 {
        0 => 120_000,
        32 => 30_000,
        place => 40 + 90 * place,
    };
    name(count).into_iter().chain((0..length).map(|place| (place ^ count).to_le_bytes()[0])).collect()
}

fn batch(count: u64) -> Batch {
    let mut batch = Batch::new()
        .put(Key::new(RECORDS, name(count)), value(count))
        .put(Key::new(INDEX, name(u64::MAX - count)), name(count).to_vec())
        .put(Key::new(SLOTS, name(count % SLOT_COUNT)), value(count))
        .put(Key::new(HEAD, "head"), name(count).to_vec())
        .append(name(count).to_vec());
    if count > KEPT {
        let gone = count - KEPT;
        batch = batch.remove(Key::new(RECORDS, name(gone))).remove(Key::new(INDEX, name(u64::MAX - gone)));
        if count.is_multiple_of(50) {
            batch = batch.forget_rows(gone);
        }
    }
    batch
}

async fn head(store: &EmbeddedStore) -> Result<u64, Failure> {
    let Some(record) = store.get(&Key::new(HEAD, "head")).await? else { return Ok(0) };
    number(&record.value).ok_or_else(|| "HEAD is no number".into())
}

async fn write(directory: &str, count: u64) -> Result<String, Failure> {
    let store = open(directory)?;
    let start = head(&store).await?;
    let mut out = std::io::stdout();
    for count in start + 1..=start.saturating_add(count) {
        // Something between the durable commits that nobody waits for.
        if count.is_multiple_of(3) {
            store.commit(Batch::new().put(Key::new(SLOTS, "soon"), name(count).to_vec()).soon()).await?;
        }
        store.commit(batch(count)).await?;
        writeln!(out, "A {count}")?;
        out.flush()?;
    }
    store.close().await;
    Ok("done".to_owned())
}

async fn verify(directory: &str, acknowledged: u64, whole: bool) -> Result<String, Failure> {
    let store = open(directory)?;
    if whole && let Some(damage) = check(&store).await?.damage {
        return Err(format!("damaged: {damage}").into());
    }
    let head = head(&store).await?;
    if head < acknowledged {
        return Err(format!("LOST acknowledged={acknowledged} head={head}").into());
    }
    let kept = head.saturating_sub(KEPT) + 1;
    let records = store.scan(Scan::of(RECORDS, 9999)).await?;
    let names: Vec<_> = records.iter().map(|(key, _)| number(&key.name).unwrap_or(0)).collect();
    if head > 0 && names != (kept..=head).collect::<Vec<_>>() {
        return Err(format!("SCAN {} records, not {kept} to {head}", names.len()).into());
    }
    for (count, (_, record)) in names.iter().zip(&records) {
        if record.value != value(*count) {
            return Err(format!("WRONG record {count}").into());
        }
    }
    let index = store.scan(Scan::of(INDEX, 9999)).await?;
    if index.iter().rev().map(|(_, record)| number(&record.value).unwrap_or(0)).ne(names.iter().copied()) {
        return Err("IDX and records differ".into());
    }
    for slot in 0..SLOT_COUNT {
        let newest =
            (head.saturating_sub(SLOT_COUNT - 1)..=head).find(|count| *count > 0 && count % SLOT_COUNT == slot);
        let found = store.get(&Key::new(SLOTS, name(slot))).await?;
        if found.map(|record| record.value.to_vec()) != newest.map(value) {
            return Err(format!("SLOT {slot} is not of {newest:?}").into());
        }
    }
    log(&store, head).await?;
    let integrity = if whole { "integrity=ok" } else { "integrity=n/a" };
    Ok(format!("OK head={head} {integrity}"))
}

async fn log(store: &EmbeddedStore, head: u64) -> Result<(), Failure> {
    let (mut before, newest) = store.log_ends().await?;
    for row in store.rows(0, 9999).await? {
        if !store.chain().follows(before, &row) || number(&row.text) != Some(row.head.number) {
            return Err(format!("WRONG row {}", row.head.number).into());
        }
        before = row.head;
    }
    if before != newest || newest.number != head {
        return Err(format!("LOST rows {} of {head}", before.number).into());
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, which waits for all it starts")]
async fn measure(directory: &str, clients: u64, seconds: u64) -> Result<String, Failure> {
    let store = Arc::new(open(directory)?);
    let done = Arc::new(AtomicU64::new(0));
    let (start, until) = (Instant::now(), Duration::from_secs(seconds));
    let clients = (0..clients).map(|client| {
        let (store, done) = (Arc::clone(&store), Arc::clone(&done));
        tokio::spawn(async move {
            while start.elapsed() < until {
                let count = done.fetch_add(1, Ordering::Relaxed);
                let key = Key::new(RECORDS, [name(client), name(count % 1000)].concat());
                store.commit(Batch::new().put(key, vec![7; 500]).append(vec![8; 200])).await?;
            }
            Ok::<(), sluice::store::StoreError>(())
        })
    });
    for client in futures_util::future::join_all(clients).await {
        client??;
    }
    let done = done.load(Ordering::Relaxed);
    Ok(format!("{done} commits, {} each second", done / seconds.max(1)))
}
