//! Clients that call one after the other, each as fast as it is answered, and what the processes take meanwhile.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use tokio::task::JoinSet;

use crate::Bench;
use crate::client::{Client, Door};
use crate::figures::Times;
use crate::process::{Process, own_busy};

/// Clients that open at once: their agents' keys are hashed slowly then, and only so many may wait for that.
const OPENING: usize = 32;

/// What came of a load.
pub(crate) struct Load {
    /// Of the calls that were answered.
    pub(crate) times: Times,
    pub(crate) per_second: f64,
    pub(crate) failed: usize,
    /// What server, site and clients took, in percent of one core.
    pub(crate) shares: [f64; 3],
}

/// Clients that have made their first call, one for each key and so many in all.
pub(crate) async fn ready(door: &Door, keys: &[Option<&str>], count: usize) -> Vec<Client> {
    let open = |key| async move {
        let mut client = Client::open(door, key).await;
        client.read_page().await.unwrap();
        client
    };
    let keys = keys.iter().cycle().take(count);
    stream::iter(keys).map(|key| open(*key)).buffer_unordered(OPENING).collect().await
}

/// Has every client read the page, over and over.
pub(crate) async fn measure(bench: &Bench, server: &Process, clients: Vec<Client>) -> Load {
    let busy = || [server.busy(), bench.site.process.busy(), own_busy()];
    let (before, began) = (busy(), Instant::now());
    let until = began + bench.lasting;
    let mut calling: JoinSet<_> = clients.into_iter().map(|client| one_after_the_other(client, until)).collect();
    let (mut times, mut failed) = (Vec::new(), 0);
    while let Some(called) = calling.join_next().await {
        let (own, own_failed) = called.unwrap();
        times.extend(own);
        failed += own_failed;
    }
    let (after, took) = (busy(), began.elapsed().as_secs_f64());
    let share = |which: usize| after[which].saturating_sub(before[which]).as_secs_f64() / took * 100.0;
    let times = Times::of(times);
    Load { per_second: times.count() / took, times, failed, shares: [share(0), share(1), share(2)] }
}

async fn one_after_the_other(mut client: Client, until: Instant) -> (Vec<Duration>, usize) {
    let (mut times, mut failed) = (Vec::new(), 0);
    loop {
        let began = Instant::now();
        if began >= until {
            return (times, failed);
        }
        match client.read_page().await {
            Ok(()) => times.push(began.elapsed()),
            Err(_) => failed += 1,
        }
    }
}
