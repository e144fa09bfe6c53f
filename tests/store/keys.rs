//! The key file: made once, for its owner alone, never in place of one that is missing.

use secrecy::ExposeSecret as _;
use sluice::store::keys::{KeyError, KeyFile, Purpose};

use super::{Folder, key};

fn derived(key: &sluice::store::keys::MasterKey) -> [u8; 32] {
    *key.derive(Purpose::StoreSeal).expose_secret()
}

fn file(folder: &Folder) -> KeyFile {
    KeyFile::new(folder.path("key"), folder.path("store"))
}

#[test]
fn a_key_is_made_once_and_read_ever_after() {
    let [one, two] = [Folder::new(), Folder::new()];
    let first = derived(&file(&one).master().unwrap());
    assert_eq!(first, derived(&file(&one).master().unwrap()));
    assert_ne!(first, derived(&file(&two).master().unwrap()));
    assert_eq!(std::fs::read(one.path("key")).unwrap().len(), 32);
}

#[test]
fn a_missing_key_beside_a_store_is_never_replaced() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("store")).unwrap();
    let error = file(&folder).master().unwrap_err();
    assert!(matches!(error, KeyError::Missing(_)), "{error}");
    assert!(!folder.path("key").exists());
}

#[test]
fn a_key_of_another_length_is_refused() {
    for length in [0, 31, 33, 4096] {
        let folder = Folder::new();
        drop(file(&folder).master().unwrap());
        std::fs::write(folder.path("key"), vec![7; length]).unwrap();
        let error = file(&folder).master().unwrap_err();
        assert!(matches!(error, KeyError::Length { length: found, .. } if found == length.min(33)), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_use_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    drop(file(&folder).master().unwrap());
    let mode = |mode| std::fs::set_permissions(folder.path("key"), std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(std::fs::metadata(folder.path("key")).unwrap().permissions().mode() & 0o7777, 0o600);
    for open in [0o640, 0o620, 0o604, 0o602, 0o777] {
        mode(open);
        let error = file(&folder).master().unwrap_err();
        assert!(error.to_string().ends_with(&format!("(mode {open:o}); run `chmod 600` on it")), "{error}");
    }
    mode(0o400);
    assert!(file(&folder).master().is_ok());
}

#[test]
fn each_purpose_has_a_key_of_its_own_and_none_prints_itself() {
    let master = key(7);
    let purposes = [Purpose::StoreSeal, Purpose::LogChain, Purpose::Backup, Purpose::RequestState];
    let keys: std::collections::BTreeSet<[u8; 32]> =
        purposes.iter().map(|purpose| *master.derive(*purpose).expose_secret()).collect();
    assert_eq!(keys.len(), purposes.len());
    assert_eq!(format!("{master:?}"), "MasterKey(…)");
    // Fixed once and for all: what was sealed yesterday opens tomorrow.
    assert_eq!(derived(&master)[..4], [95, 99, 42, 5]);
}
