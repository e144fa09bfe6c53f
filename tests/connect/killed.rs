//! A process that is killed between an exchange and its saving loses no connection.

use std::process::Child;
use std::time::Duration;

use super::house::{HOUR, House, Time, authorized};
use super::together::{child, keeper_of, of_parent};

/// How often it is killed.
const KILLS: u64 = 100;

/// Waits until one more exchange has arrived, then kills at once or a little later. How many had arrived by then.
async fn killed_after_an_exchange(mut child: Child, house: &House, round: u64) -> u64 {
    let before = house.exchanges();
    // The first or the second of this process.
    while house.exchanges() <= before + round % 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        tokio::time::sleep(Duration::from_micros(20)).await;
    }
    if round % 4 == 3 {
        tokio::time::sleep(Duration::from_micros(fastrand::u64(..8_000))).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    house.exchanges() - before
}

#[expect(clippy::print_stderr, reason = "how many met the moment is worth knowing")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_killed_between_exchange_and_saving_loses_no_connection() {
    let house = House::new().await;
    house.connected().await;
    let (mut between, mut before_it) = (0, house.generation());
    for round in 0..KILLS {
        let child = child("connect::killed::renews_until_it_is_killed", &house.data);
        let arrived = killed_after_an_exchange(child, &house, round).await;
        let saved = house.generation() - before_it;
        assert!(saved <= arrived, "{saved} of {arrived}");
        between += u64::from(saved < arrived);
        let keeper = house.keeper().await;
        house.works(&keeper).await.unwrap();
        // The refresh token that is on disk is good as well.
        house.time.pass(HOUR * 2);
        house.sandbox.advance(-jiff::SignedDuration::from_hours(2));
        let exchanges = house.exchanges();
        house.works(&keeper).await.unwrap_or_else(|failure| panic!("round {round}: {failure}"));
        assert!(house.exchanges() > exchanges, "round {round}");
        before_it = house.generation();
        // It is renewed again by whoever comes next.
        house.pass(Duration::from_secs(1));
    }
    eprintln!("{between} of {KILLS} were killed between exchange and saving; {} exchanges", house.exchanges());
    assert!(between > 0, "none was killed at that moment");
}

#[ignore = "a child of the test before it"]
#[tokio::test]
async fn renews_until_it_is_killed() {
    let Some(data) = of_parent() else { return };
    let time = Time::new();
    let keeper = keeper_of(&data, &time).await;
    loop {
        time.pass(HOUR * 24);
        authorized(&keeper).await.unwrap();
    }
}
