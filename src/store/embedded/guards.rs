//! What keeps a power cut, a full disk and a second process from doing harm: done around every opening and every flush.
//!
//! sled 0.34 leaves half a snapshot behind where it is killed while it opens, and then does not open; its flush ends at
//! `sync_file_range`, which a power cut does not respect; and it never makes the files it creates durable. Each is mended
//! here, from outside.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::store::keys::write_new;

/// First lines of the file `format`.
const FORMAT: &str = "sluice store 1\nsled 0.34\n";
/// How often, and after which time each, a database is looked at that somebody may be letting go of.
const LETTING_GO: u32 = 100;
const MOMENT: Duration = Duration::from_millis(20);
/// A store that has not opened by then does not open.
const PATIENCE: Duration = Duration::from_mins(1);
/// Bytes of records that the database keeps in memory.
const CACHE: u64 = 32 << 20;

/// Why the store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has it open.
    #[error("the store in `{}` is in use by another process", .0.display())]
    InUse(PathBuf),
    /// Another version of Sluice made it.
    #[error("the store in `{}` has another format ({found}); use the version of Sluice that made it", path.display())]
    Format {
        /// Where it is.
        path: PathBuf,
        /// What its `format` file says, cut.
        found: String,
    },
    /// The key does not open it.
    #[error(
        "the key does not fit the store, or the store is damaged; put the right key file back, or restore a backup"
    )]
    Key,
    /// It is not what was written.
    #[error("the store is damaged: {0}; restore a backup")]
    Damaged(String),
    /// It did not open in time.
    #[error("the store did not open within {} seconds", PATIENCE.as_secs())]
    Stuck,
    /// The system does not let us.
    #[error("`{}` cannot be used: {source}", path.display())]
    System {
        /// Which file or folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl OpenError {
    pub(in crate::store) fn system(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { path: path.to_owned(), source }
    }
}

