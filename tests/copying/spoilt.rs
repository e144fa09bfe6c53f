//! Copies whose files were cut, changed, taken away or locked: that is said, and made good by the next sync.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use sluice::sandbox::seed;

use super::house::{House, copies, equal, now, said};
use crate::sync::edits::{pages, rewrite};

/// An account that owns nothing.
const NOBODY: u32 = 65_534;

/// The folder of the one shard.
fn shard(house: &House) -> PathBuf {
    let mut shards = fs::read_dir(house.data().join("index")).unwrap();
    shards.next().unwrap().unwrap().path()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// Spoils a file; what was done to it.
fn spoil(file: &Path, random: &mut Rng) -> String {
    let mut bytes = fs::read(file).unwrap();
    let what = match random.u8(0..4) {
        _ if bytes.is_empty() => {
            bytes.push(7);
            "longer"
        }
        0 => {
            bytes.truncate(random.usize(..bytes.len()));
            "cut"
        }
        1 => {
            fs::remove_file(file).unwrap();
            return format!("{} taken away", file.display());
        }
        _ => {
            let at = random.usize(..bytes.len());
            bytes[at] ^= 1 << random.u8(..8);
            "changed"
        }
    };
    fs::write(file, bytes).unwrap();
    format!("{} {what}", file.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_with_a_spoilt_file_is_made_good_by_the_next_sync_and_that_is_said() {
    let mut random = Rng::with_seed(10);
    let house = House::of(seed::generate(60, 71)).await;
    house.sync(&[]);
    let fresh = house.fresh();
    let mut aloud = 0;
    for _ in 0..12 {
        let files = files(&shard(&house));
        let file = &files[random.usize(..files.len())];
        let what = spoil(file, &mut random);
        let said = house.sync(&[]);
        aloud += u32::from(said.contains("made anew"));
        equal(&copies(&house.data()), &fresh, &format!("{what}\n{said}"));
        assert!(!house.found("the").is_empty());
    }
    assert!(aloud > 5, "{aloud}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_taken_away_is_copied_again_and_that_is_said() {
    let house = House::of(seed::generate(60, 72)).await;
    house.sync(&[]);
    fs::remove_dir_all(house.data().join("index")).unwrap();
    let said = house.sync(&[]);
    assert!(said.contains("everything is copied anew"), "{said}");
    house.is_fresh("taken away");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_where_the_index_belongs_is_said_and_nothing_else_is_broken_by_it() {
    let house = House::of(seed::generate(60, 73)).await;
    fs::create_dir_all(house.data()).unwrap();
    fs::set_permissions(house.data(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(house.data().join("index"), "a file").unwrap();
    let output = house.syncing(&[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("the local index cannot be read or written"), "{}", said(&output));
    fs::remove_file(house.data().join("index")).unwrap();
    house.sync(&[]);
    house.is_fresh("the file is gone");
}

/// Gives everything there to that account.
fn give(folder: &Path, to: u32) {
    chown(folder, Some(to), Some(to)).unwrap();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            give(&entry.path(), to);
        } else {
            chown(entry.path(), Some(to), Some(to)).unwrap();
        }
    }
}

fn allow(folder: &Path, mode: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_may_only_be_read_is_searched_and_the_sync_says_what_is_wrong() {
    let house = House::of(seed::generate(60, 74)).await;
    house.sync(&[]);
    // Rights are nothing to root: the program runs as somebody to whom they are.
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        give(&house.folder, NOBODY);
    }
    let syncing = || {
        let mut command = house.syncing(&[]);
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().unwrap()
    };
    let output = syncing();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    house.site.with_site(|site| {
        let id = pages(site)[3];
        rewrite(site, id, "<p>platypus</p>", now());
    });
    allow(&shard(&house), 0o500);
    let output = syncing();
    let told = said(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("the local index cannot be read or written"), "{told}");
    assert!(house.found("platypus").is_empty() && !house.found("the").is_empty());
    allow(&shard(&house), 0o700);
    let output = syncing();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(house.found("platypus").len(), 1);
    house.is_fresh("it may be written again");
}
