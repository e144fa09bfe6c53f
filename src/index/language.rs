//! The language of searches: words, phrases, `AND`, `OR`, `NOT`, `-`, `prefix*`, parentheses. Nothing is a mistake in it.

mod signs;

use super::analysis::{Meant, folded, meant};
use signs::{Sign, signs};

/// Bytes of a search that are looked at.
const LONGEST: usize = 2_000;
/// Words, phrases and prefixes of one search; more are left out.
const MOST_WORDS: usize = 32;
/// Prefixes of one search; more are searched as words.
const MOST_PREFIXES: usize = 4;
/// Parentheses inside each other; deeper ones are passed over.
const DEEPEST: usize = 12;
/// Letters of a prefix.
const SHORTEST_PREFIX: usize = 2;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// One word, or a name with parts.
    Word(Meant),
    /// Words one after the other.
    Phrase(Vec<Meant>),
    /// Words that begin so.
    Prefix(String),
    /// Several things.
    Group(Vec<(How, Asked)>),
    /// One of these.
    Any(Vec<Asked>),
}

/// How a thing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It should be there.
    Preferred,
    /// It must be there.
    Required,
    /// It must not be there.
    Excluded,
}

/// Reads a search; `None` where there is nothing to look for.
pub(super) fn asked(text: &str) -> Option<Asked> {
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    let mut reading = Reading { signs: signs(text), at: 0, words: 0, prefixes: 0 };
    let mut all = Vec::new();
    // A closing parenthesis that nothing opened ends a part of it, and no more.
    while reading.at < reading.signs.len() {
        all.extend(reading.any(0));
        reading.at += 1;
    }
    let asked = match all.len() {
        0 | 1 => all.pop(),
        _ => Some(Asked::Group(all.into_iter().flat_map(preferred).collect())),
    };
    asked.map(without_filling)
}

/// Whether anything is asked to be there, so that one document can fit better than another.
pub(super) fn ranks(asked: &Asked) -> bool {
    match asked {
        Asked::Group(parts) => parts.iter().any(|(how, one)| *how != How::Excluded && ranks(one)),
        Asked::Any(choices) => choices.iter().any(ranks),
        _ => true,
    }
}

/// The parts of something that was asked for on the top, which are preferred like those beside it.
fn preferred(asked: Asked) -> Vec<(How, Asked)> {
    match asked {
        Asked::Group(parts) => parts,
        one => vec![(How::Preferred, one)],
    }
}

struct Reading {
    signs: Vec<Sign>,
    at: usize,
    words: usize,
    prefixes: usize,
}

impl Reading {
    fn peek(&self) -> Option<&Sign> {
        self.signs.get(self.at)
    }

    fn any(&mut self, depth: usize) -> Option<Asked> {
        let mut choices: Vec<Asked> = self.group(depth).into_iter().collect();
        while self.peek() == Some(&Sign::Or) {
            self.at += 1;
            choices.extend(self.group(depth));
        }
        if choices.len() > 1 { Some(Asked::Any(choices)) } else { choices.pop() }
    }

    fn group(&mut self, depth: usize) -> Option<Asked> {
        let mut parts: Vec<(How, Asked)> = Vec::new();
        let mut required = false;
        let mut excluded = false;
        while let Some(sign) = self.peek().cloned() {
            match sign {
                Sign::Or | Sign::Close => break,
                Sign::And => {
                    if let Some((how @ How::Preferred, _)) = parts.last_mut() {
                        *how = How::Required;
                    }
                    required = !parts.is_empty();
                    self.at += 1;
                    continue;
                }
                Sign::Not => {
                    excluded = true;
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            let how = match (excluded, required) {
                (true, _) => How::Excluded,
                (_, true) => How::Required,
                _ => How::Preferred,
            };
            let found = self.unit(sign, depth);
            if !found.is_empty() {
                (required, excluded) = (false, false);
            }
            parts.extend(found.into_iter().map(|one| (how, one)));
        }
        match parts.len() {
            0 => None,
            1 if parts.iter().all(|(how, _)| *how != How::Excluded) => parts.pop().map(|(_, one)| one),
            _ => Some(Asked::Group(parts)),
        }
    }

    fn unit(&mut self, sign: Sign, depth: usize) -> Vec<Asked> {
        match sign {
            Sign::Open if depth < DEEPEST => {
                let found = self.any(depth + 1);
                if self.peek() == Some(&Sign::Close) {
                    self.at += 1;
                }
                found.into_iter().collect()
            }
            Sign::Word(word) => self.word(&word),
            Sign::Phrase(words) => {
                let words = meant(&words);
                if words.len() < 2 {
                    self.words(words)
                } else {
                    self.counted(Asked::Phrase(words)).into_iter().collect()
                }
            }
            _ => Vec::new(),
        }
    }

    fn word(&mut self, word: &str) -> Vec<Asked> {
        if let Some(prefix) = prefix(word)
            && self.prefixes < MOST_PREFIXES
        {
            self.prefixes += 1;
            return self.counted(Asked::Prefix(prefix)).into_iter().collect();
        }
        let words = meant(word);
        self.words(words)
    }

    fn words(&mut self, words: Vec<Meant>) -> Vec<Asked> {
        words.into_iter().map_while(|word| self.counted(Asked::Word(word))).collect()
    }

    fn counted(&mut self, asked: Asked) -> Option<Asked> {
        self.words += 1;
        (self.words <= MOST_WORDS).then_some(asked)
    }
}

/// What `word*` begins with.
fn prefix(word: &str) -> Option<String> {
    let begin = word.strip_suffix('*')?.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    let plain = !begin.contains('*') && begin.ends_with(|sign: char| sign.is_alphanumeric());
    (plain && begin.chars().count() >= SHORTEST_PREFIX).then(|| folded(begin))
}

/// Leaves out words that every text has, where others are asked for too.
fn without_filling(asked: Asked) -> Asked {
    let Asked::Group(parts) = asked else { return asked };
    let fills =
        |(how, one): &(How, Asked)| *how == How::Preferred && matches!(one, Asked::Word(word) if is_filling(word));
    let says = |part: &(How, Asked)| part.0 != How::Excluded && !fills(part);
    if !parts.iter().any(says) {
        return Asked::Group(parts);
    }
    Asked::Group(parts.into_iter().filter(|part| !fills(part)).collect())
}

fn is_filling(word: &Meant) -> bool {
    const FILLING: [&str; 58] = [
        "a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "could", "do", "does", "for",
        "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or",
        "our", "please", "should", "so", "that", "the", "their", "them", "there", "they", "this", "to", "was", "we",
        "were", "what", "when", "where", "which", "who", "why", "will", "with", "would", "you",
    ];
    word.whole.is_none() && matches!(word.parts.as_slice(), [one] if FILLING.binary_search(&one.as_str()).is_ok())
}

#[cfg(test)]
mod tests;
