//! Many agents, each with a key of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use secrecy::ExposeSecret as _;
use sluice::people::{Agents, Owner};

/// Agents and the file that lets them in.
pub(crate) struct Crowd {
    /// Their keys.
    pub(crate) keys: Vec<String>,
    /// `agents.toml`.
    pub(crate) file: String,
}

impl Crowd {
    /// So many. Each hash is as slow as those of `sluice agents add`; writing each agent into a file of its own makes
    /// this no slower than that.
    pub(crate) fn of(count: usize) -> Self {
        let threads = thread::available_parallelism().unwrap().get();
        let add = |thread: usize| (thread..count).step_by(threads).map(added).collect::<Vec<_>>();
        let added: Vec<(String, String)> = thread::scope(|scope| {
            let adding: Vec<_> = (0..threads).map(|thread| scope.spawn(move || add(thread))).collect();
            adding.into_iter().flat_map(|adding| adding.join().unwrap()).collect()
        });
        let (keys, tables): (Vec<_>, Vec<_>) = added.into_iter().unzip();
        Self { keys, file: tables.join("\n") }
    }
}

/// An agent's key, and its table.
fn added(number: usize) -> (String, String) {
    let folder = Folder::new();
    let file = folder.0.join("agents.toml");
    let owner = Owner::read("bench").unwrap();
    let key = Agents::add(&file, &format!("agent-{number}"), &owner, "read-only").unwrap();
    (key.secret().expose_secret().to_owned(), std::fs::read_to_string(file).unwrap())
}

/// A folder that is deleted with this value.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("sluice-http-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}
