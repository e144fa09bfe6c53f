//! How long the list of tools takes.

use std::time::Instant;

use crate::client::{Client, Style};
use crate::figures::{Times, row, table};
use crate::server::Limits;
use crate::{Bench, Server};

const LISTS: usize = 5_000;
/// Lists before any is timed.
const BEFORE: usize = 200;

pub(crate) async fn run(bench: &Bench) {
    let note = format!("One agent with the profile `read-only`, {LISTS} lists one after the other.");
    table("tools/list", &note, &["era", "p50 ms", "p99 ms"]);
    let server = Server::start(bench, Limits::Raised).await;
    for style in Style::BOTH {
        let door = if style == Style::Legacy { server.legacy() } else { server.door.clone() };
        let mut client = Client::open(&door, Some(&bench.crowd.keys[0])).await;
        let mut times = Vec::new();
        for _ in 0..BEFORE + LISTS {
            let began = Instant::now();
            client.list_tools().await.unwrap();
            times.push(began.elapsed());
        }
        let times = Times::of(times.split_off(BEFORE));
        let [median, late] = [50, 99].map(|percent| format!("{:.2}", times.percentile(percent)));
        row(&[style.revision().to_owned(), median, late]);
    }
}
