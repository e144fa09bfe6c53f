//! The folder of older rows: files that rows were moved to out of the store, oldest first.
//!
//! A file is named by its first and last row, begins with the place that its first row follows, and holds one row a line.
//! It is written to a temporary name, made durable and only then given its own, so that there is all of it or nothing.

use std::path::{Path, PathBuf};

use tokio::fs::{self, OpenOptions};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};

use super::error::TrailError;
use super::line;
use crate::store::{Head, Row, Store, StoreError};

/// Rows that are read from the store at once.
pub(super) const PAGE: usize = 1000;
/// No line is longer than this, in bytes; the store takes no row that would make one.
const LONGEST_LINE: u64 = 1 << 20;
/// The name under which a file is written.
const UNFINISHED: &str = "unfinished";

/// The folder.
pub(super) struct Folder(PathBuf);

/// One file of older rows, as its name tells it.
#[derive(Clone, Debug)]
pub(super) struct Rotated {
    pub(super) path: PathBuf,
    pub(super) first: u64,
    pub(super) last: u64,
}

/// Reads a file row by row.
pub(super) struct Reader {
    /// The place that the first row follows, as the file says.
    pub(super) after: Head,
    path: PathBuf,
    lines: BufReader<fs::File>,
    line: u64,
}

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The files, oldest first; none where there is no folder yet.
    pub(super) async fn files(&self) -> Result<Vec<Rotated>, TrailError> {
        let failed = || TrailError::file(&self.0);
        let mut entries = match fs::read_dir(&self.0).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed()(error)),
        };
        let mut files = Vec::new();
        while let Some(entry) = entries.next_entry().await.map_err(failed())? {
            files.extend(Rotated::named(&entry.path()));
        }
        files.sort_by_key(|file| (file.first, file.last));
        Ok(files)
    }

    /// Writes the rows after `after` up to number `last` into a file, and says which the last one is.
    ///
    /// When this returns, the file survives a power cut.
    pub(super) async fn write(&self, store: &dyn Store, after: Head, last: u64) -> Result<Head, TrailError> {
        let path = self.0.join(UNFINISHED);
        create_folder(&self.0).await.map_err(TrailError::file(&self.0))?;
        let mut file = BufWriter::new(create(&path).await.map_err(TrailError::file(&path))?);
        let mut written = after;
        let begin = format!("{{\"after\":\"{after}\"}}\n");
        file.write_all(begin.as_bytes()).await.map_err(TrailError::file(&path))?;
        while written.number < last {
            let room = usize::try_from(last - written.number).map_or(PAGE, |left| left.min(PAGE));
            let rows = store.rows(written.number + 1, room).await?;
            if rows.is_empty() {
                return Err(StoreError::Damaged { table: "log" }.into());
            }
            for row in &rows {
                let mut line = line::written(row);
                line.push(b'\n');
                file.write_all(&line).await.map_err(TrailError::file(&path))?;
                written = row.head;
            }
        }
        let finished = self.0.join(format!("{:012}-{:012}.jsonl", after.number + 1, written.number));
        let finish = async {
            file.flush().await?;
            file.get_ref().sync_all().await?;
            fs::rename(&path, &finished).await?;
            sync_folder(&self.0).await
        };
        finish.await.map_err(TrailError::file(&finished))?;
        Ok(written)
    }
}

impl Rotated {
    fn named(path: &Path) -> Option<Self> {
        let (first, last) = path.file_name()?.to_str()?.strip_suffix(".jsonl")?.split_once('-')?;
        let number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?;
        Some(Self { path: path.to_owned(), first: number(first)?, last: number(last)? })
    }

    /// Opens the file and reads the place that its first row follows.
    pub(super) async fn open(&self) -> Result<Reader, TrailError> {
        let file = fs::File::open(&self.path).await.map_err(TrailError::file(&self.path))?;
        let mut lines = BufReader::with_capacity(1 << 18, file);
        let begin = next_line(&mut lines).await.map_err(TrailError::file(&self.path))?;
        let text = begin.as_deref().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
        let after = text.strip_prefix("{\"after\":\"").and_then(|rest| rest.strip_suffix("\"}\n"));
        match after.and_then(|head| head.parse().ok()) {
            Some(after) => Ok(Reader { after, path: self.path.clone(), lines, line: 1 }),
            None => Err(TrailError::NotARow { path: self.path.clone(), line: 1 }),
        }
    }
}

impl Reader {
    /// The next row, until there is none.
    pub(super) async fn next(&mut self) -> Result<Option<Row>, TrailError> {
        self.line += 1;
        let Some(line) = next_line(&mut self.lines).await.map_err(TrailError::file(&self.path))? else {
            return Ok(None);
        };
        let row = line.strip_suffix(b"\n").and_then(line::read);
        row.map(Some).ok_or_else(|| TrailError::NotARow { path: self.path.clone(), line: self.line })
    }
}

/// A line with its line break; one that is too long, or cut off, comes without.
async fn next_line(lines: &mut BufReader<fs::File>) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = lines.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    Ok((read > 0).then_some(line))
}

async fn create_folder(path: &Path) -> std::io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    folder.mode(0o700);
    folder.recursive(true).create(path).await
}

async fn create(path: &Path) -> std::io::Result<fs::File> {
    // A leftover may have been made with other rights.
    match fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    options.mode(0o600);
    options.write(true).create_new(true).open(path).await
}

/// Makes a rename survive a power cut.
async fn sync_folder(path: &Path) -> std::io::Result<()> {
    // Elsewhere a folder cannot be opened as a file; the system orders renames itself.
    if cfg!(unix) { fs::File::open(path).await?.sync_all().await } else { Ok(()) }
}
