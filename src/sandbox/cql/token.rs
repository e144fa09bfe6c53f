//! Splits a CQL query into words, quoted texts, operators and parentheses.

/// One piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word: a keyword, a field, a function or an unquoted value.
    Word(String),
    /// A quoted text, its escapes undone.
    Quoted(String),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// A comparison sign.
    Operator(Operator),
}

/// How a field is compared with its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `~`.
    Contains,
    /// `!~`.
    Lacks,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
}

/// The tokens of `cql`, or why it has none.
pub(super) fn tokens(cql: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = cql.chars().peekable();
    while let Some(character) = rest.next() {
        let follows_equal = rest.peek() == Some(&'=');
        let token = match character {
            space if space.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '=' => Token::Operator(Operator::Equal),
            '~' => Token::Operator(Operator::Contains),
            '>' | '<' | '!' if follows_equal => {
                rest.next();
                Token::Operator(match character {
                    '>' => Operator::AtLeast,
                    '<' => Operator::AtMost,
                    _ => Operator::NotEqual,
                })
            }
            '>' => Token::Operator(Operator::Greater),
            '<' => Token::Operator(Operator::Less),
            '!' if rest.peek() == Some(&'~') => {
                rest.next();
                Token::Operator(Operator::Lacks)
            }
            '"' | '\'' => Token::Quoted(quoted(&mut rest, character)?),
            first if is_bare(first) => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|next| is_bare(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            other => return Err(format!("the character `{}` must be quoted", other.escape_default())),
        };
        found.push(token);
    }
    Ok(found)
}

fn is_bare(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | ':' | '/' | '@' | '#')
}

fn quoted(rest: &mut impl Iterator<Item = char>, end: char) -> Result<String, String> {
    let mut text = String::new();
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(escaped) => text.push(escaped),
                None => break,
            },
            close if close == end => return Ok(text),
            other => text.push(other),
        }
    }
    Err("a quoted text does not end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_in_both_kinds_of_quotes_are_undone() {
        let found = tokens(r#"title ~ "a \"b\" \\c" and x='it\'s'"#).unwrap();
        assert!(found.contains(&Token::Quoted(r#"a "b" \c"#.to_owned())));
        assert!(found.contains(&Token::Quoted("it's".to_owned())));
    }

    #[test]
    fn an_open_quote_and_a_stray_sign_are_refused() {
        assert!(tokens(r#"title ~ "abc"#).is_err());
        assert!(tokens(r#"title ~ "abc\"#).is_err());
        assert!(tokens("title ~ a*b").is_err());
        assert!(tokens("a ; b").is_err());
    }
}
