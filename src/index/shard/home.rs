//! Where a shard lives: a folder beside others, or memory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tantivy::directory::{MmapDirectory, RamDirectory};
use tantivy::schema::Schema;
use tantivy::{Index, IndexSettings};

use crate::index::analysis::analyses;
use crate::index::schema::FORMAT;
use crate::index::shard::CopiesError;

/// The file that says which layout the folder has.
pub(super) const FORMAT_FILE: &str = "format";
/// The file that says which segments there are.
const META_FILE: &str = "meta.json";

/// The folder of a shard, and its neighbours during an exchange. A shard's name holds no dot.
#[derive(Clone, Debug)]
pub(super) struct Home(pub(super) PathBuf);

impl Home {
    /// Its folder while it is made anew.
    pub(super) fn new_folder(&self) -> PathBuf {
        self.0.with_extension("new")
    }

    fn old_folder(&self) -> PathBuf {
        self.0.with_extension("old")
    }

    /// Ends an exchange that was cut off: the old folder stays until the new one has its name.
    pub(super) fn tidy(&self) -> io::Result<()> {
        if !self.0.exists() && self.old_folder().exists() {
            fs::rename(self.old_folder(), &self.0)?;
        }
        remove(&self.old_folder())?;
        remove(&self.new_folder())
    }

    /// Puts the new folder in the place of the old one.
    pub(super) fn exchange(&self) -> io::Result<()> {
        fs::rename(&self.0, self.old_folder())?;
        fs::rename(self.new_folder(), &self.0)?;
        remove(&self.old_folder())
    }

    /// Whether there is nothing yet.
    pub(super) fn is_new(&self) -> io::Result<bool> {
        match fs::read_dir(&self.0) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Why this folder cannot be read as it is, where it is of another format or of none.
    pub(super) fn other_format(&self) -> io::Result<Option<String>> {
        let written = match fs::read_to_string(self.0.join(FORMAT_FILE)) {
            Ok(written) => written,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => String::new(),
            Err(error) => return Err(error),
        };
        Ok(match written.trim().parse::<u32>() {
            Ok(FORMAT) if self.0.join(META_FILE).exists() => None,
            Ok(FORMAT) => Some("the list of its parts is gone".to_owned()),
            Ok(other) => Some(format!("it has the format {other}, this version keeps format {FORMAT}")),
            Err(_) => Some("it does not say which format it has".to_owned()),
        })
    }
}

/// An empty index in that folder, which is made where it is missing.
pub(super) fn make(folder: &Path, schema: Schema) -> Result<Index, CopiesError> {
    fs::create_dir_all(folder)?;
    let mut index =
        Index::create(MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?, schema, settings())?;
    index.set_tokenizers(analyses());
    // Last, so that a folder that was cut off while it was made counts as one without a format.
    fs::write(folder.join(FORMAT_FILE), format!("{FORMAT}\n"))?;
    Ok(index)
}

/// An empty index in memory.
pub(super) fn make_in_memory(schema: Schema) -> Result<Index, CopiesError> {
    let mut index = Index::create(RamDirectory::create(), schema, settings())?;
    index.set_tokenizers(analyses());
    Ok(index)
}

/// Bytes of copies that are compressed together: a search unpacks as much for each of its hits.
const TOGETHER: usize = 4 << 10;

fn settings() -> IndexSettings {
    let (docstore_compress_dedicated_thread, docstore_blocksize) = (false, TOGETHER);
    IndexSettings { docstore_compress_dedicated_thread, docstore_blocksize, ..IndexSettings::default() }
}

/// Removes a folder, there or not.
pub(super) fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
