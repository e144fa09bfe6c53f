//! Stopping, the schedule, and accounts that are closed.

use std::time::Duration;

use sluice::sandbox::seed;
use sluice::sync::{CLOSED, Ended, Kind};
use tokio_util::sync::CancellationToken;

use super::edits::close;
use super::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_says_so_and_the_next_goes_on() {
    let house = House::of(seed::generate(400, 1)).await;
    let token = CancellationToken::new();
    let mut watch = house.sync.watch();
    let stopping = async {
        while watch.changed().await.is_ok() {
            if watch.borrow_and_update().written > 0 {
                token.cancel();
                break;
            }
        }
    };
    let (outcome, ()) = tokio::join!(house.sync.run(Kind::Incremental, &token), stopping);
    assert_eq!(outcome.record.how, Ended::Cancelled);
    assert!(house.copies.count() > 0);
    house.site.reset_counts();
    house.run(Kind::Incremental).await;
    house.is_fresh("after it was stopped").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_closed_accounts_are_forgotten_within_a_week() {
    let house = House::of(seed::service_desk()).await;
    house.run(Kind::Incremental).await;
    let named = |name: &str| {
        let by = |document: &sluice::index::Document| {
            [&document.author, &document.editor].into_iter().flatten().any(|one| one.name == name)
        };
        house.copies.seen().values().filter(|document| by(document)).count()
    };
    let (account, name) = house.site.with_site(|site| {
        let author = site.contents.values().map(|content| content.author.clone());
        let user = author.map(|author| site.users[&author].clone()).find(|user| !user.admin && !user.private);
        user.map(|user| (user.account_id, user.display_name)).unwrap()
    });
    let (before, closed) = (named(&name), named(CLOSED));
    assert!(before > 0);
    house.site.with_site(|site| close(&mut site.users, &account));
    house.run(Kind::Incremental).await;
    assert_eq!(named(&name), before);
    house.clock.pass(Duration::from_hours(7 * 24));
    house.run(Kind::Incremental).await;
    assert_eq!((named(&name), named(CLOSED) >= closed + before / 2), (0, true));
    house.is_fresh("without the name").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_runs_at_once_then_again_and_when_asked() {
    let house = House::of(seed::generate(60, 2)).await;
    let token = CancellationToken::new();
    let mut watch = house.sync.watch();
    let counting = async {
        let mut last = 0;
        while last < 4 {
            watch.changed().await.unwrap();
            last = watch.borrow_and_update().last.as_ref().map_or(0, |record| record.number);
            if last == 2 {
                house.sync.ask(Kind::Incremental);
                house.sync.ask(Kind::Full);
            }
        }
        token.cancel();
    };
    tokio::join!(house.sync.follow(&token), counting);
    let history = house.sync.history().await.unwrap();
    assert!(history.iter().any(|record| record.kind == Kind::Full), "{history:?}");
    assert!(house.sync.status().next.is_some());
    house.sync.forget().await.unwrap();
    assert_eq!((house.copies.count(), house.sync.history().await.unwrap().len()), (0, 0));
    assert!(house.sync.status().synced.is_none());
}
