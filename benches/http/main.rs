//! What serving over HTTP costs: calls per second, memory of sessions, lists, a flood, and another server beside it.
//!
//! `cargo bench --bench http` prints tables; nothing is asserted but that answers are answers. The simulated site and the
//! server are processes of their own, both of the release build; the clients are this process. Names of parts choose
//! them: `cargo bench --bench http -- calls flood`. `BENCH_SECONDS` says how long each row of calls is measured, 10 where
//! it is not given; `RIVAL` is the path of an installed `mcp-atlassian`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a measurement prints, and ends where it cannot go on"
)]

mod calls;
mod client;
mod crowd;
mod figures;
mod flood;
mod lists;
mod load;
mod process;
mod rival;
mod server;
mod sessions;
mod site;

use std::time::Duration;

use crowd::Crowd;
use server::Server;
use site::Site;

/// Most agents of a row.
const AGENTS: usize = 512;

/// What every part measures with.
struct Bench {
    site: Site,
    crowd: Crowd,
    /// How long a row of calls is measured.
    lasting: Duration,
}

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| chosen.is_empty() || chosen.iter().any(|word| word == part);
    // One thread: there are few cores, and what the clients take is shown.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a setting of the benchmark alone")]
    let seconds = std::env::var("BENCH_SECONDS").map_or(10, |seconds| seconds.parse().unwrap());
    figures::head(seconds);
    let bench = Bench { site: Site::start(), crowd: Crowd::of(AGENTS), lasting: Duration::from_secs(seconds) };
    runtime.block_on(async {
        if wanted("calls") {
            calls::run(&bench).await;
        }
        if wanted("sessions") {
            sessions::run(&bench).await;
        }
        if wanted("lists") {
            lists::run(&bench).await;
        }
        if wanted("flood") {
            flood::run(&bench).await;
        }
        if wanted("rival") {
            rival::run(&bench).await;
        }
    });
}
