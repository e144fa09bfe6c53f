//! How long it takes from a person's yes until the write is on the site, and until its outcome is written down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sluice::approval::State;
use sluice::approval::record::{Says, Via};
use sluice::approval::{Decider, Rights};
use sluice::sandbox::{Sandbox, SandboxOptions};
use sluice::store::Store;
use sluice::tools::Begun;
use tokio::task::JoinSet;

use crate::items::{self, Item, Kind};
use crate::time::Fast;
use crate::worker::{Worker, open};
use crate::{Failure, Options};

/// Approves `--total` updates, `--agents` at once, in a site and a store without any trouble.
pub(crate) async fn measure(options: &Options) -> Result<String, Failure> {
    let (total, agents) = (options.count("--total", 2000)?, options.count("--agents", 1)?);
    let began = Fast::real();
    // Of sixteen items, five are updates.
    let site = Arc::new(Sandbox::start(SandboxOptions::new(items::site(8 * total, began))).await?);
    let folder = std::env::temp_dir().join(format!("sluice-latency-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let store = Arc::new(open(&folder)?);
    let port = Arc::clone(&store) as Arc<dyn Store>;
    let worker = Arc::new(Worker::new(port, &site.url(), Fast::new(began, 1, 0)).await?);
    let (next, done) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..agents {
        let (site, worker) = (Arc::clone(&site), Arc::clone(&worker));
        let (next, done) = (Arc::clone(&next), Arc::clone(&done));
        tasks.spawn(async move {
            let mut times = Vec::new();
            while done.load(Ordering::Relaxed) < total {
                let item = Item(next.fetch_add(1, Ordering::Relaxed));
                let is_update = item.kind() == Kind::Update && item.page() == Item(item.0 + 16).page() - 16;
                if !is_update || item.is_free() || item.page() != 1000 + u64::from(item.0) {
                    continue;
                }
                done.fetch_add(1, Ordering::Relaxed);
                times.push(one(&worker, &site, item).await?);
            }
            Ok::<_, Failure>(times)
        });
    }
    let (mut there, mut written) = (Vec::new(), Vec::new());
    while let Some(times) = tasks.join_next().await {
        for (effect, outcome) in times?? {
            there.push(effect);
            written.push(outcome);
        }
    }
    worker.approvals.finish().await;
    store.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(format!(
        "latency approvals={} at_once={agents} effect: {} outcome: {}",
        there.len(),
        summary(&mut there),
        summary(&mut written)
    ))
}

/// From the decision to the effect, and to the outcome.
async fn one(worker: &Worker, site: &Sandbox, item: Item) -> Result<(Duration, Duration), Failure> {
    let Begun::Waits(record) = worker.propose(item).await.map_err(|error| error.message)? else {
        return Err("it did not wait".into());
    };
    let who = Decider::Approver { name: "Person".to_owned(), via: Via::Terminal, rights: Rights::all() };
    let id = &record.asked.id;
    worker.approvals.decide(id, record.seal, &who, Says::Yes, None).await?;
    let decided = Instant::now();
    let seen = async {
        loop {
            let versions = |site: &mut sluice::sandbox::model::Site| {
                site.contents.get(&item.page()).map_or(0, |content| content.versions.len())
            };
            if site.with_site(versions) > 1 {
                return decided.elapsed();
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    };
    let ended = async {
        let ended = worker.approvals.wait(id, Duration::from_secs(30), State::is_settled).await;
        (ended, decided.elapsed())
    };
    let (seen, (record, ended)) = tokio::join!(seen, ended);
    match record? {
        Some(record) if record.state == State::Succeeded => Ok((seen, ended)),
        other => Err(format!("{:?}", other.map(|record| (record.state, record.outcome))).into()),
    }
}

fn summary(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default().as_secs_f64() * 1000.0;
    format!("p50={:.2}ms p99={:.2}ms", at(50), at(99))
}
