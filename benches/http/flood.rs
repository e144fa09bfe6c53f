//! What one agent's flood means for a quiet one, with the limits as they are where nothing is set.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::client::{Client, Door, Style};
use crate::figures::{Times, row, table};
use crate::load::ready;
use crate::server::Limits;
use crate::{Bench, Server};

/// Calls of the flood at once.
const AT_ONCE: usize = 64;
/// Between two calls of the quiet agent.
const PAUSE: Duration = Duration::from_millis(100);
/// Calls of the quiet agent.
const CALLS: usize = 200;
/// How long the flood has been there before the quiet agent is looked at: what it may have at once is used up by then.
const BEFORE: Duration = Duration::from_secs(6);

pub(crate) async fn run(bench: &Bench) {
    table(
        "A flood",
        "With the usual limits: 50 requests a second to the site, 50 a second and 32 at once of an agent. One agent \
         keeps 64 calls of `get_page` under way and asks again at once when it is refused; another makes one call every \
         100 ms, 200 in all.",
        &["", "quiet agent p50 ms", "p99 ms", "its failed calls", "flood answered/s", "flood refused/s"],
    );
    for style in Style::BOTH {
        let server = Server::start(bench, Limits::Usual).await;
        let door = if style == Style::Legacy { server.legacy() } else { server.door.clone() };
        let [quiet, loud] = [&bench.crowd.keys[0], &bench.crowd.keys[1]];
        let alone = quietly(&door, quiet).await;
        show(&format!("{}, alone", style.revision()), &alone, None);
        let flood = Flood::begin(&door, loud).await;
        tokio::time::sleep(BEFORE).await;
        let before = (flood.so_far(), Instant::now());
        let beside = quietly(&door, quiet).await;
        let took = before.1.elapsed().as_secs_f64();
        let after = flood.so_far();
        let rates = [0, 1].map(|which| f64::from(u32::try_from(after[which] - before.0[which]).unwrap()) / took);
        flood.end().await;
        show(&format!("{}, beside the flood", style.revision()), &beside, Some(rates));
    }
}

/// The times of a quiet agent's calls, and how many of them failed.
async fn quietly(door: &Door, key: &str) -> (Times, usize) {
    let mut client = Client::open(door, Some(key)).await;
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut times, mut failed) = (Vec::new(), 0);
    for _ in 0..CALLS {
        ticks.tick().await;
        let began = Instant::now();
        match client.read_page().await {
            Ok(()) => times.push(began.elapsed()),
            Err(_) => failed += 1,
        }
    }
    (Times::of(times), failed)
}

/// An agent that asks as fast as it can.
struct Flood {
    calling: JoinSet<()>,
    ends: Arc<AtomicBool>,
    /// Calls that were answered and calls that were not.
    counted: Arc<[AtomicUsize; 2]>,
}

impl Flood {
    async fn begin(door: &Door, key: &str) -> Self {
        let (ends, counted) = (Arc::new(AtomicBool::new(false)), Arc::<[AtomicUsize; 2]>::default());
        let clients = ready(door, &[Some(key)], AT_ONCE).await;
        let call = |mut client: Client| {
            let (ends, counted) = (Arc::clone(&ends), Arc::clone(&counted));
            async move {
                while !ends.load(Ordering::Relaxed) {
                    let which = usize::from(client.read_page().await.is_err());
                    counted[which].fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        let calling = clients.into_iter().map(call).collect();
        Self { calling, ends, counted }
    }

    fn so_far(&self) -> [usize; 2] {
        [0, 1].map(|which| self.counted[which].load(Ordering::Relaxed))
    }

    async fn end(mut self) {
        self.ends.store(true, Ordering::Relaxed);
        while self.calling.join_next().await.is_some() {}
    }
}

fn show(what: &str, quiet: &(Times, usize), flood: Option<[f64; 2]>) {
    let (times, failed) = quiet;
    let [median, late] = [50, 99].map(|percent| format!("{:.2}", times.percentile(percent)));
    let [answered, refused] =
        flood.map_or_else(|| ["–", "–"].map(str::to_owned), |rates| rates.map(|rate| format!("{rate:.0}")));
    row(&[what.to_owned(), median, late, failed.to_string(), answered, refused]);
}
