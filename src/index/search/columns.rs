//! The columns of a segment that are compared and counted for every document that has the words.

use std::collections::HashMap;

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};
use tantivy::fastfield::FastFieldReaders;

use crate::index::schema::column;
use crate::index::shard::CopiesError;

/// The columns of one segment.
pub(in crate::index) struct Columns {
    pub(super) space_id: Option<StrColumn>,
    pub(super) space_key: Option<StrColumn>,
    pub(super) labels: Option<StrColumn>,
    pub(super) line: Option<StrColumn>,
    pub(super) authors: Option<StrColumn>,
    pub(super) kind: Option<Column<u64>>,
    pub(super) restricted: Option<Column<u64>>,
    pub(super) modified: Option<Column<i64>>,
    /// What the numbers of this segment are among the names of the shard.
    pub(super) space_names: Vec<usize>,
    pub(super) label_names: Vec<usize>,
}

/// The names that a shard counts by.
#[derive(Default)]
pub(in crate::index) struct Names {
    pub(super) spaces: Vec<String>,
    pub(super) labels: Vec<String>,
}

impl Columns {
    /// Those of every segment, and the names that they share.
    pub(in crate::index) fn open_all(segments: &[SegmentReader]) -> Result<(Vec<Self>, Names), CopiesError> {
        let mut spaces = Named::default();
        let mut labels = Named::default();
        let open = |segment: &SegmentReader| Self::open(segment.fast_fields(), &mut spaces, &mut labels);
        let columns = segments.iter().map(open).collect::<Result<_, _>>()?;
        Ok((columns, Names { spaces: spaces.names, labels: labels.names }))
    }

    fn open(columns: &FastFieldReaders, spaces: &mut Named, labels: &mut Named) -> Result<Self, CopiesError> {
        let space_key = columns.str(column::SPACE_KEY)?;
        let of_labels = columns.str(column::LABELS)?;
        Ok(Self {
            space_names: spaces.numbers(space_key.as_ref())?,
            label_names: labels.numbers(of_labels.as_ref())?,
            space_id: columns.str(column::SPACE_ID)?,
            space_key,
            labels: of_labels,
            line: columns.str(column::LINE)?,
            authors: columns.str(column::AUTHORS)?,
            kind: columns.column_opt(column::KIND)?,
            restricted: columns.column_opt(column::RESTRICTED)?,
            modified: columns.column_opt(column::MODIFIED)?,
        })
    }
}

#[derive(Default)]
struct Named {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Named {
    fn numbers(&mut self, column: Option<&StrColumn>) -> Result<Vec<usize>, CopiesError> {
        let mut numbers = Vec::new();
        let Some(column) = column else { return Ok(numbers) };
        let mut names = column.dictionary().stream()?;
        while names.advance() {
            let name = String::from_utf8_lossy(names.key()).into_owned();
            let number = *self.numbers.entry(name).or_insert_with_key(|name| {
                self.names.push(name.clone());
                self.names.len() - 1
            });
            numbers.push(number);
        }
        Ok(numbers)
    }
}
