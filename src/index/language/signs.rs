//! A search taken apart: words, phrases, operators, parentheses.

/// A part of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Whatever stands between spaces.
    Word(String),
    /// What stands between quotation marks.
    Phrase(String),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// The parts in order.
pub(super) fn signs(text: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { break };
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            '(' => signs.push(Sign::Open),
            ')' => signs.push(Sign::Close),
            '"' | '“' | '”' | '„' => {
                // A mark that nothing closes is none.
                if let Some((words, left)) = after.split_once(['"', '”', '“']) {
                    signs.push(Sign::Phrase(words.to_owned()));
                    rest = left;
                    continue;
                }
            }
            '-' | '!' if after.starts_with(|next: char| next.is_alphanumeric() || next == '"' || next == '(') => {
                signs.push(Sign::Not);
            }
            '+' if after.starts_with(|next: char| next.is_alphanumeric() || next == '"') => signs.push(Sign::And),
            _ => {
                let end =
                    rest.find(|sign: char| sign.is_whitespace() || "()\"“”„".contains(sign)).unwrap_or(rest.len());
                let (word, left) = rest.split_at(end);
                signs.push(match word {
                    "AND" | "&&" => Sign::And,
                    "OR" | "||" => Sign::Or,
                    "NOT" => Sign::Not,
                    word => Sign::Word(word.to_owned()),
                });
                rest = left;
                continue;
            }
        }
        rest = after;
    }
    plain(signs)
}

/// Operators that stand where nothing can follow or go before are words.
fn plain(mut signs: Vec<Sign>) -> Vec<Sign> {
    let lone = |sign: &Sign| matches!(sign, Sign::And | Sign::Or | Sign::Not);
    while signs.last().is_some_and(lone) {
        signs.pop();
    }
    let leading = signs.iter().take_while(|sign| matches!(sign, Sign::Or)).count();
    signs.drain(..leading);
    signs
}
