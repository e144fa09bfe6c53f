//! Word search as `text ~ "…"` asks for it: words, phrases, wildcards, or, not.

/// Longest word the index keeps in one piece, in bytes.
const LONGEST_WORD: usize = 255;

/// Longest phrase that is looked for, in words.
const LONGEST_PHRASE: usize = 64;

/// A text cut into lower-case words.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    text: String,
    spans: Vec<(usize, usize)>,
}

impl Words {
    /// The words of `text`.
    pub(super) fn of(text: &str) -> Words {
        let mut words = Words { text: String::with_capacity(text.len()), spans: Vec::new() };
        let mut start = 0;
        for character in text.chars() {
            if character.is_ascii_alphanumeric() && words.text.len() - start < LONGEST_WORD {
                words.text.push(character.to_ascii_lowercase());
                continue;
            }
            let belongs = character.is_alphanumeric() || character == '_';
            if !belongs || words.text.len() - start >= LONGEST_WORD {
                words.close(start);
                start = words.text.len();
            }
            if belongs {
                words.text.extend(character.to_lowercase());
            }
        }
        words.close(start);
        words
    }

    fn close(&mut self, start: usize) {
        if self.text.len() > start {
            self.spans.push((start, self.text.len()));
        }
    }

    fn get(&self, index: usize) -> Option<&str> {
        let (start, end) = *self.spans.get(index)?;
        self.text.get(start..end)
    }

    /// How often the sequence `pattern` stands in the words.
    fn count(&self, pattern: &[Pattern]) -> usize {
        (0..self.spans.len())
            .filter(|start| {
                pattern
                    .iter()
                    .enumerate()
                    .all(|(offset, part)| self.get(start + offset).is_some_and(|word| part.matches(word)))
            })
            .count()
    }
}

/// How a plain word of a query meets a word of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordMatch {
    /// The word, in singular or plural.
    Whole,
    /// The beginning of the word, as names are found.
    Beginning,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Word(String),
    Wildcard(Vec<char>),
}

impl Pattern {
    fn matches(&self, word: &str) -> bool {
        match self {
            Pattern::Word(wanted) => same_stem(wanted, word),
            Pattern::Wildcard(pattern) => wildcard(pattern, word),
        }
    }
}

fn same_stem(wanted: &str, word: &str) -> bool {
    let (short, long) = if wanted.len() <= word.len() { (wanted, word) } else { (word, wanted) };
    match long.strip_prefix(short) {
        Some("") => true,
        Some("s" | "es") => short.chars().count() >= 3 && !short.ends_with(|last: char| last.is_numeric()),
        _ => false,
    }
}

fn wildcard(pattern: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let (mut at, mut here) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(character) = word.get(here) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(part) if *part == '?' || part == character => {
                at += 1;
                here += 1;
            }
            _ => match star {
                Some((star_at, star_here)) => {
                    star = Some((star_at, star_here + 1));
                    at = star_at + 1;
                    here = star_here + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|part| *part == '*'))
}

/// What a text clause looks for: alternatives, each of words that must and must not be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TextQuery {
    alternatives: Vec<Vec<Term>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    pattern: Vec<Pattern>,
    excluded: bool,
}

impl TextQuery {
    /// Reads the value of a text clause; every value can be read.
    pub(super) fn new(value: &str, word_match: WordMatch) -> TextQuery {
        let mut alternatives = vec![Vec::new()];
        let mut excluded = false;
        for piece in pieces(value) {
            match piece {
                Piece::Bare(word) if word == "OR" || word == "||" => alternatives.push(Vec::new()),
                Piece::Bare(word) if word == "AND" || word == "&&" => {}
                Piece::Bare(word) if word == "NOT" => excluded = true,
                Piece::Bare(word) => {
                    let negative = word.strip_prefix(['-', '!']);
                    excluded |= negative.is_some();
                    let word = negative.unwrap_or(word.strip_prefix('+').unwrap_or(&word));
                    push(&mut alternatives, patterns(word, word_match), &mut excluded);
                }
                Piece::Phrase(phrase) => push(&mut alternatives, patterns(&phrase, WordMatch::Whole), &mut excluded),
            }
        }
        alternatives.retain(|terms| terms.iter().any(|term| !term.excluded));
        TextQuery { alternatives }
    }

