//! What happens while a renewal is under way: nobody waits for it any more, or the connection is not the same.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join;
use sluice::confluence::{Credentials as _, Failure};
use sluice::connect::record::State;
use sluice::sandbox::Effect;
use sluice::sandbox::signin::Revocation;

use super::house::{HOUR, House, acme, authorized};

#[tokio::test]
async fn a_renewal_that_nobody_waits_for_any_more_is_finished() {
    let house = House::new().await;
    let keeper = house.connected().await;
    for round in 1..=5 {
        house.strike(1, Effect::Slow { milliseconds: 30 });
        house.pass(HOUR);
        {
            let mut asking = std::pin::pin!(keeper.authorization());
            while house.exchanges() < round {
                tokio::select! {
                    biased;
                    _ = &mut asking => panic!("it was not slow"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        house.works(&keeper).await.unwrap();
        assert_eq!((house.exchanges(), house.generation()), (round, round + 1));
    }
}

#[tokio::test]
async fn a_process_that_ends_in_good_order_finishes_the_renewal_that_has_begun() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.strike(1, Effect::Slow { milliseconds: 30 });
    house.pass(HOUR);
    tokio::select! {
        biased;
        _ = keeper.authorization() => panic!("it was not slow"),
        () = async { while house.exchanges() == 0 { tokio::task::yield_now().await } } => {}
    }
    keeper.finish().await;
    drop(keeper);
    assert_eq!(house.generation(), 2);
    let reopened = house.keeper().await;
    assert_eq!(authorized(&reopened).await.unwrap(), 2);
    assert_eq!(house.exchanges(), 1);
}

#[tokio::test]
async fn a_renewal_that_finds_another_connection_in_its_place_leaves_that_alone() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let first = fs::read(house.file()).unwrap();
    fs::remove_file(house.file()).unwrap();
    let granted = house.consent().await;
    house.keep("acme", "id-2", granted).await;
    let second = fs::read(house.file()).unwrap();
    fs::write(house.file(), &first).unwrap();
    house.works(&keeper).await.unwrap();
    house.pass(HOUR);
    let lock = house.cabinet.lock(&acme(), &*house.time).await.unwrap();
    let changed = async {
        // The renewal waits for the lock by now.
        tokio::time::sleep(Duration::from_millis(5)).await;
        fs::write(house.file(), &second).unwrap();
        // Somebody else looks, and sees that it is another.
        assert!(matches!(keeper.authorization().await, Err(Failure::Disconnected { .. })));
        drop(lock);
    };
    let (renewed, ()) = join(keeper.authorization(), changed).await;
    assert!(renewed.is_err(), "it would be signed with the other's token");
    assert_eq!((house.exchanges(), fs::read(house.file()).unwrap()), (0, second));
    assert!(matches!(keeper.authorization().await, Err(Failure::Disconnected { .. })));
}

#[tokio::test]
async fn who_signs_in_again_while_the_former_grant_ends_stays_connected() {
    for _ in 0..10 {
        let house = House::new().await;
        let keeper = house.connected().await;
        house.pass(HOUR);
        house.sandbox.revoke(&Revocation::default());
        let granted = house.consent().await;
        house.strike(2, Effect::Slow { milliseconds: 10 });
        let anew = async {
            while house.exchanges() == 0 {
                tokio::task::yield_now().await;
            }
            house.keep("acme", "id-1", granted).await
        };
        let (renewed, _) = join(keeper.authorization(), anew).await;
        assert!(matches!(renewed, Err(Failure::ReconnectNeeded { .. })));
        assert_eq!(house.state(), State::Connected);
        house.works(&keeper).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_a_file_that_is_being_exchanged_reads_one_or_the_other() {
    let house = House::new().await;
    house.connected().await;
    let sealed = house.cabinet.read(&acme()).unwrap().unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let (of_reader, cabinet) = (Arc::clone(&done), house.cabinet.clone());
    let reader = tokio::task::spawn_blocking(move || {
        let mut reads = 0;
        while !of_reader.load(Ordering::SeqCst) {
            cabinet.read(&acme()).unwrap().unwrap();
            reads += 1;
        }
        reads
    });
    let _lock = house.cabinet.lock(&acme(), &*house.time).await.unwrap();
    tokio::task::block_in_place(|| {
        for _ in 0..300 {
            house.cabinet.reserve(&acme()).unwrap().put(&sealed).unwrap();
        }
    });
    done.store(true, Ordering::SeqCst);
    assert!(reader.await.unwrap() > 0);
}
