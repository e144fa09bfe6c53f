//! A disk without room, while the index is written and while the store is: one clear error, and no harm.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use sluice::sandbox::seed;

use super::house::{House, copies, equal, found, now, said};
use crate::sync::edits::{pages, rewrite};

/// Rewrites some pages with that many different words each.
fn write(house: &House, pages_number: usize, words: u64, mark: &str) {
    let now = now();
    house.site.with_site(|site| {
        for (page, id) in pages(site).into_iter().take(pages_number).enumerate() {
            let word = |number: u64| format!("w{:x} ", number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (page as u64));
            let text: String = (0..words).map(word).collect();
            rewrite(site, id, &format!("<p>{mark} {text}</p>"), now);
        }
    });
}

/// The sync with files that may not grow beyond so many kilobytes: writes past it fail as on a full disk.
fn confined(house: &House, kilobytes: u32) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" sync", kilobytes * 2);
    let mut command = house.program("/bin/sh", &["-c", &script, env!("CARGO_BIN_EXE_sluice")], &house.data());
    command.output().unwrap()
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return fs::metadata(path).map_or(0, |metadata| metadata.len()) };
    entries.flatten().map(|entry| size(&entry.path())).max().unwrap_or_default()
}

/// What people are told: one thing, in one line, and what to do about it.
fn tells(output: &Output) {
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    let about: Vec<&str> = printed.lines().filter(|line| line.contains("room")).collect();
    assert!(matches!(about.as_slice(), [only] if only.contains("make room")), "{}", said(output));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_the_index_the_old_copy_stays_and_the_next_sync_goes_on() {
    let house = House::of(seed::generate(80, 81)).await;
    write(&house, 5, 20, "walrus");
    house.sync(&[]);
    let store = u32::try_from(size(&house.data().join("store")) / 1024).unwrap();
    // More words than a file of the index may have bytes, where the store has room for what it notes.
    write(&house, 40, 8_000, "platypus");
    let output = confined(&house, store + 600);
    tells(&output);
    assert!(house.found("platypus").is_empty() && house.found("walrus").len() == 5);
    house.sync(&[]);
    assert_eq!(house.found("platypus").len(), 40);
    house.is_fresh("room again");
}

/// A disk of its own, as large as somebody says, that others see through `/proc`.
struct Disk {
    holder: Child,
    at: PathBuf,
}

impl Disk {
    /// `None` where no such disk can be had.
    fn of(megabytes: u32, at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let script = format!(
            "mount -t tmpfs -o mode=700,size={megabytes}m none '{at}' && echo ready && exec sh",
            at = at.display()
        );
        let mut holder = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut ready = [0; 6];
        let told = std::io::Read::read_exact(holder.stdout.as_mut()?, &mut ready);
        if told.is_err() {
            let _ = holder.wait();
            return None;
        }
        Some(Self { holder, at: at.to_owned() })
    }

    fn resize(&mut self, megabytes: u32) {
        let input = self.holder.stdin.as_mut().unwrap();
        writeln!(input, "mount -o remount,size={megabytes}m '{}' && echo ready", self.at.display()).unwrap();
        let mut ready = [0; 6];
        std::io::Read::read_exact(self.holder.stdout.as_mut().unwrap(), &mut ready).unwrap();
    }

    /// What is on it.
    fn seen(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        root.join(self.at.strip_prefix("/").unwrap())
    }

    /// Its copies where an index can be opened: it follows links to where they lead for everybody.
    fn taken_out(&self, to: &Path) -> PathBuf {
        let _ = fs::remove_dir_all(to);
        assert!(Command::new("cp").arg("-r").arg(self.seen()).arg(to).status().unwrap().success());
        to.to_owned()
    }

    fn sync(&self, house: &House) -> Output {
        let id = self.holder.id().to_string();
        let task =
            ["--preserve-credentials", "--user", "--mount", "--target", &id, env!("CARGO_BIN_EXE_sluice"), "sync"];
        house.program("nsenter", &task, &self.at).env("PATH", "/usr/bin:/bin").output().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn a_full_disk_is_said_and_once_there_is_room_the_sync_ends_well() {
    let house = House::of(seed::generate(80, 84)).await;
    let Some(mut disk) = Disk::of(64, &house.folder.join("disk")) else {
        eprintln!("SKIPPED: no disk of its own can be mounted here");
        return;
    };
    write(&house, 5, 20, "walrus");
    let output = disk.sync(&house);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    write(&house, 60, 10_000, "platypus");
    // From hardly any room to nearly enough, of which the store leaves 16 MB free: it runs out here and there.
    let used = rustix::fs::statvfs(disk.seen()).map(|disk| ((disk.f_blocks - disk.f_bfree) * disk.f_frsize) >> 20);
    let used = u32::try_from(used.unwrap()).unwrap();
    let out = house.folder.join("out");
    for more in [1, 15, 17, 20, 24] {
        disk.resize(used + more);
        let output = disk.sync(&house);
        if output.status.code() != Some(0) {
            assert!(said(&output).contains("make room"), "{}", said(&output));
        }
        assert_eq!(found(&disk.taken_out(&out), "walrus").len(), 5, "{}", said(&output));
    }
    disk.resize(256);
    let output = disk.sync(&house);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(found(&disk.taken_out(&out), "platypus").len(), 60);
    equal(&copies(&out), &house.fresh(), "room again");
}