    /// How often the words stand in `texts`; zero when they do not match.
    pub(super) fn occurrences(&self, texts: &[&Words]) -> usize {
        self.alternatives.iter().map(|terms| found(terms, texts)).sum()
    }
}

fn found(terms: &[Term], texts: &[&Words]) -> usize {
    let mut total = 0;
    for term in terms {
        let count: usize = texts.iter().map(|words| words.count(&term.pattern)).sum();
        if (count == 0) != term.excluded {
            return 0;
        }
        total += count;
    }
    total
}

fn push(alternatives: &mut [Vec<Term>], pattern: Vec<Pattern>, excluded: &mut bool) {
    if let (Some(terms), false) = (alternatives.last_mut(), pattern.is_empty()) {
        terms.push(Term { pattern, excluded: *excluded });
    }
    *excluded = false;
}

enum Piece {
    Bare(String),
    Phrase(String),
}

fn pieces(value: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = value.trim_start();
    while !rest.is_empty() {
        rest = if let Some(phrase) = rest.strip_prefix('"') {
            let (inside, after) = phrase.split_once('"').unwrap_or((phrase, ""));
            found.push(Piece::Phrase(inside.to_owned()));
            after
        } else {
            let end = rest.find(|character: char| character.is_whitespace() || character == '"').unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            found.push(Piece::Bare(word.to_owned()));
            after
        }
        .trim_start();
    }
    found
}

fn patterns(text: &str, word_match: WordMatch) -> Vec<Pattern> {
    let separated = |character: char| !(character.is_alphanumeric() || matches!(character, '_' | '*' | '?'));
    text.split(separated)
        .filter(|part| part.chars().any(|character| !matches!(character, '*' | '?')) || *part == "*")
        .take(LONGEST_PHRASE)
        .map(|part| {
            let mut lower: String = part.to_lowercase().chars().take(LONGEST_WORD).collect();
            if word_match == WordMatch::Beginning && !lower.ends_with('*') {
                lower.push('*');
            }
            if lower.contains(['*', '?']) { Pattern::Wildcard(lower.chars().collect()) } else { Pattern::Word(lower) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occurrences(query: &str, text: &str) -> usize {
        TextQuery::new(query, WordMatch::Whole).occurrences(&[&Words::of(text)])
    }

    #[test]
    fn words_phrases_wildcards_and_alternatives_are_found() {
        let text = "Restart vpn-gw-01 after ERR_TLS_691. The printer queue on PRN-LIS-04 stalls; restart the queue.";
        for (query, expected) in [
            ("restart", 2),
            ("RESTART queue", 4),
            ("printers", 1),
            ("print", 0),
            ("print*", 1),
            ("p?inter", 1),
            ("vpn-gw-01", 1),
            ("vpn-gw-02", 0),
            ("err_tls_691", 1),
            ("\"printer queue\"", 1),
            ("\"queue printer\"", 0),
            ("missing OR queue", 2),
            ("queue -printer", 0),
            ("queue NOT absent", 2),
            ("queue AND absent", 0),
            ("-queue", 0),
            ("", 0),
            ("!!! ???", 0),
        ] {
            assert_eq!(occurrences(query, text), expected, "{query}");
        }
    }

    #[test]
    fn many_stars_against_a_long_word_end_soon() {
        let text = "a".repeat(100_000);
        assert_eq!(occurrences(&format!("{}b", "*a".repeat(120)), &text), 0);
    }

    #[test]
    fn names_are_found_by_their_beginning() {
        let query = TextQuery::new("an", WordMatch::Beginning);
        assert_eq!(query.occurrences(&[&Words::of("Ines Andrade")]), 1);
        assert_eq!(query.occurrences(&[&Words::of("Joanna Dahl")]), 0);
    }
}