/// The folder of a store: the file `format`, and the database in `records`.
#[derive(Clone, Debug)]
pub(in crate::store) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(in crate::store) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(in crate::store) fn records(&self) -> PathBuf {
        self.root.join("records")
    }

    fn format(&self) -> PathBuf {
        self.root.join("format")
    }

    /// Whether a store was ever finished here.
    pub(in crate::store) fn holds_a_store(&self) -> Result<bool, OpenError> {
        let path = self.format();
        match fs::read(&path) {
            Ok(found) if found == FORMAT.as_bytes() => Ok(true),
            Ok(found) => {
                let found = String::from_utf8_lossy(&found);
                let found = found.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(60).collect();
                Err(OpenError::Format { path: self.root.clone(), found })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(OpenError::System { path, source }),
        }
    }

    /// Makes the folder for a new store; what an opening that never ended left there is moved aside.
    pub(in crate::store) fn prepare(&self) -> Result<(), OpenError> {
        let records = self.records();
        self.check_unlocked()?;
        let failed = || OpenError::system(&self.root);
        if records.exists() {
            let mut names = (1..u16::MAX).map(|number| self.root.join(format!("unfinished-{number}")));
            let aside = names.find(|path| !path.exists()).unwrap_or_else(|| self.root.join("unfinished"));
            tracing::warn!(aside = %aside.display(), "a store that was never finished is moved aside");
            fs::rename(&records, aside).map_err(failed())?;
        }
        fs::create_dir_all(&records).map_err(failed())?;
        private(&self.root).map_err(failed())?;
        sync_folder(&self.root).map_err(failed())?;
        self.root.parent().map_or(Ok(()), sync_folder).map_err(failed())
    }

    /// Makes the files of a new database durable.
    pub(in crate::store) fn sync_new(&self) -> Result<(), OpenError> {
        let records = self.records();
        let sync = || {
            for file in ["conf", "db"] {
                OpenOptions::new().read(true).write(true).open(records.join(file))?.sync_all()?;
            }
            sync_folder(&records.join("blobs"))?;
            sync_folder(&records)
        };
        sync().map_err(OpenError::system(&records))
    }

    /// From here on there is a store.
    pub(in crate::store) fn finish(&self) -> Result<(), OpenError> {
        // Of a store that stood here once.
        remove(&self.root.join("mark")).map_err(OpenError::system(&self.root))?;
        self.replace("format", FORMAT.as_bytes()).map_err(OpenError::system(&self.format()))
    }

    /// What was last written down about the store.
    pub(in crate::store) fn mark(&self) -> Result<Option<Vec<u8>>, OpenError> {
        let path = self.root.join("mark");
        match fs::read(&path) {
            Ok(mark) => Ok(Some(mark)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(OpenError::System { path, source }),
        }
    }

    /// Writes a file beside its place and renames it, so that it is old or new and never half.
    pub(in crate::store) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let draft = self.root.join(format!("{name}.draft"));
        remove(&draft)?;
        write_new(&draft, bytes)?;
        fs::rename(&draft, self.root.join(name))?;
        sync_folder(&self.root)
    }

    /// Opens the database in a thread of its own, so that neither a panic nor an endless loop in it is ours.
    pub(in crate::store) fn open(&self) -> Result<sled::Db, OpenError> {
        self.check_unlocked()?;
        self.set_half_snapshots_aside()?;
        let records = self.records();
        let (done, opened) = mpsc::sync_channel(1);
        let open = move || {
            let configuration =
                sled::Config::new().path(&records).cache_capacity(CACHE).use_compression(false).flush_every_ms(None);
            let database = catch_unwind(AssertUnwindSafe(|| configuration.open()));
            // Nobody listens any more where it took too long.
            let _ = done.send(database);
        };
        thread::Builder::new().name("store-open".to_owned()).spawn(open).map_err(OpenError::system(&self.root))?;
        match opened.recv_timeout(PATIENCE) {
            Ok(Ok(Ok(database))) => Ok(database),
            Ok(Ok(Err(sled::Error::Io(error)))) if error.to_string().contains("could not acquire lock") => {
                Err(OpenError::InUse(self.root.clone()))
            }
            Ok(Ok(Err(sled::Error::Io(source)))) => Err(OpenError::System { path: self.records(), source }),
            Ok(Ok(Err(error))) => Err(OpenError::Damaged(error.to_string().replace('\n', " "))),
            Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(OpenError::Damaged("the database panicked while it opened".to_owned()))
            }
            Err(mpsc::RecvTimeoutError::Timeout) => Err(OpenError::Stuck),
        }
    }

    /// Whether somebody else holds the database's own lock. Whoever has just closed it lets it go a moment later.
    fn check_unlocked(&self) -> Result<(), OpenError> {
        let Ok(file) = File::open(self.records().join("db")) else { return Ok(()) };
        for _ in 0..LETTING_GO {
            match file.try_lock() {
                Err(fs::TryLockError::WouldBlock) => thread::sleep(MOMENT),
                // Where there are no locks, the database has its own opinion.
                Ok(()) | Err(fs::TryLockError::Error(_)) => return Ok(()),
            }
        }
        Err(OpenError::InUse(self.root.clone()))
    }

    fn set_half_snapshots_aside(&self) -> Result<(), OpenError> {
        let records = self.records();
        let set_aside = || {
            let mut found = false;
            for entry in fs::read_dir(&records)? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with("snap.") && name.ends_with(".generating") {
                    let aside = records.join(format!("unfinished.{name}"));
                    tracing::warn!(aside = %aside.display(), "a snapshot that was never finished is moved aside");
                    fs::rename(entry.path(), aside)?;
                    found = true;
                }
            }
            if found { sync_folder(&records) } else { Ok(()) }
        };
        set_aside().map_err(OpenError::system(&records))
    }
}

/// What the writer asks of the disk.
pub(in crate::store) trait Disk: Send {
    /// Bytes that may still be written.
    fn room(&self) -> io::Result<u64>;

    /// Makes what was flushed durable.
    fn sync(&self) -> io::Result<()>;

    /// Writes down where the store stands, apart from it. What cannot be written down is done without.
    fn mark(&self, mark: &[u8]);
}

/// The disk that a database is on.
pub(in crate::store) struct RealDisk {
    folder: Folder,
    records: File,
}

impl RealDisk {
    pub(in crate::store) fn of(folder: &Folder) -> Result<Self, OpenError> {
        let path = folder.records().join("db");
        let records = OpenOptions::new().read(true).write(true).open(&path).map_err(OpenError::system(&path))?;
        Ok(Self { folder: folder.clone(), records })
    }
}

impl Disk for RealDisk {
    #[cfg(unix)]
    fn room(&self) -> io::Result<u64> {
        let found = rustix::fs::fstatvfs(&self.records)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    #[cfg(not(unix))]
    fn room(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }

    fn sync(&self) -> io::Result<()> {
        self.records.sync_data()
    }

    fn mark(&self, mark: &[u8]) {
        if let Err(error) = self.folder.replace("mark", mark) {
            tracing::warn!(%error, "where the store stands could not be written down");
        }
    }
}

/// Removes a file, there or not.
fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path).or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(in crate::store) fn sync_folder(folder: &Path) -> io::Result<()> {
    // The folder of a bare file name is spelt with nothing.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "folders cannot be opened there, and their names are journalled")]
pub(in crate::store) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the folder of the user is his own there")]
fn private(_folder: &Path) -> io::Result<()> {
    Ok(())
}
