//! Changes a file about people: line by line, so that comments stay, and at once, so that a crash leaves the old file or the new.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::PeopleError;
use super::document::{Entry, contents};

/// Reads the file, has it edited, and puts the new text in its place. A file that was not there is made for its owner
/// alone; one that was keeps its permissions. Only one process edits at a time.
pub(super) fn change(
    path: &Path,
    edit: impl FnOnce(Option<&str>) -> Result<String, PeopleError>,
) -> Result<(), PeopleError> {
    // Renaming would put a file in the place of a link.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let unwritable = |source| PeopleError::Unwritable { path: path.clone(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder).map_err(unwritable)?;
    let (new, mut file) = NewFile::beside(path)?;
    let before = contents(path)?;
    let after = edit(before.as_deref())?;
    file.write_all(after.as_bytes()).map_err(unwritable)?;
    if before.is_some() {
        let permissions = path.metadata().map_err(unwritable)?.permissions();
        file.set_permissions(permissions).map_err(unwritable)?;
    }
    file.sync_all().map_err(unwritable)?;
    new.rename(path).map_err(unwritable)?;
    sync(folder).map_err(unwritable)
}

/// The text with a table at its end.
pub(super) fn with_table(text: Option<&str>, table: &str) -> String {
    match text.map(str::trim_end) {
        None | Some("") => table.to_owned(),
        Some(_) => {
            let text = text.unwrap_or_default();
            let gap = if text.ends_with('\n') { "\n" } else { "\n\n" };
            format!("{text}{gap}{table}")
        }
    }
}

/// The text with these keys of the table set, or taken out with their lines where there is no value; `None` where the
/// table has no line of its own.
pub(super) fn with_values(text: &str, entry: &Entry, values: &[(&str, Option<&str>)]) -> Option<String> {
    let header_end = header(text, entry)?;
    let (before, _) = text.split_at_checked(header_end)?;
    let line_break = if before.ends_with("\r\n") { "\r\n" } else { "\n" };
    let mut edits = Vec::new();
    let mut added = String::new();
    for (key, value) in values {
        match (entry.span(key), value) {
            (Some(span), Some(value)) => edits.push((span, (*value).to_owned())),
            (Some(span), None) => {
                let start = text.get(..span.start)?.rfind('\n').map_or(0, |line_break| line_break + 1);
                edits.push((start..line_end(text, span.end)?, String::new()));
            }
            (None, Some(value)) => added.extend([*key, " = ", *value, line_break]),
            (None, None) => {}
        }
    }
    edits.push((header_end..header_end, added));
    // From the end on, so that what is still to be changed stays where it was.
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = text.to_owned();
    for (span, value) in edits {
        text = format!("{}{value}{}", text.get(..span.start)?, text.get(span.end..)?);
    }
    Some(text)
}

/// The text without the table, from its header to the line of its last value; `None` where the table has no line of
/// its own.
pub(super) fn without_table(text: &str, entry: &Entry) -> Option<String> {
    header(text, entry)?;
    let start = text.get(..entry.at)?.rfind('\n').map_or(0, |line_break| line_break + 1);
    let end = line_end(text, entry.end())?;
    Some(format!("{}{}", text.get(..start)?, text.get(end..)?))
}

/// Where the line after the header begins.
fn header(text: &str, entry: &Entry) -> Option<usize> {
    let line = text.get(..entry.at)?.rsplit('\n').next()?;
    line.trim_start().starts_with('[').then(|| line_end(text, entry.at))?
}

/// Where the line after that byte begins.
fn line_end(text: &str, offset: usize) -> Option<usize> {
    text.get(offset..).map(|rest| rest.find('\n').map_or(text.len(), |line_break| offset + line_break + 1))
}

/// A name as the header of a table writes it.
pub(super) fn header_name(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The file being written; while it is there, no other process writes one. It goes where it does not take its place.
struct NewFile(Option<PathBuf>);

impl NewFile {
    fn beside(path: &Path) -> Result<(Self, File), PeopleError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let own = path.with_file_name(format!(".{name}.new"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&own) {
            Ok(file) => Ok((Self(Some(own)), file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(PeopleError::Busy { path: own }),
            Err(source) => Err(PeopleError::Unwritable { path: path.to_owned(), source }),
        }
    }

    fn rename(mut self, path: &Path) -> std::io::Result<()> {
        let Some(own) = &self.0 else { return Ok(()) };
        std::fs::rename(own, path)?;
        self.0 = None;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(own) = &self.0 {
            // What is left behind is told to the next one who edits.
            let _ = std::fs::remove_file(own);
        }
    }
}

fn create_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
}
