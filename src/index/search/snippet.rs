//! The piece of a body that shows best why it was found.

use std::collections::BTreeSet;
use std::ops::Range;

use super::plain::plain;
use crate::index::analysis::{Meant, Role, Token, lumps, stem, tokens};
use crate::index::language::{Asked, How, asked};
use crate::index::query::Correction;

/// Characters of a piece, about.
const LENGTH: usize = 240;
/// Bytes before the first word of a piece.
const BEFORE: usize = 60;
/// Bytes of a body that are looked at.
const LOOKED_AT: usize = 128 << 10;
/// Of stems that long, the first two letters are those of the word; `dying` has the stem `die`.
const SAME_BEGIN: usize = 4;
/// Places that are weighed.
const MOST_PLACES: usize = 40;

/// The words that are marked.
#[derive(Default)]
pub(super) struct Lights {
    stems: BTreeSet<String>,
    prefixes: Vec<String>,
    /// The bytes that such words begin with, the second where it is known; letters that are not ASCII can be any.
    begins: Vec<(u8, Option<u8>)>,
}

impl Lights {
    /// Those of a search.
    pub(super) fn of(text: &str, corrected: &[Correction]) -> Self {
        let mut lights = Self::default();
        if let Some(asked) = asked(text) {
            lights.add(&asked);
        }
        let likely = corrected.iter().flat_map(|correction| &correction.searched);
        lights.stems.extend(likely.map(|word| stem(word)));
        let stems = lights.stems.iter().map(|stem| (stem, SAME_BEGIN));
        let prefixes = lights.prefixes.iter().map(|prefix| (prefix, 2));
        let begin = |(word, sure): (&String, usize)| {
            let mut bytes = word.bytes();
            let first = bytes.next()?;
            Some((first, bytes.next().filter(|second| word.len() >= sure && second.is_ascii_alphanumeric())))
        };
        lights.begins = stems.chain(prefixes).filter_map(begin).collect();
        lights
    }

    fn add(&mut self, asked: &Asked) {
        let mut word = |word: &Meant| self.stems.extend(word.parts.iter().map(|part| stem(part)));
        match asked {
            Asked::Word(one) => word(one),
            Asked::Phrase(words) => words.iter().for_each(word),
            Asked::Prefix(begin) => {
                self.prefixes.push(begin.clone());
            }
            Asked::Group(parts) => {
                let wanted = parts.iter().filter(|(how, _)| *how != How::Excluded);
                wanted.for_each(|(_, one)| self.add(one));
            }
            Asked::Any(choices) => choices.iter().for_each(|choice| self.add(choice)),
        }
    }

    /// Whether a stretch of text can hold one of the words at all, by the letters that its parts begin with.
    fn may_light(&self, stretch: &str) -> bool {
        let mut fresh = true;
        for (at, byte) in stretch.bytes().enumerate() {
            let is_word = byte.is_ascii_alphanumeric();
            if !byte.is_ascii()
                || fresh && is_word && self.begins(byte.to_ascii_lowercase(), stretch.as_bytes().get(at + 1))
            {
                return true;
            }
            fresh = !is_word;
        }
        false
    }

    fn begins(&self, first: u8, second: Option<&u8>) -> bool {
        let same = |wanted: u8| second.is_some_and(|second| second.to_ascii_lowercase() == wanted);
        self.begins.iter().any(|(one, other)| *one == first && other.is_none_or(same))
    }

    /// The words of a text that are marked, in order, each with the stem that it has.
    fn found(&self, text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
        let mut waiting: Vec<Token> = Vec::new();
        // No lump goes over a blank, and few stretches between blanks are worth a closer look.
        let stretches = text.as_bytes().split_inclusive(u8::is_ascii_whitespace).scan(0, |end, stretch| {
            let begin = *end;
            *end += stretch.len();
            Some(begin..*end)
        });
        let written = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let stretches = stretches.filter(move |stretch| self.may_light(written(stretch)));
        let mut lumps = stretches.flat_map(move |stretch| {
            let moved = move |lump: Range<usize>| stretch.start + lump.start..stretch.start + lump.end;
            lumps(text.get(stretch.clone()).unwrap_or_default()).map(moved)
        });
        std::iter::from_fn(move || {
            loop {
                while let Some(token) = waiting.pop() {
                    if token.role == Role::Beside {
                        continue;
                    }
                    let word = if token.role == Role::Whole { token.text } else { stem(&token.text) };
                    let written = text.get(token.range.clone()).unwrap_or_default();
                    let begins = |prefix: &String| crate::index::analysis::folded(written).starts_with(prefix);
                    if self.stems.contains(&word) || self.prefixes.iter().any(begins) {
                        return Some((token.range, word));
                    }
                }
                tokens(text, lumps.next()?, &mut waiting);
                waiting.reverse();
            }
        })
    }
}

