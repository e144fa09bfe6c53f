//! Cuts a query into words, quoted texts and signs.

use crate::domain::text::is_invisible;

use super::{CqlError, LENGTH, Operator};

/// A piece of a query and where it begins, counting characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something without quotation marks: a keyword, a field or a value.
    Word(String),
    /// Something between quotation marks.
    Text(String),
    Operator(Operator),
    Opens,
    Closes,
    Comma,
}

type Signs<'a> = std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'a>>>;

/// The pieces of a query.
pub(super) fn tokens(query: &str) -> Result<Vec<Token>, CqlError> {
    if query.chars().nth(LENGTH).is_some() {
        return Err(CqlError::TooLong);
    }
    let mut tokens = Vec::new();
    let mut signs: Signs<'_> = query.chars().enumerate().peekable();
    while let Some((index, sign)) = signs.next() {
        let at = index + 1;
        let kind = match sign {
            ' ' | '\t' | '\n' | '\r' => continue,
            '(' => Kind::Opens,
            ')' => Kind::Closes,
            ',' => Kind::Comma,
            '"' | '\'' => Kind::Text(quoted(sign, at, &mut signs)?),
            '=' | '!' | '~' | '<' | '>' => Kind::Operator(operator(sign, at, &mut signs)?),
            first if in_word(first) => Kind::Word(word(first, &mut signs)),
            _ => return Err(CqlError::Sign { at }),
        };
        tokens.push(Token { kind, at });
    }
    Ok(tokens)
}

/// Letters and digits of any script, and signs that join them in dates, versions and names of functions.
fn in_word(sign: char) -> bool {
    (sign.is_alphanumeric() || matches!(sign, '_' | '-' | '+' | '.' | '/' | ':' | '@' | '*')) && !is_invisible(sign)
}

fn word(first: char, signs: &mut Signs<'_>) -> String {
    let mut word = String::from(first);
    while let Some((_, sign)) = signs.next_if(|(_, sign)| in_word(*sign)) {
        word.push(sign);
    }
    word
}

fn operator(first: char, at: usize, signs: &mut Signs<'_>) -> Result<Operator, CqlError> {
    let mut follows = |wanted: char| signs.next_if(|(_, sign)| *sign == wanted).is_some();
    match first {
        '=' => Ok(Operator::Equals),
        '~' => Ok(Operator::Contains),
        '!' if follows('=') => Ok(Operator::Differs),
        '!' if follows('~') => Ok(Operator::Lacks),
        '>' if follows('=') => Ok(Operator::AtLeast),
        '>' => Ok(Operator::Above),
        '<' if follows('=') => Ok(Operator::AtMost),
        '<' => Ok(Operator::Below),
        _ => Err(CqlError::Sign { at }),
    }
}

/// Reads up to the closing mark. Other escapes than `\"`, `\'` and `\\` may mean more upstream than here.
fn quoted(mark: char, opened: usize, signs: &mut Signs<'_>) -> Result<String, CqlError> {
    let mut text = String::new();
    while let Some((index, sign)) = signs.next() {
        match sign {
            _ if sign == mark => return Ok(text),
            '\\' => match signs.next() {
                Some((_, escaped @ ('"' | '\'' | '\\'))) => text.push(escaped),
                _ => return Err(CqlError::Escape { at: index + 1 }),
            },
            _ if sign.is_control() || is_invisible(sign) => return Err(CqlError::Sign { at: index + 1 }),
            _ => text.push(sign),
        }
    }
    Err(CqlError::Open { at: opened })
}
