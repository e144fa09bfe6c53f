//! Whatever people do, also while a run is under way or cut off, a sweep leaves the copies of a fresh sync.

use fastrand::Rng;
use sluice::clock::Clock as _;
use sluice::sandbox::seed;
use sluice::sync::Kind;

use super::edits::{edit, edit_anything};
use super::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn after_any_history_of_edits_a_sweep_leaves_what_a_fresh_sync_would() {
    for seed in 0..4 {
        let mut random = Rng::with_seed(seed);
        let house = House::of(if seed == 0 { seed::service_desk() } else { seed::generate(250, seed) }).await;
        house.run(Kind::Incremental).await;
        house.is_fresh(&format!("seed {seed}, at first")).await;
        for round in 0..4 {
            for _ in 0..random.u8(1..40) {
                let now = house.clock.now();
                house.site.with_site(|site| edit_anything(site, &mut random, now));
            }
            house.run(Kind::Incremental).await;
            house.run(Kind::Full).await;
            house.is_fresh(&format!("seed {seed}, round {round}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_in_the_middle_of_a_run_are_found_by_the_next_sweep() {
    for seed in 10..13 {
        let mut random = Rng::with_seed(seed);
        let house = House::of(seed::generate(250, seed)).await;
        for round in 0..3 {
            let token = tokio_util::sync::CancellationToken::new();
            let mut watch = house.sync.watch();
            let editing = async {
                let mut left = 60;
                while left > 0 && watch.changed().await.is_ok() {
                    let idle = watch.borrow_and_update().phase == sluice::sync::Phase::Idle;
                    if idle && left < 60 {
                        break;
                    }
                    left -= 1;
                    let now = house.clock.now();
                    house.site.with_site(|site| edit_anything(site, &mut random, now));
                }
            };
            let run = house.sync.run(if round == 0 { Kind::Incremental } else { Kind::Full }, &token);
            let (_, ()) = tokio::join!(run, editing);
            house.run(Kind::Full).await;
            house.is_fresh(&format!("seed {seed}, round {round}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_make_a_version_are_found_without_a_sweep() {
    let house = House::of(seed::service_desk()).await;
    house.run(Kind::Incremental).await;
    let ids: Vec<String> = house.copies.seen().into_keys().filter(|id| !id.starts_with("att")).take(30).collect();
    let now = house.clock.now();
    house.site.with_site(|site| {
        for id in &ids {
            let content = site.contents.get_mut(&id.parse().unwrap()).unwrap();
            let mut version = content.versions.last().unwrap().clone();
            (version.number, version.created) = (version.number + 1, now);
            (version.title, version.body) = (format!("{} again", version.title), "<p>rewritten</p>".into());
            content.versions.push(version);
        }
    });
    let outcome = house.run(Kind::Incremental).await;
    assert!(outcome.record.requests < 100, "{outcome:?}");
    house.is_fresh("thirty pages rewritten").await;
    assert_eq!(house.copies.seen()[&ids[0]].body, "rewritten\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_anywhere_is_gone_on_with() {
    let mut random = Rng::with_seed(99);
    let (mut killed, mut round) = (0, 0);
    // How often it is polled to its end depends on how the machine runs it.
    while killed < 50 {
        assert!(round < 60, "{killed}");
        round += 1;
        let house = House::of(seed::generate(120, round)).await;
        for _ in 0..6 {
            let kind = if random.bool() { Kind::Incremental } else { Kind::Full };
            let polls = random.u32(1..40);
            killed += u32::from(!house.run_and_kill(kind, polls).await);
            let now = house.clock.now();
            house.site.with_site(|site| edit(site, &mut random, now));
        }
        house.run(Kind::Full).await;
        house.run(Kind::Full).await;
        house.is_fresh(&format!("round {round}")).await;
    }
}
