//! The lock of a data directory, and what is said where it cannot be had.

use sluice::owner::{Lock, LockError};

use crate::program::data_dir;

fn now() -> jiff::Timestamp {
    "2026-11-22T10:00:00.25Z".parse().unwrap()
}

#[test]
fn a_data_directory_is_held_by_one_and_the_next_is_told_by_whom() {
    let folder = data_dir();
    let lock = Lock::take(&folder, "serve --stdio", now()).unwrap();
    let refused = Lock::take(&folder, "sluice approvals", now()).unwrap_err();
    let told = format!(
        "is in use by `serve --stdio` (process {}, version {}, since 2026-11-22T10:00:00Z)",
        std::process::id(),
        env!("CARGO_PKG_VERSION")
    );
    assert!(matches!(refused, LockError::Held { .. }), "{refused}");
    assert!(refused.to_string().contains(&told), "{refused}");
    drop(lock);
    Lock::take(&folder, "sluice approvals", now()).unwrap();
}

#[cfg(unix)]
#[test]
fn the_folder_and_what_is_in_it_are_for_the_one_who_runs_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = data_dir().join("made").join("whole");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let _lock = Lock::take(&folder, "serve --stdio", now()).unwrap();
    assert_eq!((mode(&folder), mode(&folder.join("lock"))), (0o700, 0o600));
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_change_is_refused_and_left_as_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = data_dir();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let refused = Lock::take(&folder, "serve --stdio", now()).unwrap_err();
    assert!(refused.to_string().contains("can be changed by others"), "{refused}");
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o777);
    assert!(!folder.join("lock").exists());
}

#[test]
fn a_file_in_its_place_is_told_in_a_sentence() {
    let folder = data_dir();
    std::fs::write(&folder, "a file").unwrap();
    let refused = Lock::take(&folder.join("deeper"), "serve --stdio", now()).unwrap_err().to_string();
    std::fs::remove_file(&folder).unwrap();
    assert!(refused.starts_with("the data directory `") && refused.contains("cannot be used: "), "{refused}");
    assert!(refused.ends_with("a file is in its way"), "{refused}");
}

#[test]
fn whatever_a_former_holder_wrote_keeps_nobody_out() {
    let folder = data_dir();
    drop(Lock::take(&folder, "serve --stdio", now()).unwrap());
    for nonsense in [vec![], b"{".to_vec(), vec![0xff; 1 << 16]] {
        std::fs::write(folder.join("lock"), nonsense).unwrap();
        Lock::take(&folder, "serve --stdio", now()).unwrap();
    }
}
