//! A shard made anew from the copies of a damaged or older one, as far as they can be trusted.

use tantivy::index::{Segment, SegmentComponent};
use tantivy::schema::{Field, Schema};
use tantivy::store::StoreReader;
use tantivy::{DocId, Index, SegmentReader, TantivyDocument};

use super::filling::Filling;
use super::home::{self, Home};
use super::kept::guarded;
use super::{CopiesError, whole};
use crate::index::schema::{Fields, read};

/// Puts every copy that can be read into a new folder beside the old one, and says how many there are.
pub(super) fn into_new_folder(home: &Home, schema: &Schema) -> Result<u64, CopiesError> {
    home::remove(&home.new_folder())?;
    let index = home::make(&home.new_folder(), schema.clone())?;
    let fields = Fields::new();
    let mut filling = Filling::begin(&index)?;
    let mut kept = 0;
    // Whatever is wrong with the old one is no reason to fail: what cannot be read is synced again.
    let old = guarded(|| whole::open_for_copies(&home.0));
    for (old, segment, facts, body) in old.iter().flat_map(segments) {
        if !whole::copies_are_whole(old, segment.meta()) {
            continue;
        }
        let _ = guarded(|| {
            let (store, alive) = copies(&segment)?;
            for document in alive {
                let Ok(document) = guarded(|| read(&store.get::<TantivyDocument>(document)?, facts, body)) else {
                    continue;
                };
                filling.add(&fields, document)?;
                kept += 1;
            }
            Ok(())
        });
    }
    filling.commit()?;
    filling.end()?;
    Ok(kept)
}

fn segments(old: &Index) -> Vec<(&Index, Segment, Field, Field)> {
    let schema = old.schema();
    let (Ok(facts), Ok(body)) = (schema.get_field("facts"), schema.get_field("body")) else { return Vec::new() };
    let segments = guarded(|| Ok(old.searchable_segments()?)).unwrap_or_default();
    segments.into_iter().map(|segment| (old, segment, facts, body)).collect()
}

/// The copies of a segment, and which of them were not removed.
fn copies(segment: &Segment) -> Result<(StoreReader, Vec<DocId>), CopiesError> {
    // What else the segment has may be damaged; where nothing was removed from it, its copies alone are enough.
    if !segment.meta().has_deletes() {
        let store = segment.open_read(SegmentComponent::Store).map_err(tantivy::TantivyError::from)?;
        return Ok((StoreReader::open(store, 2)?, (0..segment.meta().max_doc()).collect()));
    }
    let reader = SegmentReader::open(segment)?;
    Ok((reader.get_store_reader(2)?, reader.doc_ids_alive().collect()))
}
