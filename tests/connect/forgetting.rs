//! What is forgotten is gone from the disk and from who had it open; a change of the wrapping key changes nothing else.

use std::path::{Path, PathBuf};

use sluice::confluence::Failure;
use sluice::connect::establish::{forget, rewrap};
use sluice::connect::{ConnectError, Keeper};

use super::house::{HOUR, House, acme};

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Whether any file below a folder holds this.
pub(super) fn holds(folder: &Path, what: &str) -> bool {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(what.len()).any(|window| window == what.as_bytes())
    };
    files(folder).iter().any(holds)
}

async fn disconnected(house: &House, keeper: &std::sync::Arc<Keeper>) -> bool {
    matches!(house.works(keeper).await, Err(Failure::Disconnected { connection }) if connection == "acme")
}

#[tokio::test]
async fn what_is_forgotten_is_gone_from_the_disk_and_from_who_has_it_open() {
    let house = House::new().await;
    let keeper = house.connected().await;
    house.cabinet.choose(&acme()).unwrap();
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    let file = serde_json::from_slice::<serde_json::Value>(&std::fs::read(house.file()).unwrap()).unwrap();
    let (secrets, key) = (file["secrets"].as_str().unwrap(), file["key"]["wrapped"].as_str().unwrap());
    assert!(holds(&house.data, secrets) && holds(&house.data, key));
    // Its bytes are gone even where somebody has a second name for them.
    let second = house.data.join("second");
    std::fs::hard_link(house.file(), &second).unwrap();
    forget(&house.cabinet, &acme(), &*house.time).await.unwrap();
    assert!(!holds(&house.data, secrets) && !holds(&house.data, key) && !holds(&house.data, "acme"));
    assert_eq!(files(&house.data), [second]);
    assert!(disconnected(&house, &keeper).await && !keeper.is_current().await);
    assert!(matches!(house.try_keeper().await.err(), Some(ConnectError::Missing(name)) if name == acme()));
    assert_eq!(house.cabinet.default(), None);
    assert_eq!(house.exchanges(), 1);
}

#[tokio::test]
async fn what_a_renewal_replaces_is_overwritten() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let second = house.data.join("second");
    std::fs::hard_link(house.file(), &second).unwrap();
    house.pass(HOUR);
    house.works(&keeper).await.unwrap();
    assert!(std::fs::read(second).unwrap().iter().all(|byte| *byte == 0));
}

#[tokio::test]
async fn another_connection_of_the_same_name_is_not_used_by_who_had_the_first() {
    let house = House::new().await;
    let keeper = house.connected().await;
    forget(&house.cabinet, &acme(), &*house.time).await.unwrap();
    let granted = house.consent().await;
    house.keep("acme", "id-2", granted).await;
    assert!(disconnected(&house, &keeper).await && !keeper.is_current().await);
    house.pass(HOUR);
    assert!(disconnected(&house, &keeper).await);
    assert_eq!((house.exchanges(), keeper.record().id.as_str()), (0, "id-1"));
    house.works(&house.keeper().await).await.unwrap();
}

#[tokio::test]
async fn after_a_change_of_the_wrapping_key_everything_opens_and_the_old_key_is_gone() {
    let house = House::new().await;
    let keeper = house.connected().await;
    for name in ["other", "third"] {
        let granted = house.consent().await;
        house.keep(name, &format!("id of {name}"), granted).await;
    }
    let key_file = house.data.with_extension("key");
    let old = std::fs::read_to_string(&key_file).unwrap();
    let sealed = |house: &House| house.cabinet.wrapped_keys().unwrap();
    let before = sealed(&house);
    house.keys.renew().await.unwrap();
    assert!(std::fs::read_to_string(&key_file).unwrap().ends_with(&old));
    assert_eq!(rewrap(&house.cabinet, &house.keys, &*house.time).await.unwrap(), 3);
    house.keys.retire().await.unwrap();
    assert!(!std::fs::read_to_string(&key_file).unwrap().contains(old.trim()));
    assert!(sealed(&house).iter().zip(&before).all(|(new, old)| new.key != old.key && new.wrapped != old.wrapped));
    assert!(before.iter().all(|old| !holds(&house.data, &old.wrapped)));
    let reopened = house.keeper().await;
    for keeper in [&keeper, &reopened] {
        house.works(keeper).await.unwrap();
    }
    house.pass(HOUR);
    for keeper in [&keeper, &reopened] {
        house.works(keeper).await.unwrap();
    }
    assert_eq!((house.exchanges(), house.cabinet.records().unwrap().len()), (1, 3));
}
