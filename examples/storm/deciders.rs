//! Two people who decide at the same moment, one yes and one no: one decision each time, and the other is told whose.

use std::sync::Arc;

use sluice::approval::record::{Says, Via};
use sluice::approval::{DecideError, Decider, Rights};
use sluice::sandbox::{Sandbox, SandboxOptions};
use sluice::store::Store;
use sluice::tools::Begun;
use tokio::task::JoinSet;

use crate::items::{self, Item, Kind};
use crate::time::Fast;
use crate::worker::{Worker, open};
use crate::{Failure, Options};

/// Lets two decide on each of `--rounds` updates, in a store on disk.
pub(crate) async fn race(options: &Options) -> Result<String, Failure> {
    let rounds = options.count("--rounds", 10_000)?;
    let began = Fast::real();
    // Of sixteen items, five are updates.
    let site = Sandbox::start(SandboxOptions::new(items::site(8 * rounds, began))).await?;
    let folder = std::env::temp_dir().join(format!("sluice-deciders-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let store = Arc::new(open(&folder)?);
    let port = Arc::clone(&store) as Arc<dyn Store>;
    let worker = Worker::new(port, &site.url(), Fast::new(began, 1, 0)).await?;
    let (mut yes, mut no) = (0_u32, 0_u32);
    for item in (0..).map(Item) {
        if yes + no == rounds {
            break;
        }
        if item.kind() != Kind::Update || item.is_free() || item.page() != 1000 + u64::from(item.0) {
            continue;
        }
        match one(&worker, item).await? {
            Says::Yes => yes += 1,
            Says::No => no += 1,
        }
    }
    worker.approvals.finish().await;
    store.close().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(format!("deciders rounds={rounds} yes={yes} no={no} two_decisions=0 no_decision=0"))
}

/// Which of the two it was; an error where it was both, neither, or the other was told another name.
async fn one(worker: &Worker, item: Item) -> Result<Says, Failure> {
    let Begun::Waits(record) = worker.propose(item).await.map_err(|error| error.message)? else {
        return Err("it did not wait".into());
    };
    let mut deciding = JoinSet::new();
    for (name, says) in [("Yes", Says::Yes), ("No", Says::No)] {
        let (approvals, id, seal) = (Arc::clone(&worker.approvals), record.asked.id.clone(), record.seal);
        let who = Decider::Approver { name: name.to_owned(), via: Via::Terminal, rights: Rights::all() };
        deciding.spawn(async move { (says, approvals.decide(&id, seal, &who, says, None).await) });
    }
    let (mut decided, mut told) = (Vec::new(), Vec::new());
    while let Some(ended) = deciding.join_next().await {
        match ended? {
            (says, Ok(_)) => decided.push(says),
            (_, Err(DecideError::Decided { says, .. })) => told.push(says),
            (_, Err(error)) => return Err(error.into()),
        }
    }
    match (decided.as_slice(), told.as_slice()) {
        ([decided], [told]) if decided == told => Ok(*decided),
        both => Err(format!("{}: {both:?}", record.asked.id).into()),
    }
}
