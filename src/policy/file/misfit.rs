//! What does not fit the form of a profile file: unknown keys and words, wrong types; found one by one, each set aside.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::mistake::{Mistakes, quoted};
use super::raw::File;
use crate::domain::spelling::nearest;

/// How many times a file is tried; each try finds one misfit.
const MOST_TRIES: usize = 20;

/// How deep a profile file nests: a key in a table, an entry in its list.
const DEPTH: usize = 3;

/// Reads the table as a profile file. What does not fit is reported and set aside, so that one look finds all of it;
/// the keys set aside, such as `pages.mode`, come back beside the rest.
pub(super) fn fit(table: Spanned<DeTable<'_>>, mistakes: &mut Mistakes<'_>) -> (File, BTreeSet<String>) {
    let whole = table.span();
    let mut table = table.into_inner();
    let mut set_aside = BTreeSet::new();
    for _ in 0..MOST_TRIES {
        let error = match File::deserialize(Deserializer::from(Spanned::new(whole.clone(), table.clone()))) {
            Ok(file) => return (file, set_aside),
            Err(error) => error,
        };
        let Some(misfit) = error.span().and_then(|span| take_out(&mut table, &span, DEPTH)) else {
            mistakes.add(0, error.message(), None);
            break;
        };
        let (message, nearest) = misfit.told(&error);
        mistakes.add(misfit.offset, &message, nearest.as_deref());
        set_aside.insert(misfit.path.join("."));
    }
    (File::default(), set_aside)
}

/// A key or value that does not fit, taken out of its table.
struct Misfit<'t> {
    /// From the outermost table to the key.
    path: Vec<String>,
    /// Where it begins.
    offset: usize,
    /// Which part of it does not fit.
    part: Part,
    /// What stood there.
    value: DeValue<'t>,
}

/// The part of a setting that does not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The key itself.
    Key,
    /// Its value.
    Value,
    /// One entry of its list.
    Entry,
}

/// Takes out the innermost key, value or entry that the span of an error lies in.
fn take_out<'t>(table: &mut DeTable<'t>, span: &Range<usize>, depth: usize) -> Option<Misfit<'t>> {
    let within = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    let mut found = None;
    for (key, value) in table.iter_mut() {
        let name = key.get_ref().to_string();
        let value_span = value.span();
        let inner = match value.get_mut() {
            DeValue::Table(inner) if depth > 1 && !within(key.span()) => take_out(inner, span, depth - 1),
            DeValue::Array(list) if depth > 1 && *span != value_span => take_entry(list, span),
            _ => None,
        };
        if let Some(mut misfit) = inner {
            misfit.path.insert(0, name);
            return Some(misfit);
        }
        if within(key.span()) {
            found = Some((key.clone(), Part::Key, key.span().start));
        } else if within(value_span.clone()) {
            found = Some((key.clone(), Part::Value, value_span.start));
        }
    }
    let (key, part, offset) = found?;
    let (key, value) = table.remove_entry(&key)?;
    let path = vec![key.into_inner().into_owned()];
    Some(Misfit { path, offset, part, value: value.into_inner() })
}

fn take_entry<'t>(list: &mut DeArray<'t>, span: &Range<usize>) -> Option<Misfit<'t>> {
    let holds = |entry: &Spanned<DeValue<'_>>| entry.span().start <= span.start && span.end <= entry.span().end;
    let (taken, kept): (Vec<_>, Vec<_>) = std::mem::replace(list, DeArray::new()).into_iter().partition(holds);
    *list = kept.into_iter().collect();
    let entry = taken.into_iter().next()?;
    Some(Misfit { path: Vec::new(), offset: entry.span().start, part: Part::Entry, value: entry.into_inner() })
}

impl Misfit<'_> {
    /// What is wrong in an administrator's words, and the nearest right word.
    fn told(&self, error: &Error) -> (String, Option<String>) {
        let message = error.message();
        let key = quoted(self.path.last().map_or("", String::as_str));
        let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
        let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        if self.part == Part::Key {
            let nearest = self.path.last().and_then(|key| nearest(key, known.iter().copied())).map(str::to_owned);
            return (or_listed(format!("unknown key {key}"), &known, nearest.as_ref()), nearest);
        }
        if let Some(word) = self.value.as_str().filter(|_| message.starts_with("unknown variant")) {
            let nearest = nearest(word, known.iter().copied()).map(str::to_owned);
            return (or_listed(format!("{} is no value of {key}", quoted(word)), &known, nearest.as_ref()), nearest);
        }
        let subject = if self.part == Part::Entry { format!("an entry of {key}") } else { key };
        // A date is read as a table with a key of its own.
        let message = if message.starts_with("unknown field") {
            format!("{subject} must be a table, not {}", kind(&self.value))
        } else if message.starts_with("invalid type") {
            format!("{subject} must be {}, not {}", in_words(expected), kind(&self.value))
        } else if message.starts_with("invalid value") {
            format!("{subject} must be {}", in_words(expected))
        } else if message.ends_with("overflowed") {
            format!("{subject} holds a number too large to read")
        } else {
            message.to_owned()
        };
        (message, None)
    }
}

/// With no word near enough, all of them.
fn or_listed(message: String, known: &[&str], nearest: Option<&String>) -> String {
    if nearest.is_some() {
        return message;
    }
    let known: Vec<String> = known.iter().map(|word| quoted(word)).collect();
    format!("{message}; possible here: {}", known.join(", "))
}

fn in_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "u32" => "a whole number from 0 to 4294967295",
        structure if structure.starts_with("struct") => "a table",
        other => other,
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
