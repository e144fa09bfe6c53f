//! Goes through a folder and opens files in it: no link is followed, nothing is waited for, and there is an end to it.

use std::io::{self, ErrorKind, Read as _};

use cap_std::fs::{Dir, File, Metadata, OpenOptions};
use jiff::Timestamp;

use super::{changed, unread};
use crate::sources::error::SourceError;
use crate::sources::source::Problem;

/// No folder has more files that are copied.
const MOST_FILES: usize = 200_000;
/// No folder has more entries altogether that are looked at.
const MOST_ENTRIES: usize = 2_000_000;
/// Folders stand in each other no deeper.
const DEEPEST: usize = 32;
/// No file is longer, in bytes.
const LONGEST: u64 = 16 << 20;
/// No path is longer, in bytes.
const LONGEST_PATH: usize = 1024;
/// What could not be read is told so often.
const MOST_UNREAD: usize = 100;

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Html,
}

impl Format {
    /// By the ending of its name.
    pub(super) fn of(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "md" | "markdown" | "mdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            _ => None,
        }
    }
}

/// A file that was met.
pub(super) struct Met {
    /// Its path beneath the folder, with slashes.
    pub(super) path: String,
    /// Length and time of its last change.
    pub(super) stamp: String,
    pub(super) modified: Option<Timestamp>,
}

/// Everything that was met.
#[derive(Default)]
pub(super) struct Walked {
    /// In the order of their paths.
    pub(super) files: Vec<Met>,
    /// Folders that could not be read or lie too deep, so that there may be more.
    pub(super) unread: Vec<Problem>,
    entries: usize,
}

/// Goes through everything beneath the folder. Links, and what is hidden by a dot, are passed by.
pub(super) fn walk(root: &Dir) -> Walked {
    let mut walked = Walked::default();
    let mut folders = vec![(String::new(), 0)];
    while let Some((path, depth)) = folders.pop() {
        if let Err(why) = look_into(root, &path, depth, &mut folders, &mut walked)
            && walked.unread.len() < MOST_UNREAD
        {
            walked.unread.push(unread(if path.is_empty() { "." } else { &path }, why));
        }
    }
    walked.files.sort_by(|one, other| one.path.cmp(&other.path));
    walked
}

fn look_into(
    root: &Dir,
    path: &str,
    depth: usize,
    folders: &mut Vec<(String, usize)>,
    walked: &mut Walked,
) -> Result<(), String> {
    let at = if path.is_empty() { "." } else { path };
    let entries = root.read_dir(at).map_err(|error| format!("the folder cannot be read: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("the folder cannot be read to its end: {error}"))?;
        walked.entries += 1;
        if walked.entries > MOST_ENTRIES || walked.files.len() >= MOST_FILES {
            folders.clear();
            return Err(format!("there are more than {MOST_FILES} files; the rest is left out"));
        }
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !is_passed_by(name)) else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        if path.len() > LONGEST_PATH {
            continue;
        }
        if kind.is_dir() {
            if depth >= DEEPEST {
                return Err(format!("folders lie deeper than {DEEPEST}; what is beneath is left out"));
            }
            folders.push((path, depth + 1));
        } else if kind.is_file()
            && Format::of(name).is_some()
            && let Ok(metadata) = entry.metadata()
        {
            let modified = changed(&metadata);
            let stamp = format!("{} {modified:?}", metadata.len());
            walked.files.push(Met { path, stamp, modified });
        }
    }
    Ok(())
}

/// Whether something of that name is none of ours: hidden, the folder above, or no name one could show.
fn is_passed_by(name: &str) -> bool {
    name.is_empty() || name.starts_with('.') || name.chars().any(char::is_control)
}

/// Whether there is a plain file at that path, reached without a link; what may not be looked at is taken to be there.
pub(super) fn is_there(root: &Dir, path: &str) -> bool {
    Format::of(path).is_some() && !matches!(plain_file(root, path), Err(SourceError::Missing))
}

/// The text of the plain file at that path.
pub(super) fn read(root: &Dir, path: &str) -> Result<String, SourceError> {
    let failed = |why: String| SourceError::File(why);
    let file = plain_file(root, path)?;
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| failed(format!("it cannot be read: {error}")))?;
    if bytes.len() as u64 > LONGEST {
        return Err(failed(format!("it is longer than {LONGEST} bytes")));
    }
    if bytes.contains(&0) {
        return Err(failed("it is no text".to_owned()));
    }
    let text = String::from_utf8(bytes).map_err(|_| failed("it is no text in UTF-8".to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Opens a file without waiting, where nothing on its path is a link.
fn plain_file(root: &Dir, path: &str) -> Result<File, SourceError> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => SourceError::Missing,
        _ => SourceError::File(format!("it cannot be opened: {error}")),
    };
    let mut folder = root.try_clone().map_err(failed)?;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        if is_passed_by(part) {
            break;
        }
        let listed = folder.symlink_metadata(part).map_err(failed)?;
        if parts.peek().is_some() {
            if !listed.is_dir() {
                break;
            }
            folder = folder.open_dir(part).map_err(failed)?;
        } else if listed.is_file() {
            let file = folder.open_with(part, &patient(OpenOptions::new().read(true))).map_err(failed)?;
            let opened = file.metadata().map_err(failed)?;
            return if is_same(&listed, &opened) { Ok(file) } else { Err(SourceError::Missing) };
        }
    }
    Err(SourceError::Missing)
}

/// Whether what was opened is the plain file that was looked at, and not what took its place meanwhile.
#[cfg(unix)]
fn is_same(listed: &Metadata, opened: &Metadata) -> bool {
    use cap_std::fs::MetadataExt as _;
    opened.is_file() && (listed.dev(), listed.ino()) == (opened.dev(), opened.ino())
}

#[cfg(not(unix))]
fn is_same(_listed: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

/// What took a file's place may be a pipe, whose other end nobody may ever open.
#[cfg(unix)]
fn patient(options: &mut OpenOptions) -> OpenOptions {
    use cap_std::fs::OpenOptionsExt as _;
    options.custom_flags(i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default()).clone()
}

#[cfg(not(unix))]
fn patient(options: &mut OpenOptions) -> OpenOptions {
    options.clone()
}
