//! Which tools send an operation themselves: measured by a test, operation by operation, from what each call sends.

use std::sync::LazyLock;

use crate::domain::method::Method;

use super::row::Row;

const TEXT: &str = include_str!("named.tsv");

/// Method, template, and the tools that send it.
type Line = (Method, &'static str, Vec<&'static str>);

fn lines() -> &'static [Line] {
    static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| TEXT.lines().skip(1).filter_map(line).collect());
    &LINES
}

fn line(line: &'static str) -> Option<Line> {
    let mut fields = line.split('\t');
    Some((Method::named(fields.next()?)?, fields.next()?, fields.next()?.split(' ').collect()))
}

/// The tools that send an operation themselves, not only to look something up.
pub fn tools(row: &Row) -> &'static [&'static str] {
    let line = lines().iter().find(|(method, template, _)| *method == row.method && *template == row.template);
    line.map_or(&[], |(_, _, tools)| tools.as_slice())
}
