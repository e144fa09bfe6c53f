//! A sign-in host that is slow, busy, broken or not itself never ends a connection.

use std::time::Duration;

use sluice::confluence::Failure;
use sluice::connect::record::State;
use sluice::sandbox::{Effect, Moment, RetryAfter};

use super::ear::Ear;
use super::house::{HOUR, House};

/// Less than the half minute before its end from which on a token is renewed first.
const NEARLY: Duration = Duration::from_secs(3590);
/// Longer than any pause between two attempts, where the host asks for none.
const PAUSE: Duration = Duration::from_secs(61);

fn not_renewed(failure: &Failure) -> &str {
    let Failure::NotRenewed { connection, why, .. } = failure else { panic!("{failure:?}") };
    assert_eq!(connection, "acme");
    why
}

/// The host does this from now on: the token goes on while it holds, then requests fail in words, nothing has ended, and
/// it recovers.
async fn endures(effect: &Effect, words: &str, exchanges: u64) {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.strike(1000, effect.clone());
    house.pass(NEARLY);
    house.works(&keeper).await.unwrap_or_else(|failure| panic!("{effect:?}: {failure}"));
    assert_eq!(house.exchanges(), exchanges, "{effect:?}");
    let State::Failing { since, why } = house.state() else { panic!("{effect:?}: {:?}", house.state()) };
    assert!(why.contains(words), "{effect:?}: {why}");
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), exchanges, "{effect:?}: it pauses");
    house.pass(PAUSE);
    let failure = house.works(&keeper).await.unwrap_err();
    assert!(not_renewed(&failure).contains(words), "{effect:?}: {failure}");
    assert!(failure.to_string().contains("cannot be renewed now"), "{failure}");
    house.pass(PAUSE);
    house.works(&keeper).await.unwrap_err();
    assert!(matches!(house.state(), State::Failing { since: kept, .. } if kept == since), "{effect:?}");
    house.sandbox.clear_faults();
    house.pass(PAUSE);
    house.works(&keeper).await.unwrap_or_else(|failure| panic!("{effect:?}: {failure}"));
    assert_eq!(house.state(), State::Connected, "{effect:?}");
}

#[tokio::test]
async fn a_host_that_answers_errors_ends_nothing() {
    for moment in [Moment::Before, Moment::After] {
        endures(&Effect::ServerError { moment }, "status 500", 1).await;
    }
    endures(&Effect::Unavailable { retry_after: None }, "status 503", 1).await;
    endures(&Effect::TooManyRequests { retry_after: None }, "status 429", 1).await;
}

#[tokio::test]
async fn a_host_that_is_not_itself_ends_nothing() {
    endures(&Effect::LoginPage, "what cannot be used", 2).await;
    endures(&Effect::EdgeRefusal, "what cannot be used", 2).await;
    endures(&Effect::NotFound, "what cannot be used", 2).await;
    endures(&Effect::Truncated, "sign-in host", 2).await;
    endures(&Effect::HugeBody { bytes: 300_000 }, "longer than", 2).await;
    endures(&Effect::GzipBomb { bytes: 64 << 20 }, "sign-in host", 2).await;
}

#[tokio::test]
async fn a_connection_that_breaks_before_or_after_the_rotation_ends_nothing() {
    for moment in [Moment::Before, Moment::After] {
        endures(&Effect::Reset { moment }, "sign-in host", 2).await;
    }
}

#[tokio::test]
async fn one_lost_answer_is_not_even_noticed() {
    for moment in [Moment::Before, Moment::After] {
        let house = House::new().await;
        let keeper = house.connected().await;
        for round in 1..=3 {
            house.strike(1, Effect::Reset { moment });
            house.pass(HOUR);
            house.works(&keeper).await.unwrap();
            assert_eq!((house.exchanges(), house.state()), (2 * round, State::Connected));
        }
    }
}

#[tokio::test]
async fn a_slow_host_is_waited_for() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.strike(1, Effect::Slow { milliseconds: 300 });
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    assert_eq!((house.exchanges(), house.generation()), (1, 2));
}

#[tokio::test]
async fn a_host_is_not_asked_again_before_it_wants_to_be() {
    for seconds in [45, 300] {
        let house = House::new().await;
        let keeper = house.connected().await;
        house.strike(1, Effect::TooManyRequests { retry_after: Some(RetryAfter::Seconds(seconds)) });
        house.pass(HOUR);
        let failure = house.works(&keeper).await.unwrap_err();
        let wish = Duration::from_secs(seconds.into());
        assert!(matches!(failure, Failure::NotRenewed { after, .. } if after == wish), "{failure:?}");
        house.pass(Duration::from_secs(u64::from(seconds) - 1));
        house.works(&keeper).await.unwrap_err();
        assert_eq!(house.exchanges(), 1);
        house.pass(Duration::from_secs(1));
        house.works(&keeper).await.unwrap();
        assert_eq!(house.exchanges(), 2);
    }
}

#[tokio::test]
async fn whoever_wants_never_to_be_asked_again_is_all_the_same_and_what_is_no_number_is_none() {
    for wish in [RetryAfter::Seconds(u32::MAX), RetryAfter::Text("never".to_owned()), RetryAfter::DateIn(9)] {
        let house = House::new().await;
        let keeper = house.connected().await;
        house.strike(1, Effect::TooManyRequests { retry_after: Some(wish) });
        house.pass(HOUR);
        house.works(&keeper).await.unwrap_err();
        house.pass(Duration::from_mins(10));
        house.works(&keeper).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_follows_a_host_that_points_elsewhere() {
    let (house, ear) = (House::new().await, Ear::open().await);
    let keeper = house.connected().await;
    house.strike(2, Effect::Redirect { location: format!("{}/oauth/token", ear.url) });
    house.pass(HOUR);
    let failure = house.works(&keeper).await.unwrap_err();
    assert!(not_renewed(&failure).contains("a redirect"), "{failure}");
    assert_eq!((house.exchanges(), ear.heard().len()), (2, 0));
    house.pass(PAUSE);
    house.works(&keeper).await.unwrap();
    assert_eq!(ear.heard().len(), 0);
}

#[tokio::test]
async fn attempts_become_rarer_and_go_on_at_least_once_a_minute() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.strike(1000, Effect::ServerError { moment: Moment::Before });
    house.pass(HOUR);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let failure = house.works(&keeper).await.unwrap_err();
        let Failure::NotRenewed { after, .. } = failure else { panic!("{failure:?}") };
        pauses.push(after.as_secs());
        house.pass(after);
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(house.exchanges(), 8);
}
