//! A grant that has ended is told with its remedy, asked for no more, and comes back when somebody signs in again.

use std::sync::Arc;
use std::time::Duration;

use sluice::confluence::{Address, Failure};
use sluice::connect::Keeper;
use sluice::connect::record::State;
use sluice::connect::secrets::Secrets;
use sluice::sandbox::Effect;
use sluice::sandbox::signin::{App, CALLBACK, CLIENT_ID, CLIENT_SECRET, Revocation};

use super::house::{HOUR, House, title};
use crate::small_site::ADMIN;

/// The connection has ended for good, with these words; signing in again brings back who had it open.
async fn ended_and_made_anew(house: &House, keeper: &Arc<Keeper>, words: &str) {
    let failure = house.works(keeper).await.unwrap_err();
    assert!(matches!(failure, Failure::ReconnectNeeded { .. }), "{failure:?}");
    let told = failure.to_string();
    assert!(told.contains(words) && told.contains("`sluice connect --reconnect acme`"), "{told}");
    assert!(matches!(house.state(), State::ReconnectNeeded { why, .. } if why.contains(words)), "{:?}", house.state());
    let asked = house.exchanges();
    for _ in 0..3 {
        house.pass(Duration::from_mins(5));
        let reopened = house.keeper().await;
        for keeper in [keeper, &reopened] {
            assert!(matches!(house.works(keeper).await, Err(Failure::ReconnectNeeded { .. })));
        }
    }
    assert_eq!(house.exchanges(), asked, "nobody is asked again");
    let granted = house.consent().await;
    house.keep("acme", "id-1", granted).await;
    house.works(keeper).await.unwrap();
    house.pass(HOUR);
    house.works(keeper).await.unwrap();
    assert_eq!((house.exchanges(), house.state()), (asked + 1, State::Connected));
}

#[tokio::test]
async fn a_withdrawn_consent_ends_a_connection() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(HOUR);
    house.sandbox.revoke(&Revocation::default());
    ended_and_made_anew(&house, &keeper, "invalid_grant").await;
}

#[tokio::test]
async fn a_consent_withdrawn_while_the_token_holds_is_noticed_with_the_next_request() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(Duration::from_mins(5));
    house.sandbox.revoke(&Revocation::default());
    ended_and_made_anew(&house, &keeper, "invalid_grant").await;
}

#[tokio::test]
async fn ninety_idle_days_end_a_connection() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(Duration::from_hours(24 * 91));
    ended_and_made_anew(&house, &keeper, "Unknown or invalid refresh token").await;
}

#[tokio::test]
async fn a_copy_that_is_used_too_late_ends_a_connection() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let stale = std::fs::read(house.file()).unwrap();
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    house.pass(HOUR);
    // A backup is put back.
    let newest = std::fs::read(house.file()).unwrap();
    std::fs::write(house.file(), stale).unwrap();
    assert!(matches!(house.works(&keeper).await, Err(Failure::ReconnectNeeded { .. })));
    std::fs::write(house.file(), newest).unwrap();
    ended_and_made_anew(&house, &keeper, "invalid_grant").await;
}

#[tokio::test]
async fn a_secret_that_is_not_the_apps_any_more_ends_a_connection() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let app = |secret: &str| App {
        client_id: CLIENT_ID.to_owned(),
        client_secret: secret.to_owned(),
        callback: CALLBACK.to_owned(),
        name: "Sluice".to_owned(),
    };
    house.sandbox.register_app(app("changed"));
    house.pass(HOUR);
    let failure = house.works(&keeper).await.unwrap_err().to_string();
    assert!(failure.contains("access_denied"), "{failure}");
    house.sandbox.register_app(app(CLIENT_SECRET));
    ended_and_made_anew(&house, &keeper, "access_denied").await;
}

#[tokio::test]
async fn an_api_token_that_is_refused_twice_in_one_request_ends_a_connection() {
    let house = House::new().await;
    let token = secrecy::SecretString::from("sandbox-token").into();
    let secrets = Secrets::ApiToken { email: "admin@example.com".to_owned(), token };
    house.keep_these("acme", "id-1", Vec::new(), None, secrets).await;
    let keeper = house.keeper().await;
    let client = house.client_of(&keeper, Address::site(&house.sandbox.url()).unwrap());
    title(&client).await.unwrap();
    let rename = |token: &str| {
        house.sandbox.with_site(|site| site.users.get_mut(ADMIN).unwrap().api_token = token.to_owned());
    };
    rename("another-token");
    house.sandbox.reset_counts();
    let told = title(&client).await.unwrap_err().to_string();
    let words = "the connection `acme` has ended (Confluence does not take the API token any more); an administrator \
        can sign in again with `sluice connect --reconnect acme`";
    assert_eq!(told, words);
    assert_eq!(house.sandbox.total_requests(), 2);
    rename("sandbox-token");
    assert_eq!(title(&client).await.unwrap_err().to_string(), words);
    assert_eq!(house.sandbox.total_requests(), 2, "nobody asks any more");
    assert!(matches!(house.state(), State::ReconnectNeeded { .. }));
}

#[tokio::test]
async fn a_fault_that_passes_is_told_apart_from_an_end() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.strike(2, Effect::EdgeRefusal);
    house.pass(HOUR);
    assert!(matches!(house.works(&keeper).await, Err(Failure::NotRenewed { .. })));
    house.pass(Duration::from_secs(61));
    house.works(&keeper).await.unwrap();
}
