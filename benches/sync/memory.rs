//! What the process takes of memory that copies very many pages.

use std::time::{Duration, Instant};

use sluice::sync::Kind;

use crate::house::{As, House, Memory, MemoryWatch, plenty};
use crate::site::{ENDLESS, Site};

/// MiB of its own that the process takes at most, however many pages there are.
const MOST: f64 = 500.0;

pub(crate) async fn run(pages: usize) {
    println!("\n# Memory of copying {pages} made-up pages\n");
    let mut site = Site::start(ENDLESS, pages);
    let house = House::open(&site, As::App, plenty());
    println!(
        "| run | documents | s | documents/s | requests | own MiB at most | with mapped files | own after it | store MB | index MB |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (called, kind) in [("first", Kind::Incremental), ("nothing changed", Kind::Incremental), ("sweep", Kind::Sweep)]
    {
        let watch = MemoryWatch::begin();
        let run = house.run(kind);
        let ran = told(&house, run).await;
        let most = watch.end();
        let [store, index] = house.megabytes();
        println!(
            "| {called} | {} | {:.0} | {:.0} | {} | {:.0} | {:.0} | {:.0} | {store:.0} | {index:.0} |",
            house.copies(),
            ran.seconds,
            ran.record.written as f64 / ran.seconds,
            ran.record.requests,
            most.own,
            most.mapped,
            Memory::now().own
        );
        assert!(most.own <= MOST, "{most:?}");
    }
    assert!(house.copies() >= site.documents(), "{} copies", house.copies());
    println!("\nAt most {MOST:.0} MiB of its own are allowed.");
}

/// Tells every minute how far a run is, for it can be hours.
#[expect(clippy::print_stderr, reason = "how it goes is no figure")]
async fn told<T>(house: &House, run: impl Future<Output = T>) -> T {
    let mut run = std::pin::pin!(run);
    let began = Instant::now();
    loop {
        if let Ok(ran) = tokio::time::timeout(Duration::from_secs(20), &mut run).await {
            return ran;
        }
        let (status, memory) = (house.sync().status(), Memory::now());
        eprintln!(
            "{:>6.0} s {:?}: {} looked at, {} written, {:.0} MiB, {:.0} MiB with mapped files",
            began.elapsed().as_secs_f64(),
            status.phase,
            status.pages.done,
            status.written,
            memory.own,
            memory.mapped
        );
    }
}
