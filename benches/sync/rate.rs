//! How fast a site is copied for the first time, beside how fast it could be.

use sluice::confluence::client::{Limits, Rate};
use sluice::sync::{Kind, Settings};

use crate::house::{As, House, MemoryWatch};
use crate::site::{SIMULATED, Site};

/// How late each answer comes.
const LATENCY: u64 = 50;

pub(crate) async fn run(pages: usize) {
    let places = Settings::default().at_once;
    println!("\n# First sync of {pages} pages, each answer {LATENCY} ms late\n");
    println!(
        "The least time is the longest of three: all requests at {LATENCY} ms each, {places} at once; all requests and all \
         searches at the rates that a client keeps to, after what may come at once. Points bound no run that fits into \
         an hour's share of them.\n"
    );
    println!("| rates | documents | files | s | documents/s | requests | searches | least s | share % | CPU s | MiB |");
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (called, limits) in [("as shipped", Limits::default()), ("none", Limits::without_rates())] {
        let mut site = Site::start(SIMULATED, pages);
        site.slow(LATENCY);
        let documents = site.documents();
        let house = House::open(&site, As::Administrator, limits);
        site.forget();
        let (watch, busy) = (MemoryWatch::begin(), busy());
        let ran = house.run(Kind::Incremental).await;
        let (memory, busy) = (watch.end(), self::busy() - busy);
        let (requests, searches) = (site.asked("/"), site.asked("/search"));
        assert!(house.copies() >= documents, "{} of {documents}", house.copies());
        let least = [
            requests as f64 * LATENCY as f64 / 1e3 / places as f64,
            at_rate(requests, limits.site),
            at_rate(searches, limits.searches),
        ];
        let least = least.into_iter().fold(0.0, f64::max);
        println!(
            "| {called} | {documents} | {} | {:.2} | {:.0} | {requests} | {searches} | {least:.2} | {:.0} | {busy:.1} | {:.0} |",
            house.copies() - documents,
            ran.seconds,
            documents as f64 / ran.seconds,
            100.0 * least / ran.seconds,
            memory.own,
        );
    }
}

/// Seconds that so many requests take at least.
fn at_rate(requests: u64, rate: Option<Rate>) -> f64 {
    rate.map_or(0.0, |rate| requests.saturating_sub(rate.burst.get().into()) as f64 / f64::from(rate.per_second.get()))
}

/// Seconds that this process was on a core so far.
fn busy() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, which may hold anything, ends with the last bracket; user and system time are fields 14 and 15, in
    // hundredths of a second as Linux shows them to everyone.
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
