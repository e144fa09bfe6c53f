//! What it costs to keep a site's copies current: pages per second, requests and points, memory.
//!
//! `cargo bench --bench sync` prints tables; nothing is asserted but that the copies are whole and that their number
//! costs no memory without bound. The site is a process of its own, so that it takes no part in the memory that is
//! shown; sync, store and index are this process. Names of parts choose them: `cargo bench --bench sync -- rate costs
//! memory`.
//!
//! `rate` and `costs` copy the simulated site, `memory` a site whose pages are made up when they are asked for, so that
//! there can be a million of them: `SLUICE_PAGES` says how many, 10,000 where it is not given.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a measurement prints, and ends where it cannot go on"
)]

mod costs;
mod endless;
mod house;
mod memory;
mod rate;
mod site;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [site::SIMULATED, pages] => site::serve(pages.parse().unwrap()).await,
            [site::ENDLESS, pages] => endless::serve(pages.parse().unwrap()).await,
            chosen => run(chosen).await,
        }
    });
}

async fn run(chosen: &[&str]) {
    #[expect(clippy::disallowed_methods, reason = "a setting of the benchmark alone")]
    let pages = std::env::var("SLUICE_PAGES").map_or(10_000, |pages| pages.parse().unwrap());
    let wanted = |part: &str| chosen.is_empty() || chosen.contains(&part);
    if wanted("rate") {
        rate::run(pages).await;
    }
    if wanted("costs") {
        costs::run(pages).await;
    }
    if wanted("memory") {
        memory::run(pages).await;
    }
}
