//! Clocks that are set forward and back, here and at the site, and accounts in other time zones.

use jiff::SignedDuration;
use sluice::clock::Clock as _;
use sluice::sandbox::seed;
use sluice::sync::{Kind, Phase};
use tokio_util::sync::CancellationToken;

use super::edits::{pages, rewrite};
use super::house::House;

/// How far our clock goes wrong, one after another: hours, days, years, to before the last sync and after the next.
fn wrongs() -> [SignedDuration; 9] {
    let hours = SignedDuration::from_hours;
    [3, -3, 48, 0, -9 * 24, 9 * 24, -40 * 365 * 24, 40 * 365 * 24, 0].map(hours)
}

/// Rewrites the page of that number, as of now by the site's clock.
fn edit(house: &House, number: usize, body: &str) {
    let now = house.clock.at_the_site();
    house.site.with_site(|site| {
        let id = pages(site)[number];
        rewrite(site, id, &format!("<p>{body}</p>"), now);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_found_whatever_our_clock_says_between_two_runs() {
    let house = House::of(seed::generate(150, 31)).await;
    house.run(Kind::Incremental).await;
    for (round, wrong) in wrongs().into_iter().enumerate() {
        edit(&house, round * 3, &format!("before {round}"));
        house.clock.be_wrong_by(wrong);
        edit(&house, round * 3 + 1, &format!("after {round}"));
        house.run(Kind::Incremental).await;
        house.is_fresh(&format!("our clock is wrong by {wrong:#}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_found_whatever_our_clock_does_during_a_run() {
    let house = House::of(seed::generate(150, 32)).await;
    let mut rounds = wrongs().into_iter();
    for round in 0.. {
        let token = CancellationToken::new();
        let mut watch = house.sync.watch();
        let mut over = false;
        let setting = async {
            let mut last = Phase::Idle;
            while watch.changed().await.is_ok() {
                let phase = watch.borrow_and_update().phase;
                if phase == Phase::Idle && last != Phase::Idle {
                    break;
                }
                if phase != last {
                    match rounds.next() {
                        Some(wrong) => house.clock.be_wrong_by(wrong),
                        None => over = true,
                    }
                    edit(&house, round, &format!("while it ran, {round}, at {}", phase.word()));
                }
                last = phase;
            }
        };
        let kind = if round % 2 == 0 { Kind::Incremental } else { Kind::Sweep };
        tokio::join!(house.sync.run(kind, &token), setting);
        house.run(Kind::Incremental).await;
        house.is_fresh(&format!("round {round}")).await;
        if over {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_that_the_site_dates_back_are_found_without_a_sweep() {
    let house = House::of(seed::generate(300, 33)).await;
    edit(&house, 0, "the latest change");
    house.run(Kind::Incremental).await;
    // The site's clock goes back by two hours, and more is edited than one part of a listing of changes holds.
    let then = house.clock.at_the_site() - SignedDuration::from_hours(2);
    house.site.with_site(|site| {
        for (number, id) in pages(site).into_iter().skip(1).take(120).enumerate() {
            rewrite(site, id, &format!("<p>dated back {number}</p>"), then);
        }
    });
    house.run(Kind::Incremental).await;
    house.is_fresh("a hundred and twenty edits, dated back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_found_after_one_that_the_site_dated_forward() {
    let house = House::of(seed::generate(300, 34)).await;
    house.run(Kind::Incremental).await;
    let tomorrow = house.clock.at_the_site() + SignedDuration::from_hours(24);
    house.site.with_site(|site| rewrite(site, pages(site)[0], "<p>from tomorrow</p>", tomorrow));
    house.run(Kind::Incremental).await;
    house.site.with_site(|site| {
        for (number, id) in pages(site).into_iter().skip(1).take(120).enumerate() {
            rewrite(site, id, &format!("<p>today {number}</p>"), tomorrow - SignedDuration::from_hours(23));
        }
    });
    house.run(Kind::Incremental).await;
    house.is_fresh("a hundred and twenty edits before tomorrow").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_time_zone_changes_nothing() {
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "Asia/Kathmandu"] {
        let house = House::of(seed::generate(100, 35)).await;
        house.site.with_site(|site| site.users.values_mut().for_each(|user| user.time_zone = zone.into()));
        house.run(Kind::Incremental).await;
        edit(&house, 5, "an edit right after");
        house.run(Kind::Incremental).await;
        edit(&house, 6, "and one more");
        house.run(Kind::Sweep).await;
        house.is_fresh(zone).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_does_not_put_the_next_run_off() {
    let house = House::of(seed::generate(40, 36)).await;
    let token = CancellationToken::new();
    let mut watch = house.sync.watch();
    let setting = async {
        let mut seen = 0;
        while seen < 4 && watch.changed().await.is_ok() {
            let status = watch.borrow_and_update().clone();
            let runs = status.last.as_ref().map_or(0, |record| record.number);
            if runs > seen {
                seen = runs;
                let wrong = SignedDuration::from_hours(if runs % 2 == 0 { 24 } else { -24 });
                house.clock.be_wrong_by(wrong);
            }
            if let (Phase::Idle, Some(next)) = (status.phase, status.next) {
                let ahead = next.duration_since(house.clock.now());
                assert!(ahead < SignedDuration::from_hours(49), "{status:?}");
            }
        }
        token.cancel();
    };
    let began = house.clock.steady();
    tokio::join!(house.sync.follow(&token), setting);
    let took = house.clock.steady().saturating_sub(began);
    assert!(took < std::time::Duration::from_hours(2), "four runs a quarter of an hour apart took {took:?}");
}
