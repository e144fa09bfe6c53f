//! `sluice store`: checks what Sluice keeps, writes it into one file, makes it anew from such a file.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::way::{Entered, Way, enter, strange, there};
use crate::cli::console::Colour;
use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{DataFolder, Flags, Settings};
use crate::control::{Question, Reply};
use crate::owner::Lock;
use crate::store::backup::{backup, restore};
use crate::store::check::{Checked, Counts, check};
use crate::store::embedded::EmbeddedStore;
use crate::store::keys::{KeyFile, MasterKey};

/// `sluice store check|backup|restore`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    task: Task,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Subcommand)]
enum Task {
    /// Read every record and the whole log, and say what is damaged
    Check,
    /// Write everything into a new file, sealed under the key in the data directory; keep that key as well
    Backup {
        /// The file, which must not be there yet
        file: PathBuf,
    },
    /// Make the store anew from a backup; needs the key of that time in the data directory, and no store there
    Restore {
        /// The backup
        file: PathBuf,
    },
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        &self.flags
    }
}

pub(in crate::cli) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    let folder = settings.data_folder()?;
    let key = key(&folder)?;
    let path = std::path::absolute(folder.path())?;
    if let Task::Restore { file } = &arguments.task {
        // Nobody may use what is made anew.
        let _lock = Lock::take(&path, "store restore", SystemClock::new().now())?;
        let (file, store) = (file.clone(), folder.store());
        let counts = blocking(move || restore(&file, &store, &key)).await??;
        return said(console, "restored", &counts);
    }
    there(&folder)?;
    let reply = match enter(&path, "store", &SystemClock::new()).await? {
        Entered::Guest(control) => Way::Through(control).ask(question(&arguments.task)?).await?,
        // The store alone: what is damaged must not stand in the way of the check.
        Entered::Owner(_lock) => own(&arguments.task, &folder, key).await?,
    };
    match (&arguments.task, reply) {
        (Task::Check, Reply::Counted(counts)) => said(console, "sound", &counts),
        (Task::Check, Reply::Broken { why }) => {
            console.line(format_args!("{} {why}", console.paint(Colour::Red, "✗")))?;
            console.line("Restore a backup. Until then, what can be read can be read.")?;
            Ok(Verdict::Wrong)
        }
        (Task::Backup { .. }, Reply::Counted(counts)) => {
            said(console, "backed up", &counts)?;
            console
                .line(format_args!("It opens only with the key in {}: keep both, apart.", folder.key().display()))?;
            Ok(Verdict::Well)
        }
        _ => Err(strange()),
    }
}

fn question(task: &Task) -> Result<Question, CliError> {
    Ok(match task {
        // It runs in another folder.
        Task::Backup { file } => Question::Backup { file: std::path::absolute(file)? },
        Task::Check | Task::Restore { .. } => Question::Check,
    })
}

async fn own(task: &Task, folder: &DataFolder, key: MasterKey) -> Result<Reply, CliError> {
    let path = folder.store();
    let store = blocking(move || EmbeddedStore::open(&path, &key)).await??;
    if let Task::Backup { file } = task {
        return Ok(Reply::Counted(backup(&store, file).await?));
    }
    let Checked { counts, damage } = check(&store).await?;
    Ok(damage.map_or(Reply::Counted(counts), |why| Reply::Broken { why }))
}

fn said(console: &mut Console, what: &str, counts: &Counts) -> Result<Verdict, CliError> {
    let Counts { records, rows, bytes } = counts;
    let mark = console.paint(Colour::Green, "✓");
    console.line(format_args!("{mark} {what}: {records} records, {rows} rows of the log, {bytes} bytes"))?;
    Ok(Verdict::Well)
}

/// The key that is there; none is made for a store that is not.
fn key(folder: &DataFolder) -> Result<MasterKey, CliError> {
    let path = folder.key();
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    if !is_there(&path) && !is_there(&folder.store()) {
        return Err(CliError::Usage(format!("there is neither key nor store in `{}`", folder.path().display())));
    }
    Ok(KeyFile::new(path, folder.store()).master()?)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CliError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CliError::Output(std::io::Error::other(error)))
}
