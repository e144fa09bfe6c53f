//! Reads a query from its pieces, to a capped depth.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::lexer::{Kind, Token};
use super::{Clause, Condition, CqlError, DEPTH, Direction, Operand, Operator, Order, Query, Value};

/// Words that are never fields or values.
const RESERVED: [&str; 6] = ["and", "or", "not", "in", "order", "by"];

/// Reads a whole query.
pub(super) fn query(tokens: Vec<Token>) -> Result<Query, CqlError> {
    let end = tokens.last().map_or(1, |last| last.at + 1);
    let mut pieces = Pieces { tokens: tokens.into_iter().peekable(), end };
    let condition = pieces.any(0)?;
    let order = if pieces.keyword("order") { pieces.order()? } else { Vec::new() };
    match pieces.tokens.peek() {
        None => Ok(Query { condition, order }),
        Some(_) => Err(pieces.expected("`and`, `or`, `order by` or the end")),
    }
}

struct Pieces {
    tokens: Peekable<IntoIter<Token>>,
    end: usize,
}

impl Pieces {
    fn any(&mut self, depth: usize) -> Result<Condition, CqlError> {
        let mut parts = vec![self.all(depth)?];
        while self.keyword("or") {
            parts.push(self.all(depth)?);
        }
        Ok(joined(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, CqlError> {
        let mut parts = vec![self.part(depth)?];
        while self.keyword("and") {
            parts.push(self.part(depth)?);
        }
        Ok(joined(parts, Condition::All))
    }

    /// Recursion goes only through here, and no deeper than the cap.
    fn part(&mut self, depth: usize) -> Result<Condition, CqlError> {
        if depth > DEPTH {
            return Err(CqlError::TooDeep);
        }
        if self.keyword("not") {
            return Ok(Condition::Not(Box::new(self.part(depth + 1)?)));
        }
        if self.takes(&Kind::Opens) {
            let inner = self.any(depth + 1)?;
            self.closes()?;
            return Ok(inner);
        }
        self.clause().map(Condition::Clause)
    }

    fn clause(&mut self) -> Result<Clause, CqlError> {
        let field = self.name("a field")?;
        let operator = self.operator()?;
        let operand = match operator {
            Operator::In | Operator::NotIn if self.takes(&Kind::Opens) => Operand::List(self.values()?),
            Operator::In | Operator::NotIn => match self.value()? {
                call @ Value::Call { .. } => Operand::One(call),
                Value::Text(_) | Value::Number(_) => return Err(self.expected("a list in parentheses, before this,")),
            },
            _ => Operand::One(self.value()?),
        };
        Ok(Clause { field, operator, operand })
    }

    fn operator(&mut self) -> Result<Operator, CqlError> {
        if let Some(Token { kind: Kind::Operator(operator), .. }) =
            self.tokens.next_if(|token| matches!(token.kind, Kind::Operator(_)))
        {
            return Ok(operator);
        }
        match (self.keyword("not"), self.keyword("in")) {
            (false, true) => Ok(Operator::In),
            (true, true) => Ok(Operator::NotIn),
            (_, false) => Err(self.expected("an operator such as `=`, `~` or `in`")),
        }
    }

    /// Values up to the closing parenthesis; at least one.
    fn values(&mut self) -> Result<Vec<Value>, CqlError> {
        let mut values = vec![self.value()?];
        while self.takes(&Kind::Comma) {
            values.push(self.value()?);
        }
        self.closes()?;
        Ok(values)
    }

    fn value(&mut self) -> Result<Value, CqlError> {
        let word = match self.literal()? {
            Kind::Word(word) => word,
            Kind::Text(text) => return Ok(Value::Text(text)),
            _ => return Err(self.expected("a value")),
        };
        if self.takes(&Kind::Opens) {
            if !is_name(&word) {
                return Err(self.expected("the name of a function, before the parenthesis,"));
            }
            return Ok(Value::Call { name: word, arguments: self.arguments()? });
        }
        Ok(plain(word))
    }

    /// The arguments of a function: texts and numbers, no functions again.
    fn arguments(&mut self) -> Result<Vec<Value>, CqlError> {
        let mut arguments = Vec::new();
        if self.takes(&Kind::Closes) {
            return Ok(arguments);
        }
        loop {
            arguments.push(match self.literal()? {
                Kind::Word(word) => plain(word),
                Kind::Text(text) => Value::Text(text),
                _ => return Err(self.expected("a value")),
            });
            if !self.takes(&Kind::Comma) {
                self.closes()?;
                return Ok(arguments);
            }
        }
    }

    /// A word that is not reserved, or a quoted text.
    fn literal(&mut self) -> Result<Kind, CqlError> {
        let fits = |token: &Token| match &token.kind {
            Kind::Word(word) => !is_reserved(word),
            Kind::Text(_) => true,
            _ => false,
        };
        match self.tokens.next_if(fits) {
            Some(token) => Ok(token.kind),
            None => Err(self.expected("a value")),
        }
    }

    fn order(&mut self) -> Result<Vec<Order>, CqlError> {
        if !self.keyword("by") {
            return Err(self.expected("`by`"));
        }
        let mut order = Vec::new();
        loop {
            let field = self.name("a field")?;
            let direction = match (self.keyword("asc"), self.keyword("desc")) {
                (true, false) => Some(Direction::Ascending),
                (false, true) => Some(Direction::Descending),
                (false, false) => None,
                (true, true) => return Err(self.expected("`,` or the end")),
            };
            order.push(Order { field, direction });
            if !self.takes(&Kind::Comma) {
                return Ok(order);
            }
        }
    }

    fn name(&mut self, expected: &'static str) -> Result<String, CqlError> {
        let fits = |token: &Token| matches!(&token.kind, Kind::Word(word) if is_name(word));
        match self.tokens.next_if(fits).map(|token| token.kind) {
            Some(Kind::Word(word)) => Ok(word),
            _ => Err(self.expected(expected)),
        }
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let fits = |token: &Token| matches!(&token.kind, Kind::Word(word) if word.eq_ignore_ascii_case(keyword));
        self.tokens.next_if(fits).is_some()
    }

    fn takes(&mut self, kind: &Kind) -> bool {
        self.tokens.next_if(|token| token.kind == *kind).is_some()
    }

    fn closes(&mut self) -> Result<(), CqlError> {
        if self.takes(&Kind::Closes) { Ok(()) } else { Err(self.expected("`)`")) }
    }

    fn expected(&mut self, expected: &'static str) -> CqlError {
        CqlError::Expected { at: self.tokens.peek().map_or(self.end, |token| token.at), expected }
    }
}

fn joined(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

fn plain(word: String) -> Value {
    if word.bytes().all(|byte| byte.is_ascii_digit()) { Value::Number(word) } else { Value::Text(word) }
}

/// Whether a word is a keyword.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

/// Names of fields and functions, such as `space.type` and `currentUser`.
fn is_name(word: &str) -> bool {
    word.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && !is_reserved(word)
}
