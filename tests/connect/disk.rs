//! A disk without room, or a folder that cannot be written: nothing is asked for that could not be kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use sluice::confluence::Failure;
use sluice::connect::Keeper;
use sluice::connect::record::State;

use super::house::{HOUR, House, cabinet};

/// Less than the half minute before its end from which on a token is renewed first.
const NEARLY: Duration = Duration::from_secs(3590);
const PAUSE: Duration = Duration::from_secs(61);

/// While this cannot be written, nothing is exchanged and the old token goes on; then the failure says so.
async fn holds_out(house: &House, keeper: &Arc<Keeper>, words: &str) {
    let (exchanges, generation) = (house.exchanges(), house.generation());
    house.pass(NEARLY);
    house.works(keeper).await.unwrap();
    house.pass(PAUSE);
    let failure = house.works(keeper).await.unwrap_err();
    assert!(matches!(failure, Failure::NotRenewed { .. }), "{failure:?}");
    let told = failure.to_string();
    assert!(told.contains(words) && told.contains("connections"), "{told}");
    assert!(matches!(keeper.record().state, State::Failing { .. }));
    assert_eq!((house.exchanges(), house.generation()), (exchanges, generation));
}

async fn recovers(house: &House, keeper: &Arc<Keeper>) {
    let exchanges = house.exchanges();
    house.pass(PAUSE);
    house.works(keeper).await.unwrap();
    assert_eq!((house.exchanges(), house.state()), (exchanges + 1, State::Connected));
    assert_eq!(keeper.record().state, State::Connected);
}

#[tokio::test]
async fn while_the_new_file_cannot_be_made_nothing_is_exchanged() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let in_its_way = house.data.join("connections/.acme.new");
    fs::create_dir(&in_its_way).unwrap();
    fs::write(in_its_way.join("something"), "").unwrap();
    holds_out(&house, &keeper, ".acme.new").await;
    fs::remove_dir_all(&in_its_way).unwrap();
    recovers(&house, &keeper).await;
}

#[tokio::test]
async fn a_folder_that_is_gone_is_a_connection_that_is_gone_until_it_is_back() {
    let house = House::new().await;
    let keeper = house.connected().await;
    let (folder, aside) = (house.data.join("connections"), house.data.join("aside"));
    fs::rename(&folder, &aside).unwrap();
    for _ in 0..2 {
        assert!(matches!(house.works(&keeper).await, Err(Failure::Disconnected { .. })));
        house.pass(HOUR);
    }
    assert!(matches!(house.works(&keeper).await, Err(Failure::Disconnected { .. })));
    assert_eq!(house.exchanges(), 0);
    let _ = fs::remove_dir_all(&folder);
    fs::rename(&aside, &folder).unwrap();
    house.works(&keeper).await.unwrap();
    assert_eq!((house.exchanges(), house.state()), (1, State::Connected));
}

/// A small disk of its own.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Nothing, and loud about it, where none can be had.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn at(path: &Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let done = mount(&["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs"], path);
        if !done {
            eprintln!("SKIPPED: no small disk can be mounted; it takes root, and `mount`");
        }
        done.then(|| Self(path.to_owned()))
    }

    fn is_read_only(&self, read_only: bool) {
        assert!(mount(&["-o", if read_only { "remount,ro" } else { "remount,rw" }], &self.0));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    Command::new("mount").args(arguments).arg(path).output().is_ok_and(|output| output.status.success())
}

/// Where the house keeps its connections on a small disk.
async fn on_a_small_disk() -> Option<(House, Arc<Keeper>, SmallDisk)> {
    let mut house = House::new().await;
    house.data = house.data.join("small");
    let disk = SmallDisk::at(&house.data)?;
    house.cabinet = cabinet(&house.data);
    let keeper = house.connected().await;
    Some((house, keeper, disk))
}

#[tokio::test]
async fn while_the_disk_is_full_nothing_is_exchanged() {
    let Some((house, keeper, disk)) = on_a_small_disk().await else { return };
    let filling = disk.0.join("filling");
    let _ = fs::write(&filling, vec![1; 1 << 20]).unwrap_err();
    holds_out(&house, &keeper, "No space left").await;
    assert!(!house.data.join("connections/.acme.new").exists());
    fs::remove_file(filling).unwrap();
    recovers(&house, &keeper).await;
}

#[tokio::test]
async fn while_the_disk_is_read_only_nothing_is_exchanged() {
    let Some((house, keeper, disk)) = on_a_small_disk().await else { return };
    disk.is_read_only(true);
    holds_out(&house, &keeper, "Read-only").await;
    disk.is_read_only(false);
    recovers(&house, &keeper).await;
}
