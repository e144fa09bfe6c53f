//! Calendars that are wrong, when tokens are saved or when they are loaded, and hosts that say a wrong time.

use std::time::Duration;

use jiff::SignedDuration;
use sluice::confluence::Failure;
use sluice::sandbox::signin::Steering;
use sluice::sandbox::{Effect, Moment};

use super::house::{HOUR, House};

const TWO_HOURS: SignedDuration = SignedDuration::from_hours(2);

#[tokio::test]
async fn tokens_that_were_saved_at_a_wrong_time_are_used_and_renewed_by_another_process() {
    for wrong in [TWO_HOURS, -TWO_HOURS] {
        let house = House::new().await;
        house.time.is_wrong_by(wrong);
        house.connected().await;
        house.time.is_wrong_by(SignedDuration::ZERO);
        let keeper = house.keeper().await;
        for hour in 0..4 {
            house.works(&keeper).await.unwrap_or_else(|failure| panic!("{wrong}, hour {hour}: {failure}"));
            let exchanges = house.exchanges();
            house.works(&keeper).await.unwrap();
            assert_eq!(house.exchanges(), exchanges, "{wrong}: once is enough");
            house.pass(HOUR);
        }
        assert!(house.exchanges() <= 4, "{wrong}: {}", house.exchanges());
    }
}

#[tokio::test]
async fn tokens_that_are_loaded_at_a_wrong_time_are_used_and_renewed() {
    for wrong in [TWO_HOURS, -TWO_HOURS] {
        let house = House::new().await;
        house.connected().await;
        house.time.is_wrong_by(wrong);
        let keeper = house.keeper().await;
        for hour in 0..4 {
            house.works(&keeper).await.unwrap_or_else(|failure| panic!("{wrong}, hour {hour}: {failure}"));
            house.pass(HOUR);
        }
        house.time.is_wrong_by(SignedDuration::ZERO);
        house.works(&keeper).await.unwrap();
        house.works(&house.keeper().await).await.unwrap();
        assert!(house.exchanges() <= 5, "{wrong}: {}", house.exchanges());
    }
}

#[tokio::test]
async fn a_token_that_seems_to_be_given_in_the_future_and_has_ended_is_renewed_at_once() {
    let house = House::new().await;
    house.connected().await;
    house.pass(HOUR);
    // As a process would find it after the calendar was set back.
    house.time.is_wrong_by(-TWO_HOURS);
    let keeper = house.keeper().await;
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), 1);
}

#[tokio::test]
async fn a_calendar_that_was_set_back_has_no_old_refresh_token_used_too_late() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    house.time.is_wrong_by(-TWO_HOURS);
    house.pass(HOUR);
    // The one before would be refused, and all that came of it with it.
    house.strike(2, Effect::Reset { moment: Moment::Before });
    assert!(matches!(house.works(&keeper).await, Err(Failure::NotRenewed { .. })));
    assert_eq!(house.exchanges(), 3);
    house.pass(Duration::from_mins(1));
    house.works(&keeper).await.unwrap();
}

#[tokio::test]
async fn a_token_that_ends_sooner_than_the_host_says_is_renewed_when_confluence_refuses_it() {
    let house = House::new().await;
    house.steer(Steering { expires_in_skew: 7200, ..Steering::default() });
    let keeper = house.connected().await;
    for round in 1..=3 {
        house.pass(HOUR);
        house.works(&keeper).await.unwrap();
        assert_eq!(house.exchanges(), round);
    }
}

#[tokio::test]
async fn a_token_that_holds_longer_than_the_host_says_is_renewed_when_it_says() {
    let house = House::new().await;
    house.steer(Steering { expires_in_skew: -3000, ..Steering::default() });
    let keeper = house.connected().await;
    house.pass(Duration::from_secs(569));
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), 0);
    house.pass(Duration::from_secs(1));
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), 1);
}

#[tokio::test]
async fn a_token_that_holds_for_no_time_at_all_is_used_all_the_same() {
    let house = House::new().await;
    house.steer(Steering { expires_in_skew: -3600, ..Steering::default() });
    let keeper = house.connected().await;
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), 1);
}
