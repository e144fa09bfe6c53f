//! A connection's file that is not as it was written is told, and left as it is.

use std::fs;
use std::path::Path;

use sluice::connect::establish;
use sluice::keys::KeyFile;

use super::house::{HOUR, House, acme};

/// Why a connection whose file is as it is does not open. Whoever tries leaves it as it is.
async fn refusal(house: &House) -> String {
    let before = fs::read(house.file()).unwrap();
    let Err(told) = house.try_keeper().await else { panic!("it opens") };
    let told = told.to_string();
    assert!(!told.contains('\n'), "{told}");
    // Nobody takes its place either.
    assert!(establish::rewrap(&house.cabinet, &house.keys, &*house.time).await.is_err());
    assert_eq!(fs::read(house.file()).unwrap(), before);
    assert_eq!(house.exchanges(), 0);
    told
}

fn names(told: &str, file: &Path) -> bool {
    told.contains(&file.display().to_string())
}

#[tokio::test]
async fn a_file_that_was_cut_is_told() {
    let house = House::new().await;
    house.connected().await;
    let whole = fs::read(house.file()).unwrap();
    for length in (0..whole.len() - 2).step_by(50) {
        fs::write(house.file(), &whole[..length]).unwrap();
        let told = refusal(&house).await;
        assert!(names(&told, &house.file()) && told.contains("is damaged"), "{length}: {told}");
    }
    fs::write(house.file(), whole).unwrap();
    house.works(&house.keeper().await).await.unwrap();
}

#[tokio::test]
async fn a_file_with_a_changed_byte_is_told() {
    let house = House::new().await;
    house.connected().await;
    let whole = fs::read(house.file()).unwrap();
    for place in (0..whole.len() - 2).step_by(20) {
        let mut changed = whole.clone();
        changed[place] ^= 1 << (place / 20 % 7);
        fs::write(house.file(), &changed).unwrap();
        let told = refusal(&house).await;
        assert!(names(&told, &house.file()), "{place}: {told}");
    }
    fs::write(house.file(), whole).unwrap();
    house.works(&house.keeper().await).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_changed_under_who_has_it_open_is_not_used() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let whole = fs::read(house.file()).unwrap();
    fs::write(house.file(), &whole[..100]).unwrap();
    let told = house.works(&keeper).await.unwrap_err().to_string();
    assert!(told.contains("its file cannot be opened"), "{told}");
    house.pass(HOUR);
    house.works(&keeper).await.unwrap_err();
    assert_eq!((house.exchanges(), fs::read(house.file()).unwrap().len()), (0, 100));
    fs::write(house.file(), whole).unwrap();
    house.works(&keeper).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_may_use_and_a_link_are_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new().await;
    house.connected().await;
    for mode in [0o644, 0o660, 0o602] {
        fs::set_permissions(house.file(), fs::Permissions::from_mode(mode)).unwrap();
        let told = refusal(&house).await;
        let words = format!("may be read or written by others (mode {mode:o}); run `chmod 600` on it");
        assert!(names(&told, &house.file()) && told.contains(&words), "{told}");
    }
    fs::set_permissions(house.file(), fs::Permissions::from_mode(0o600)).unwrap();
    let elsewhere = house.data.join("elsewhere");
    fs::rename(house.file(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, house.file()).unwrap();
    assert!(names(&refusal(&house).await, &house.file()));
    assert!(fs::symlink_metadata(house.file()).unwrap().is_symlink());
}

#[tokio::test]
async fn another_key_opens_nothing() {
    let mut house = House::new().await;
    house.connected().await;
    house.keys = std::sync::Arc::new(KeyFile::new(house.data.with_extension("other.key")));
    house.keys.prepare(&[]).await.unwrap();
    let told = refusal(&house).await;
    assert!(names(&told, &house.file()) && told.contains("another key"), "{told}");
    let missing = house.data.with_extension("missing.key");
    house.keys = std::sync::Arc::new(KeyFile::new(&missing));
    let told = refusal(&house).await;
    assert!(names(&told, &house.file()) && told.contains("is missing"), "{told}");
    assert!(!missing.exists(), "none is made in its place");
}

#[tokio::test]
async fn the_file_of_another_connection_is_told() {
    let house = House::new().await;
    house.connected().await;
    let granted = house.consent().await;
    house.keep("other", "id-2", granted).await;
    fs::remove_file(house.file()).unwrap();
    fs::copy(house.data.join("connections/other.connection"), house.file()).unwrap();
    let told = refusal(&house).await;
    assert!(names(&told, &house.file()) && told.contains("is the file of `other`"), "{told}");
    // Nor with its name put right.
    let text = fs::read_to_string(house.file()).unwrap().replace("\"name\": \"other\"", "\"name\": \"acme\"");
    fs::write(house.file(), text).unwrap();
    assert!(refusal(&house).await.contains("was changed"));
    let listed = house.cabinet.records().unwrap();
    assert_eq!(listed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["acme", "other"]);
}

#[tokio::test]
async fn a_file_of_a_later_format_is_told_and_nobody_takes_its_place() {
    let house = House::new().await;
    house.connected().await;
    let text = fs::read_to_string(house.file()).unwrap().replace("\"format\": 1", "\"format\": 2, \"more\": []");
    fs::write(house.file(), &text).unwrap();
    let told = refusal(&house).await;
    assert!(names(&told, &house.file()) && told.contains("a later version of Sluice wrote"), "{told}");
    assert!(house.cabinet.read(&acme()).is_err());
}
