//! A simulated site, a data directory, and the program that copies the one into the other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use sluice::clock::{Clock as _, SystemClock};
use sluice::index::{Copies as _, Document, Index, Query, ShardName, Sight};
use sluice::sandbox::model::Site;
use sluice::sandbox::{Sandbox, SandboxOptions};

use crate::program::data_dir;

/// Copies by id, without the time each was copied.
pub(super) type Copied = BTreeMap<String, Document>;

/// A site and where it is copied to.
pub(super) struct House {
    pub(super) site: Sandbox,
    pub(super) folder: PathBuf,
}

impl House {
    pub(super) async fn of(site: Site) -> Self {
        let site = Sandbox::start(SandboxOptions::new(site)).await.unwrap();
        let folder = data_dir();
        std::fs::create_dir_all(folder.join("configuration")).unwrap();
        Self { site, folder }
    }

    /// The data directory.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The program, by the administrator's token.
    pub(super) fn program(&self, program: &str, arguments: &[&str], data: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("SLUICE_CONFIG_DIR", self.folder.join("configuration"))
            .env("SLUICE_DATA_DIR", data)
            .envs([("SLUICE_SITE", self.site.url().as_str()), ("SLUICE_EMAIL", "admin@example.com")])
            .envs([("SLUICE_API_TOKEN", "sandbox-token"), ("SLUICE_REQUESTS_PER_SECOND", "10000")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// `sluice sync` with these arguments.
    pub(super) fn syncing(&self, arguments: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_sluice"), &[&["sync"], arguments].concat(), &self.data())
    }

    /// Syncs to the end, which must be a good one; what was printed and logged.
    pub(super) fn sync(&self, arguments: &[&str]) -> String {
        let output = self.syncing(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        said(&output)
    }

    /// What a first sync into another data directory copies.
    pub(super) fn fresh(&self) -> Copied {
        let other = data_dir();
        let output = self.program(env!("CARGO_BIN_EXE_sluice"), &["sync", "--full"], &other).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let copied = copies(&other);
        std::fs::remove_dir_all(other).unwrap();
        copied
    }

    /// The copies must be those of a first sync.
    pub(super) fn is_fresh(&self, why: &str) {
        equal(&copies(&self.data()), &self.fresh(), why);
    }

    /// Ids of the copies that have this word, as searches see them.
    pub(super) fn found(&self, word: &str) -> Vec<String> {
        found(&self.data(), word)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// These copies must be those.
pub(super) fn equal(copied: &Copied, fresh: &Copied, why: &str) {
    assert!(!fresh.is_empty(), "{why}");
    for (id, document) in fresh {
        assert_eq!(copied.get(id), Some(document), "{why}: {id}");
    }
    for (id, document) in copied {
        assert!(fresh.contains_key(id), "{why}: {document:?} should be gone");
    }
}

fn shards(data: &Path) -> (Index, Vec<ShardName>) {
    let index = Index::in_folder(data.join("index"));
    let names = index.shards().unwrap();
    (index, names)
}

/// Every copy of a data directory that nobody owns now, read back from the disk.
pub(super) fn copies(data: &Path) -> Copied {
    let (index, names) = shards(data);
    let mut copied = Copied::new();
    for name in names {
        let shard = index.shard(&name).unwrap();
        for id in shard.ids(None, usize::MAX).unwrap() {
            let document = shard.get(&id).unwrap().unwrap();
            copied.insert(id, Document { copied: Timestamp::UNIX_EPOCH, ..document });
        }
        assert_eq!(shard.documents(), u64::try_from(copied.len()).unwrap());
    }
    copied
}

/// Ids of the copies there that have this word, as searches see them.
pub(super) fn found(data: &Path, word: &str) -> Vec<String> {
    let (index, names) = shards(data);
    let shards = names.into_iter().map(|name| (name, Sight::default())).collect();
    let found = index.search(&Query { words: word.to_owned(), shards, limit: 100, ..Query::default() }).unwrap();
    assert!(found.left_out.is_empty(), "{:?}", found.left_out);
    found.hits.into_iter().map(|hit| hit.document.id).collect()
}

/// What was printed and logged.
pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The time.
pub(super) fn now() -> Timestamp {
    SystemClock::new().now()
}
