//! `sluice store`: checks what Sluice keeps, writes it into one file, makes it anew from such a file.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::console::Colour;
use super::{CliError, Console, Verdict};
use crate::config::{DataFolder, Flags, Settings};
use crate::store::backup::{backup, restore};
use crate::store::check::{Checked, Counts, check};
use crate::store::embedded::EmbeddedStore;
use crate::store::keys::{KeyFile, KeyProvider as _, MasterKey};

/// `sluice store check|backup|restore`.
#[derive(Args)]
pub(super) struct Arguments {
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
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

pub(super) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    let folder = settings.data_folder()?;
    let key = key(&folder)?;
    match &arguments.task {
        Task::Check => {
            let Checked { counts, damage } = check(&open(&folder, key).await?).await?;
            if let Some(damage) = damage {
                console.line(format_args!("{} {damage}", console.paint(Colour::Red, "✗")))?;
                console.line("Restore a backup. Until then, what can be read can be read.")?;
                return Ok(Verdict::Wrong);
            }
            said(console, "sound", &counts)
        }
        Task::Backup { file } => {
            let counts = backup(&open(&folder, key).await?, file).await?;
            said(console, "backed up", &counts)?;
            console
                .line(format_args!("It opens only with the key in {}: keep both, apart.", folder.key().display()))?;
            Ok(Verdict::Well)
        }
        Task::Restore { file } => {
            let (file, store) = (file.clone(), folder.store());
            let counts = blocking(move || restore(&file, &store, &key)).await??;
            said(console, "restored", &counts)
        }
    }
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

async fn open(folder: &DataFolder, key: MasterKey) -> Result<EmbeddedStore, CliError> {
    let store = folder.store();
    if !store.join("format").exists() {
        return Err(CliError::Usage(format!("there is no store in `{}`", folder.path().display())));
    }
    Ok(blocking(move || EmbeddedStore::open(&store, &key)).await??)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CliError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CliError::Output(std::io::Error::other(error)))
}