/// The piece of this body with most of the words, marked; its begin where it has none of them.
pub(super) fn of(body: &str, lights: &Lights) -> Option<String> {
    let looked_at = body.get(..body.floor_char_boundary(LOOKED_AT)).unwrap_or_default();
    let start = best(looked_at, lights).map_or(0, |at| begin(body, at));
    // What Markdown takes away leaves enough.
    let end = body.floor_char_boundary(start + 4 * LENGTH);
    let piece = plain(body.get(start..end).unwrap_or_default(), LENGTH);
    if piece.is_empty() {
        return None;
    }
    let more = end < body.len();
    let mut shown = String::with_capacity(piece.len() + 64);
    if start > 0 {
        shown.push('…');
    }
    let mut at = 0;
    for (range, _) in lights.found(&piece) {
        // Signs of scripts without spaces overlap.
        let from = range.start.max(at);
        if range.end <= from {
            continue;
        }
        shown.push_str(piece.get(at..from).unwrap_or_default());
        let word = piece.get(from..range.end).unwrap_or_default();
        match shown.strip_suffix("**").map(str::len) {
            Some(length) if from == at && at > 0 => shown.truncate(length),
            _ => shown.push_str("**"),
        }
        shown.push_str(word);
        shown.push_str("**");
        at = range.end;
    }
    shown.push_str(piece.get(at..).unwrap_or_default());
    if more && !shown.ends_with('…') {
        shown.push('…');
    }
    Some(shown)
}

/// Where the stretch begins that has most different words, the first of the best.
fn best(body: &str, lights: &Lights) -> Option<usize> {
    let places: Vec<(Range<usize>, String)> = lights.found(body).take(MOST_PLACES).collect();
    let worth = |first: usize| {
        let start = places.get(first).map_or(0, |(range, _)| range.start);
        let near = places.iter().skip(first).take_while(|(range, _)| range.end <= start + LENGTH - BEFORE);
        let words: Vec<&String> = near.map(|(_, word)| word).collect();
        let different: BTreeSet<&&String> = words.iter().collect();
        (different.len(), words.len().min(6))
    };
    let best = (0..places.len()).max_by_key(|first| (worth(*first), std::cmp::Reverse(*first)))?;
    places.get(best).map(|(range, _)| range.start)
}

/// Where a piece begins that shows this place: at its line or between words, not far before.
fn begin(body: &str, at: usize) -> usize {
    let from = body.floor_char_boundary(at.saturating_sub(BEFORE));
    if from == 0 {
        return 0;
    }
    let before = body.get(from..at).unwrap_or_default();
    let line = before.rfind('\n').map(|end| from + end + 1);
    line.or_else(|| before.find(char::is_whitespace).map(|end| from + end + 1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    //! What of a body is shown for a search.

    use super::*;

    fn shown(body: &str, words: &str) -> String {
        of(body, &Lights::of(words, &[])).unwrap_or_default()
    }

    #[test]
    fn a_snippet_shows_the_words_that_were_asked_for() {
        let far = "filler words ".repeat(500);
        let body = format!("# Begin\n\nvpn once.\n\n{far}\n\n## Reset\n\nTo reset the `VPN` passwords, call.\n\n{far}");
        let snippet = shown(&body, "reset vpn password");
        assert!(snippet.contains("To **reset** the **VPN** **passwords**, call."), "{snippet}");
        assert!(snippet.starts_with('…') && snippet.ends_with('…'), "{snippet}");
        assert!(!snippet.contains(['\n', '`', '#']), "{snippet}");
    }

    #[test]
    fn a_snippet_of_a_body_without_the_words_is_its_begin() {
        assert_eq!(shown("## Hello\n\nthere", "vpn"), "Hello there");
        assert_eq!(of("", &Lights::of("vpn", &[])), None);
    }

    #[test]
    fn names_prefixes_and_scripts_without_spaces_are_marked() {
        for (body, words, snippet) in [
            ("See srv-dc01.acme.local now", "srv-dc01.acme.local", "See **srv**-**dc01**.**acme**.**local** now"),
            ("The servers serve", "serv*", "The **servers** **serve**"),
            ("请重置密码。", "重置密码", "请**重置密码**。"),
            ("Das Café", "cafe", "Das **Café**"),
            ("no java here", "vpn -java", "no java here"),
        ] {
            assert_eq!(shown(body, words), snippet, "{words}");
        }
    }

    #[test]
    fn a_body_of_megabytes_and_one_without_spaces_have_short_snippets() {
        for body in ["a".repeat(5 << 20), "word ".repeat(1 << 20), "密".repeat(1 << 20), "`".repeat(1 << 20)] {
            assert!(shown(&body, "word a 密").chars().count() < 2_000);
        }
    }
}
