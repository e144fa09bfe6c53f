//! Requests and points of runs: the first, one after nothing has changed, one after some has, and the sweep.

use sluice::sync::Kind;

use crate::house::{As, House, Ran, plenty};
use crate::site::{SIMULATED, Site};

pub(crate) async fn run(pages: usize) {
    println!("\n# What runs over {pages} pages cost an app whose points are counted\n");
    println!("| run | requests | of 1,000 pages | points | of 1,000 pages | written | s |");
    println!("|---|---|---|---|---|---|---|");
    let mut site = Site::start(SIMULATED, pages);
    let house = House::open(&site, As::App, plenty());
    let row = |called: &str, ran: &Ran| {
        let (requests, points) = (ran.record.requests, ran.record.points);
        let of_thousand = |number: u64| number as f64 * 1e3 / pages as f64;
        println!(
            "| {called} | {requests} | {:.1} | {points} | {:.0} | {} | {:.2} |",
            of_thousand(requests),
            of_thousand(points),
            ran.record.written,
            ran.seconds
        );
    };
    row("first", &house.run(Kind::Incremental).await);
    row("nothing changed", &house.run(Kind::Incremental).await);
    let edited = site.edit(pages / 100);
    row(&format!("{edited} pages edited"), &house.run(Kind::Incremental).await);
    row("sweep", &house.run(Kind::Sweep).await);
}
