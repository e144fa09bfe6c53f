//! Reads a CQL query: clauses joined by and, or, not and parentheses, then the order of the results.

use super::token::{Operator, Token, tokens};

/// How deep parentheses may nest; deeper queries are refused rather than followed.
const DEEPEST: usize = 64;
/// How many clauses and values one query may have.
const MOST_PIECES: usize = 2_000;

/// Clauses joined by and, or and not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression<C> {
    /// All of them hold.
    All(Vec<Expression<C>>),
    /// One of them holds.
    Any(Vec<Expression<C>>),
    /// It does not hold.
    Not(Box<Expression<C>>),
    /// A comparison.
    Clause(C),
}

/// `field operator values`, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// Lower-case name of the field.
    pub(super) field: String,
    /// The comparison.
    pub(super) operator: Operator,
    /// One value, or the list of `in`.
    pub(super) values: Vec<Value>,
}

/// The right side of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A quoted text or a bare word.
    Literal(String),
    /// A function call.
    Function {
        /// Lower-case name.
        name: String,
        /// What stands between the parentheses.
        argument: Option<String>,
    },
}

/// One `order by` term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Lower-case name of the field.
    pub(super) field: String,
    /// Which end comes first.
    pub(super) direction: Direction,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A whole query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// What must hold; `None` for a query that only orders.
    pub(super) expression: Option<Expression<Clause>>,
    /// The order asked for; empty means by relevance.
    pub(super) order: Vec<Order>,
}

/// Reads `cql`, or says why it cannot be read.
pub(super) fn parse(cql: &str) -> Result<Query, String> {
    let tokens = tokens(cql)?;
    if tokens.len() > MOST_PIECES * 4 {
        return Err("the query is too long".to_owned());
    }
    if tokens.is_empty() {
        return Err("the query is empty".to_owned());
    }
    let mut reader = Reader { tokens: tokens.into_iter().peekable(), pieces: 0 };
    let starts_with_order = reader.peek_word("order");
    let expression = if starts_with_order { None } else { Some(reader.any(0)?) };
    let order = reader.order()?;
    match reader.tokens.next() {
        None => Ok(Query { expression, order }),
        Some(token) => Err(format!("nothing was expected at {}", shown(&token))),
    }
}

struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    pieces: usize,
}

impl Reader {
    fn peek_word(&mut self, keyword: &str) -> bool {
        matches!(self.tokens.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword))
    }

    fn take_word(&mut self, keyword: &str) -> bool {
        let found = self.peek_word(keyword);
        if found {
            self.tokens.next();
        }
        found
    }

    fn take(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }

    fn count(&mut self) -> Result<(), String> {
        self.pieces += 1;
        if self.pieces > MOST_PIECES { Err("the query has too many clauses".to_owned()) } else { Ok(()) }
    }

    fn any(&mut self, depth: usize) -> Result<Expression<Clause>, String> {
        let first = self.all(depth)?;
        let mut parts = vec![first];
        while self.take_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(joined(parts, Expression::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Expression<Clause>, String> {
        let first = self.one(depth)?;
        let mut parts = vec![first];
        while self.take_word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(joined(parts, Expression::All))
    }

    fn one(&mut self, depth: usize) -> Result<Expression<Clause>, String> {
        let mut negations = 0_usize;
        while self.take_word("not") {
            negations += 1;
        }
        let inner = if self.take(&Token::Open) {
            if depth >= DEEPEST {
                return Err("the parentheses nest too deep".to_owned());
            }
            let inside = self.any(depth + 1)?;
            if !self.take(&Token::Close) {
                return Err("a parenthesis is not closed".to_owned());
            }
            inside
        } else {
            Expression::Clause(self.clause()?)
        };
        Ok(if negations % 2 == 1 { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn clause(&mut self) -> Result<Clause, String> {
        self.count()?;
        let field = match self.tokens.next() {
            Some(Token::Word(word)) if !is_keyword(&word) => word.to_lowercase(),
            Some(token) => return Err(format!("a field was expected, not {}", shown(&token))),
            None => return Err("a field was expected at the end".to_owned()),
        };
        let operator = self.operator()?;
        let values = match operator {
            Operator::In | Operator::NotIn => self.list()?,
            _ => vec![self.value()?],
        };
        Ok(Clause { field, operator, values })
    }

    fn operator(&mut self) -> Result<Operator, String> {
        if self.take_word("not") {
            return if self.take_word("in") {
                Ok(Operator::NotIn)
            } else {
                Err("`in` was expected after `not`".to_owned())
            };
        }
        if self.take_word("in") {
            return Ok(Operator::In);
        }
        match self.tokens.next() {
            Some(Token::Operator(operator)) => Ok(operator),
            Some(token) => Err(format!("an operator was expected, not {}", shown(&token))),
            None => Err("an operator was expected at the end".to_owned()),
        }
    }

    fn list(&mut self) -> Result<Vec<Value>, String> {
        if !self.take(&Token::Open) {
            return Err("a list in parentheses was expected".to_owned());
        }
        let mut values = vec![self.value()?];
        while self.take(&Token::Comma) {
            self.count()?;
            values.push(self.value()?);
        }
        if self.take(&Token::Close) { Ok(values) } else { Err("a list is not closed".to_owned()) }
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.tokens.next() {
            Some(Token::Quoted(text)) => Ok(Value::Literal(text)),
            Some(Token::Word(word)) if !is_keyword(&word) => {
                if !self.take(&Token::Open) {
                    return Ok(Value::Literal(word));
                }
                let argument = match self.tokens.next_if(|token| *token != Token::Close) {
                    None => None,
                    Some(Token::Quoted(text) | Token::Word(text)) => Some(text),
                    Some(token) => return Err(format!("an argument was expected, not {}", shown(&token))),
                };
                if !self.take(&Token::Close) {
                    return Err(format!("the call of `{word}` is not closed"));
                }
                Ok(Value::Function { name: word.to_lowercase(), argument })
            }
            Some(token) => Err(format!("a value was expected, not {}", shown(&token))),
            None => Err("a value was expected at the end".to_owned()),
        }
    }

    fn order(&mut self) -> Result<Vec<Order>, String> {
        if !self.take_word("order") {
            return Ok(Vec::new());
        }
        if !self.take_word("by") {
            return Err("`by` was expected after `order`".to_owned());
        }
        let mut order = Vec::new();
        loop {
            self.count()?;
            let field = match self.tokens.next() {
                Some(Token::Word(word)) if !is_keyword(&word) => word.to_lowercase(),
                _ => return Err("a field was expected in the order".to_owned()),
            };
            let direction = if self.take_word("desc") {
                Direction::Descending
            } else {
                self.take_word("asc");
                Direction::Ascending
            };
            order.push(Order { field, direction });
            if !self.take(&Token::Comma) {
                return Ok(order);
            }
        }
    }
}

fn joined(
    mut parts: Vec<Expression<Clause>>,
    join: fn(Vec<Expression<Clause>>) -> Expression<Clause>,
) -> Expression<Clause> {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "order", "by", "asc", "desc"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(text) | Token::Quoted(text) => format!("`{text}`"),
        Token::Open => "`(`".to_owned(),
        Token::Close => "`)`".to_owned(),
        Token::Comma => "`,`".to_owned(),
        Token::Operator(_) => "an operator".to_owned(),
    }
}
