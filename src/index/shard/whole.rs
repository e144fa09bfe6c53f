//! Whether the files of a shard are those that were written.

use std::path::{Path, PathBuf};

use tantivy::directory::MmapDirectory;
use tantivy::index::{IndexMeta, SegmentMeta};
use tantivy::schema::Schema;
use tantivy::{Directory, Index, TantivyError};

use super::CopiesError;
use super::kept::Open;
use crate::index::analysis::analyses;

/// Bytes whose checksums are compared when a shard is opened, smallest files first. The rest is compared on demand.
const QUICK: u64 = 256 << 20;

/// Opens the index of that folder, if it is whole as far as a quick look tells.
pub(super) fn open(folder: &Path, schema: &Schema) -> Result<Open, CopiesError> {
    let mut index = Index::open(MmapDirectory::open(folder).map_err(TantivyError::from)?)?;
    if index.schema() != *schema {
        return Err(CopiesError::Damaged("its fields are not those that were written".to_owned()));
    }
    index.set_tokenizers(analyses());
    let meta = index.load_metas()?;
    let mut files = files(&meta);
    let size = |file: &PathBuf| std::fs::metadata(folder.join(file)).map_or(0, |metadata| metadata.len());
    files.sort_by_cached_key(size);
    let mut left = QUICK;
    for file in &files {
        left = left.saturating_sub(size(file));
        if left == 0 {
            break;
        }
        compare(&index, file)?;
    }
    let open = Open::new(index)?;
    let said: u64 = meta.segments.iter().map(|segment| u64::from(segment.num_docs())).sum();
    if open.reader.searcher().num_docs() != said {
        return Err(CopiesError::Damaged("it does not hold as many documents as it says".to_owned()));
    }
    Ok(open)
}

/// Compares every file with its checksum.
pub(super) fn check(index: &Index) -> Result<(), CopiesError> {
    files(&index.load_metas()?).iter().try_for_each(|file| compare(index, file))
}

/// Whether that segment's copies are what was written.
pub(super) fn copies_are_whole(index: &Index, segment: &SegmentMeta) -> bool {
    let mut files = segment_files(segment).into_iter();
    files.all(|file| !is_of_copies(&file) || compare(index, &file).is_ok())
}

fn compare(index: &Index, file: &Path) -> Result<(), CopiesError> {
    if index.directory().validate_checksum(file).map_err(TantivyError::from)? {
        return Ok(());
    }
    Err(CopiesError::Damaged(format!("{} is not what was written", file.display())))
}

fn is_of_copies(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "store" || extension == "del")
}

fn files(meta: &IndexMeta) -> Vec<PathBuf> {
    meta.segments.iter().flat_map(segment_files).collect()
}

/// The files that a segment must have.
fn segment_files(segment: &SegmentMeta) -> Vec<PathBuf> {
    use tantivy::index::SegmentComponent as Component;
    let mut components = vec![
        Component::Postings,
        Component::Positions,
        Component::FastFields,
        Component::FieldNorms,
        Component::Terms,
        Component::Store,
    ];
    if segment.has_deletes() {
        components.push(Component::Delete);
    }
    components.into_iter().map(|component| segment.relative_path(component)).collect()
}

/// Whether a damaged index can still be opened for its copies: the list of files that it manages is made anew.
pub(super) fn open_for_copies(folder: &Path) -> Result<Index, CopiesError> {
    let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
    let managed = Path::new(".managed.json");
    if directory.exists(managed).map_err(TantivyError::from)? {
        std::fs::remove_file(folder.join(managed))?;
    }
    Ok(Index::open(directory)?)
}
