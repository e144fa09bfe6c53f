//! Tokens are renewed in time, one after the other, and what is used is what is on disk.

use std::sync::Arc;

use jiff::SignedDuration;
use secrecy::SecretString;
use sluice::confluence::Failure;
use sluice::connect::sealed::Sealed;
use sluice::connect::secrets::{FormerToken, Secrets};
use sluice::sandbox::CLOUD_ID;
use sluice::sandbox::signin::Steering;

use super::ear::Ear;
use super::house::{HOUR, House, acme, authorized, title};

/// Changes what the file seals, as another process could.
async fn reseal(house: &House, change: impl FnOnce(&mut Secrets)) {
    let sealed = house.cabinet.read(&acme()).unwrap().unwrap();
    let data_key = house.keys.unwrap(&sealed.key, &sealed.connection.id).await.unwrap();
    let mut secrets = sealed.open(&data_key).unwrap();
    change(&mut secrets);
    let changed = Sealed::close(sealed.connection, &secrets, &data_key, sealed.key).unwrap();
    let _lock = house.cabinet.lock(&acme(), &*house.time).await.unwrap();
    house.cabinet.reserve(&acme()).unwrap().put(&changed).unwrap();
}

#[tokio::test]
async fn each_renewal_is_one_exchange_and_the_newest_token_is_used_also_after_a_restart() {
    let (house, ear) = (House::new().await, Ear::open().await);
    let mut keeper = house.connected().await;
    let [mut access, mut refresh, _] = house.tokens().await;
    for round in 1..=3 {
        house.pass(HOUR);
        house.works(&keeper).await.unwrap();
        assert_eq!((house.exchanges(), house.generation()), (round, round + 1));
        let [next_access, next_refresh, former] = house.tokens().await;
        assert!(next_access != access && next_refresh != refresh);
        assert_eq!(former, refresh, "the one before is kept");
        let reopened = house.keeper().await;
        for keeper in [&keeper, &reopened] {
            let _ = title(&house.client_at(keeper, CLOUD_ID, &ear.url)).await;
            assert_eq!(ear.heard().last().unwrap(), &format!("Bearer {next_access}"));
        }
        (access, refresh, keeper) = (next_access, next_refresh, reopened);
    }
    assert_eq!((house.exchanges(), ear.heard().len()), (3, 6));
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_of_a_connection_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new().await;
    let keeper = house.connected().await;
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = house.data.join("connections");
    assert_eq!(mode(&folder), 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn the_refresh_token_before_is_used_where_the_newest_is_refused_and_ten_minutes_have_not_passed() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let until = |house: &House, minutes| sluice::clock::Clock::now(&*house.time) + SignedDuration::from_mins(minutes);
    house.pass(HOUR);
    let end = until(&house, 1);
    reseal(&house, |secrets| {
        let Secrets::OAuth { tokens, former, .. } = secrets else { panic!("another method") };
        let refresh = tokens.refresh.replace(SecretString::from("lost at the host").into()).unwrap();
        *former = Some(FormerToken { refresh, until: end });
    })
    .await;
    house.works(&keeper).await.unwrap();
    assert_eq!(house.exchanges(), 3, "the newest, once more, the one before");
    house.pass(HOUR);
    let end = until(&house, 0);
    reseal(&house, |secrets| {
        let Secrets::OAuth { tokens, former, .. } = secrets else { panic!("another method") };
        let refresh = tokens.refresh.replace(SecretString::from("lost at the host").into()).unwrap();
        *former = Some(FormerToken { refresh, until: end });
    })
    .await;
    let failure = house.works(&keeper).await.unwrap_err();
    assert!(matches!(failure, Failure::ReconnectNeeded { .. }), "{failure:?}");
    assert_eq!(house.exchanges(), 5);
}

#[tokio::test]
async fn a_host_that_gives_no_new_refresh_token_lets_the_old_one_be_used_again() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.steer(Steering { withhold_refresh_tokens: true, ..Steering::default() });
    let [_, refresh, _] = house.tokens().await;
    for round in 1..=3 {
        house.pass(HOUR);
        house.works(&keeper).await.unwrap();
        assert_eq!((house.exchanges(), &house.tokens().await[1]), (round, &refresh));
    }
}

#[tokio::test]
async fn a_grant_without_offline_access_holds_for_an_hour_and_asks_for_nothing_then() {
    let house = House::new().await;
    let granted = house.consent_to("read:me read:page:confluence").await;
    assert!(granted.tokens.refresh.is_none());
    house.keep("acme", "id-1", granted).await;
    let keeper = house.keeper().await;
    house.works(&keeper).await.unwrap();
    house.pass(HOUR);
    let failure = house.works(&keeper).await.unwrap_err().to_string();
    assert!(failure.contains("`offline_access`") && failure.contains("--reconnect acme"), "{failure}");
    assert_eq!(house.exchanges(), 0);
}

#[tokio::test]
async fn tokens_are_renewed_ahead_of_time_without_any_request() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let keeping = Arc::clone(&keeper);
    tokio::select! {
        () = keeping.keep() => panic!("it goes on as long as the connection"),
        () = async {
            while house.generation() < 3 {
                house.pass(std::time::Duration::from_secs(20));
                // Room for the renewal, which no time passes for.
                for _ in 0..200 {
                    tokio::task::yield_now().await;
                }
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        } => {}
    }
    assert_eq!(house.exchanges(), 2);
    assert_eq!(authorized(&keeper).await.unwrap(), 3);
}
