//! `sluice sources`: documentation elsewhere that is copied beside the site's, and searched in the same call.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use tokio_util::sync::CancellationToken;

use super::Home;
use super::asking::Asker;
use crate::cli::console::{Colour, harmless};
use crate::cli::data::way::forget_copies;
use crate::cli::process::flags::DataFlags;
use crate::cli::{CliError, Console, Verdict};
use crate::config::{Flags, Settings};
use crate::sources::{Checked, Source, SourceKind, SourceName, SourceRecord, Sources};

/// A key is never longer than this, in bytes.
const LONGEST_KEY: u64 = 16 * 1024;

/// `sluice sources add|list|check|remove`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    task: Task,
    #[command(flatten)]
    flags: DataFlags,
}

#[derive(Subcommand)]
enum Task {
    /// Add a source, once it was looked whether it can be read
    Add(New),
    /// List the sources
    List,
    /// Look whether a source can be read, and what its key lacks
    Check {
        /// Name of the source
        name: SourceName,
    },
    /// Forget a source: its key, its copies and what is known of them
    Remove {
        /// Name of the source
        name: SourceName,
        /// Ask nothing
        #[arg(long)]
        yes: bool,
    },
}

/// The source that is added.
#[derive(Args)]
struct New {
    /// What it is
    #[arg(value_enum)]
    kind: Kind,
    /// What to call it: lower-case letters, digits, dashes
    name: SourceName,
    /// Base address: of IT Glue's API where it is not `https://api.itglue.com`, of Hudu such as
    /// `https://acme.huducloud.com`, for a folder what the addresses of its files begin with
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The folder
    #[arg(long, value_name = "FOLDER", required_if_eq("kind", "folder"))]
    path: Option<PathBuf>,
    /// File that holds the key; otherwise it is asked for, without being shown
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Documents of IT Glue
    Itglue,
    /// Articles of Hudu
    Hudu,
    /// Markdown and HTML files beneath a folder of this machine
    Folder,
}

impl From<Kind> for SourceKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Itglue => Self::ItGlue,
            Kind::Hudu => Self::Hudu,
            Kind::Folder => Self::Folder,
        }
    }
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        self.flags.flags()
    }
}

pub(in crate::cli) async fn run(
    arguments: Arguments,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let home = Home::of(settings)?;
    let sources = home.sources(&home.keys()?)?;
    match arguments.task {
        Task::Add(new) => {
            let mut asker = Asker { console, shutdown, yes: false };
            add(new, &home, &sources, &mut asker).await
        }
        Task::List => list(&sources, console),
        Task::Check { name } => {
            let source = sources.open_one(&name).await?;
            let (record, checked) = (source.record().clone(), check(&*source, &shutdown).await);
            match checked {
                Ok(checked) => told(&record, &checked, "can be read", console),
                Err(error) => {
                    let mark = console.paint(Colour::Red, "✗");
                    console.line(format_args!("{mark} {error}"))?;
                    Ok(Verdict::Wrong)
                }
            }
        }
        Task::Remove { name, yes } => {
            let mut asker = Asker { console, shutdown, yes };
            remove(&name, settings, &sources, &mut asker).await
        }
    }
}

async fn add(new: New, home: &Home<'_>, sources: &Sources, asker: &mut Asker<'_>) -> Result<Verdict, CliError> {
    let New { kind, name, url, path, key_file } = new;
    let kind = SourceKind::from(kind);
    let (place, links) = match (kind, path) {
        (SourceKind::Folder, Some(path)) => (Some(folder(&path)?), url),
        (SourceKind::Folder, None) => (None, url),
        (_, Some(_)) => return Err(CliError::Usage("`--path` belongs to folders".to_owned())),
        (SourceKind::Hudu, None) if url.is_none() => {
            return Err(CliError::Usage(
                "give the address with `--url`, such as https://acme.huducloud.com".to_owned(),
            ));
        }
        (_, None) => (url, None),
    };
    let record = sources.new_record(name, kind, place, links)?;
    home.data.create()?;
    let key = if kind.has_key() {
        // Before anybody gives a key for nothing.
        home.prepared_keys(asker.console).await?;
        Some(match key_file {
            Some(file) => key_in(&file)?,
            None => asker.hidden(&format!("API key of {}", kind.words()), "give `--key-file`").await?,
        })
    } else {
        None
    };
    let source = sources.make(record.clone(), key.as_ref())?;
    let checked = check(&*source, &asker.shutdown).await?;
    sources.add(record.clone(), key.as_ref()).await?;
    told(&record, &checked, "added", asker.console)
}

