//! The table of operations, read once, and the row of a method and path.

use std::sync::LazyLock;

use crate::domain::method::Method;

use super::row::Row;
use super::segment;

const TEXT: &str = include_str!("operations.tsv");

/// Every row, in the order of the documents. A line that cannot be read is left out, so that what it says is refused.
pub fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| TEXT.lines().skip(1).filter_map(Row::of).collect());
    &ROWS
}

/// The values of a path's variables, by name, decoded.
pub type Variables = Vec<(&'static str, String)>;

/// The row that a method and the decoded segments of a path come to, with its variables; fixed words win over
/// variables, and words are compared letter by letter.
pub fn find(method: Method, segments: &[String]) -> Option<(&'static Row, Variables)> {
    let matching = rows().iter().filter(|row| row.method == method);
    matching.filter_map(|row| Some((row, filled(row, segments)?))).min_by_key(|(_, filled)| filled.len())
}

/// The methods with which the segments are published.
pub(super) fn methods(segments: &[String]) -> Vec<&'static str> {
    Method::ALL.into_iter().filter(|method| find(*method, segments).is_some()).map(Method::as_str).collect()
}

/// The variables of a row's template that these segments fill.
fn filled(row: &Row, segments: &[String]) -> Option<Variables> {
    if row.words.len() != segments.len() {
        return None;
    }
    let mut variables = Variables::new();
    for (wanted, segment) in row.words.iter().zip(segments) {
        match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if segment::fits(row.template, name, segment) => variables.push((name, segment.clone())),
            None if wanted == segment => {}
            _ => return None,
        }
    }
    Some(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_can_be_read_and_is_there_once() {
        assert_eq!(rows().len(), TEXT.lines().count() - 1);
        let mut names: Vec<String> = rows().iter().map(Row::name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), rows().len());
    }
}
