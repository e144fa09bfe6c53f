//! Calls per second of many agents, in both eras.

use crate::client::Style;
use crate::figures::{row, table};
use crate::load::{Load, measure, ready};
use crate::server::Limits;
use crate::{AGENTS, Bench, Server};

/// How many agents call at once.
const CROWDS: [usize; 3] = [1, 64, AGENTS];

pub(crate) async fn run(bench: &Bench) {
    table(
        "get_page",
        "Each agent has its own key and calls one after the other. The rates of the site and of agents are raised to a \
         million a second, so that the server is what is measured; requests to the site stay 8 at once, as ever.",
        &["era", "agents", "calls/s", "p50 ms", "p99 ms", "failed", "CPU server %", "CPU site %", "CPU clients %"],
    );
    for style in Style::BOTH {
        for agents in CROWDS {
            let server = Server::start(bench, Limits::Raised).await;
            let door = if style == Style::Legacy { server.legacy() } else { server.door.clone() };
            let keys: Vec<_> = bench.crowd.keys.iter().map(|key| Some(key.as_str())).collect();
            let clients = ready(&door, &keys, agents).await;
            let load = measure(bench, &server.process, clients).await;
            row(&[&[style.revision().to_owned(), agents.to_string()], cells(&load).as_slice()].concat());
        }
    }
}

/// The figures of a load.
pub(crate) fn cells(load: &Load) -> Vec<String> {
    let [server, site, clients] = load.shares;
    vec![
        format!("{:.0}", load.per_second),
        format!("{:.2}", load.times.percentile(50)),
        format!("{:.2}", load.times.percentile(99)),
        load.failed.to_string(),
        format!("{server:.0}"),
        format!("{site:.0}"),
        format!("{clients:.0}"),
    ]
}