async fn check(source: &dyn Source, shutdown: &CancellationToken) -> Result<Checked, CliError> {
    let name = &source.record().name;
    tokio::select! {
        checked = source.check() => checked.map_err(|error| CliError::Refused(format!("`{name}` cannot be read: {error}"))),
        () = shutdown.cancelled() => Err(CliError::Interrupted),
    }
}

/// Says what there is now, and what it lacks.
fn told(record: &SourceRecord, checked: &Checked, how: &str, console: &mut Console) -> Result<Verdict, CliError> {
    let SourceRecord { name, kind, place, .. } = record;
    let mark = console.paint(Colour::Green, "✓");
    let (place, found) = (harmless(place, 200), &checked.found);
    console.line(format_args!("{mark} `{name}` {how}: {} at {place}, {found}", kind.words()))?;
    for line in &checked.lacking {
        let mark = console.paint(Colour::Yellow, "!");
        console.line(format_args!("{mark} {}", harmless(line, 400)))?;
    }
    Ok(Verdict::Well)
}

fn list(sources: &Sources, console: &mut Console) -> Result<Verdict, CliError> {
    let names = sources.names()?;
    if names.is_empty() {
        console.line("There is no source beside Confluence; `sluice sources add` adds one.")?;
        return Ok(Verdict::Well);
    }
    let mut verdict = Verdict::Well;
    console.line("| name | kind | place | |\n|---|---|---|---|")?;
    for name in names {
        match sources.record(&name) {
            Ok(SourceRecord { kind, place, .. }) => {
                console.line(format_args!("| {name} | {} | {} | |", kind.words(), harmless(&place, 200)))?;
            }
            Err(error) => {
                verdict = Verdict::Wrong;
                let error = console.paint(Colour::Red, harmless(&error.to_string(), 400));
                console.line(format_args!("| {name} | | | {error} |"))?;
            }
        }
    }
    Ok(verdict)
}

async fn remove(
    name: &SourceName,
    settings: &Settings,
    sources: &Sources,
    asker: &mut Asker<'_>,
) -> Result<Verdict, CliError> {
    if !sources.names()?.contains(name) {
        return Err(crate::sources::SourcesError::Missing(name.clone()).into());
    }
    if !asker.agreed(&format!("Forget the source `{name}`, its key and its copies?")).await? {
        return Err(CliError::Refused("nothing was done".to_owned()));
    }
    sources.remove(name).await?;
    let mark = asker.console.paint(Colour::Green, "✓");
    asker.console.line(format_args!("{mark} `{name}` is forgotten, its key too; the source itself is as it was"))?;
    forget_copies(settings, name.shard().as_str(), "sources remove").await?;
    asker.console.line("  its copies are deleted")?;
    Ok(Verdict::Well)
}

/// The full path of a folder, as it is kept.
fn folder(path: &Path) -> Result<String, CliError> {
    let full = std::path::absolute(path)?;
    let text = full.into_os_string().into_string();
    text.map_err(|_| CliError::Usage("the folder's path is no text in UTF-8".to_owned()))
}

/// The key in a file, without the space around it.
fn key_in(file: &Path) -> Result<SecretString, CliError> {
    let problem = |why: &dyn std::fmt::Display| CliError::Usage(format!("`{}` {why}", file.display()));
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(file)
        .and_then(|opened| opened.take(LONGEST_KEY).read_to_string(&mut text))
        .map_err(|error| problem(&format_args!("cannot be read: {error}")))?;
    match text.trim() {
        "" => Err(problem(&"is empty")),
        key => Ok(SecretString::from(key)),
    }
}
