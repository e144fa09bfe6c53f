//! CQL, Confluence's query language: read by a grammar of our own, narrowed to spaces, and written back safely quoted.
//!
//! The grammar is smaller than Confluence's. What it cannot read it refuses, so that what it writes back means upstream
//! what it means here: the values are all quoted, and nothing but `\"` and `\\` is ever escaped.

mod lexer;
mod parser;
mod print;
#[cfg(test)]
mod tests;
mod words;

use std::str::FromStr;

use crate::domain::ids::{ContentId, SpaceKey};
use crate::domain::place::SpaceName;

pub use words::Words;

/// Longest query, in characters; longer ones do not fit into a URL.
pub const LENGTH: usize = 4_000;
/// Deepest nesting of parentheses and `not`.
pub const DEPTH: usize = 32;

/// A query: a condition and an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    condition: Condition,
    order: Vec<Order>,
}

/// What hits must fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of at least two.
    All(Vec<Self>),
    /// Any of at least two.
    Any(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
    /// One comparison.
    Clause(Clause),
}

/// One comparison, such as `space = "IT"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    field: String,
    operator: Operator,
    operand: Operand,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equals,
    /// `!=`
    Differs,
    /// `~`
    Contains,
    /// `!~`
    Lacks,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `in`
    In,
    /// `not in`
    NotIn,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    One(Value),
    List(Vec<Value>),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// A word or quoted text; written back quoted.
    Text(String),
    /// Digits without quotes; written back so.
    Number(String),
    /// A function, such as `now("-4w")`.
    Call { name: String, arguments: Vec<Value> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Order {
    field: String,
    direction: Option<Direction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

/// What hits must lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// One of these spaces.
    Spaces(Vec<SpaceKey>),
    /// None of these spaces.
    Without(Vec<SpaceKey>),
    /// One of these spaces, or one of these pages, or below it.
    SpacesAndPages(Vec<SpaceKey>, Vec<ContentId>),
}

/// A thing that a query names by key or id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A space.
    Space(SpaceName),
    /// A page or blog post.
    Content(ContentId),
    /// What is neither key nor id names nothing.
    Nothing,
}

/// Why a query cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CqlError {
    /// Longer than [`LENGTH`].
    #[error("the query is longer than {LENGTH} characters")]
    TooLong,
    /// Deeper than [`DEPTH`].
    #[error("the query nests deeper than {DEPTH}")]
    TooDeep,
    /// A character that has no place in a query.
    #[error("character {at} of the query cannot be read; put words with signs into quotation marks")]
    Sign {
        /// Which, counting from 1.
        at: usize,
    },
    /// A backslash before something else than a quotation mark or a backslash.
    #[error("character {at} of the query: a backslash stands only before a quotation mark or a backslash")]
    Escape {
        /// Which, counting from 1.
        at: usize,
    },
    /// A quotation mark that opens and never closes.
    #[error("the quotation mark at character {at} of the query is never closed")]
    Open {
        /// Which, counting from 1.
        at: usize,
    },
    /// Something else should stand there.
    #[error("character {at} of the query: {expected} should stand here")]
    Expected {
        /// Which, counting from 1.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
}

impl FromStr for Query {
    type Err = CqlError;

    fn from_str(text: &str) -> Result<Self, CqlError> {
        parser::query(lexer::tokens(text)?)
    }
}

impl From<Condition> for Query {
    fn from(condition: Condition) -> Self {
        Self { condition, order: Vec::new() }
    }
}

impl Query {
    /// The same query, with hits only where all of these allow them.
    #[must_use]
    pub fn narrowed(self, narrowings: &[Narrowing]) -> Self {
        let mut all = vec![self.condition];
        all.extend(narrowings.iter().filter_map(Narrowing::condition));
        Self { condition: joined(all, Condition::All), ..self }
    }

    /// The spaces and contents the query names. Confluence may refuse a query for a space or page that does not exist, so
    /// they must be judged before it is asked.
    pub fn named(&self) -> Vec<Named> {
        let mut named = Vec::new();
        let mut open = vec![&self.condition];
        while let Some(condition) = open.pop() {
            match condition {
                Condition::All(parts) | Condition::Any(parts) => open.extend(parts),
                Condition::Not(part) => open.push(part),
                Condition::Clause(clause) => clause.named(&mut named),
            }
        }
        named.sort();
        named.dedup();
        named
    }
}

impl Narrowing {
    /// `None` where it leaves everything in.
    fn condition(&self) -> Option<Condition> {
        let spaces = |operator, keys: &[SpaceKey]| {
            let keys = keys.iter().map(|key| Value::Text(key.to_string())).collect();
            Condition::Clause(Clause { field: "space".into(), operator, operand: Operand::List(keys) })
        };
        let pages = |field: &str, ids: &[ContentId]| {
            let ids = ids.iter().map(|id| Value::Number(id.to_string())).collect();
            Condition::Clause(Clause { field: field.into(), operator: Operator::In, operand: Operand::List(ids) })
        };
        match self {
            Self::Spaces(keys) => Some(spaces(Operator::In, keys)),
            Self::Without(keys) => (!keys.is_empty()).then(|| spaces(Operator::NotIn, keys)),
            Self::SpacesAndPages(keys, ids) => {
                let mut any = Vec::new();
                any.extend((!keys.is_empty()).then(|| spaces(Operator::In, keys)));
                any.extend([pages("id", ids), pages("ancestor", ids)]);
                Some(joined(any, Condition::Any))
            }
        }
    }
}

/// Several conditions as one; a single one stays what it is.
fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            join(parts)
        }
    }
}

impl Clause {
    /// The field's text contains these words.
    pub fn contains(field: &'static str, words: &Words) -> Self {
        Self { field: field.into(), operator: Operator::Contains, operand: text(words.as_str()) }
    }

    /// The field is exactly this.
    pub fn equals(field: &'static str, value: &str) -> Self {
        Self { field: field.into(), operator: Operator::Equals, operand: text(value) }
    }

    /// The field is one of these.
    pub fn one_of(field: &'static str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| Value::Text((*value).to_owned())).collect();
        Self { field: field.into(), operator: Operator::In, operand: Operand::List(values) }
    }

    fn named(&self, named: &mut Vec<Named>) {
        let space = match self.field.to_ascii_lowercase().as_str() {
            "space" | "space.key" | "space.id" => true,
            "id" | "content" | "content.id" | "ancestor" | "parent" | "container" => false,
            _ => return,
        };
        let values = match &self.operand {
            Operand::One(value) => std::slice::from_ref(value),
            Operand::List(values) => values,
        };
        named.extend(values.iter().filter_map(|value| {
            let (Value::Text(text) | Value::Number(text)) = value else { return None };
            let name = if space { text.parse().map(Named::Space).ok() } else { text.parse().map(Named::Content).ok() };
            Some(name.unwrap_or(Named::Nothing))
        }));
    }
}

fn text(value: &str) -> Operand {
    Operand::One(Value::Text(value.to_owned()))
}
