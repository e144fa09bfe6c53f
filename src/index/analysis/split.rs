//! Where words begin and end: names with dots, dashes and slashes whole and in parts, scripts without spaces in pairs.

use std::ops::Range;

use super::fold::{fold_into, is_mark};

/// Bytes of a word; the rest of a longer one is not looked at.
const LONGEST: usize = 80;
/// Bytes of a name that is kept whole beside its parts.
const LONGEST_WHOLE: usize = 160;

/// What a token is to its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::index) enum Role {
    /// A word at a place of its own.
    Word,
    /// Two signs of a script without spaces, or the only one.
    Unspaced,
    /// A whole name, at the place of its first part.
    Whole,
    /// Something else that the same place is found by.
    Beside,
}

/// A token of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::index) struct Token {
    /// The folded word.
    pub(in crate::index) text: String,
    /// Where it stands, in bytes.
    pub(in crate::index) range: Range<usize>,
    /// Its place, counted from the begin of its lump.
    pub(in crate::index) place: usize,
    /// What it is.
    pub(in crate::index) role: Role,
}

/// Runs of signs that belong together: words with what joins them, or one script without spaces.
pub(in crate::index) fn lumps(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let begin = at + rest.find(is_of_word)?;
        let rest = text.get(begin..)?;
        let unspaced = rest.chars().next().is_some_and(is_unspaced);
        let mut end = begin;
        let mut joints = 0;
        for (offset, sign) in rest.char_indices() {
            match Sort::of(sign) {
                Sort::Word if is_unspaced(sign) != unspaced => break,
                Sort::Word => {
                    joints = 0;
                    end = begin + offset + sign.len_utf8();
                }
                Sort::Mark if joints == 0 => end = begin + offset + sign.len_utf8(),
                Sort::Joint if !unspaced && joints < 3 => joints += 1,
                _ => break,
            }
        }
        at = end;
        Some(begin..end)
    })
}

/// The tokens of one lump of that text, in the order of their places.
pub(in crate::index) fn tokens(text: &str, lump: Range<usize>, found: &mut Vec<Token>) {
    let Some(written) = text.get(lump.clone()) else { return };
    if written.chars().next().is_some_and(is_unspaced) {
        return pairs(written, lump.start, found);
    }
    if written.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return word(written, lump, 0, found);
    }
    let first = found.len();
    let mut place = 0;
    for part in parts(written) {
        let range = lump.start + part.start..lump.start + part.end;
        let before = found.len();
        word(written.get(part).unwrap_or_default(), range, place, found);
        place += usize::from(found.len() > before);
    }
    if place > 1 && written.len() <= LONGEST_WHOLE {
        let mut whole = String::with_capacity(written.len());
        fold_into(written, &mut whole);
        found.insert(first, Token { text: whole, range: lump, place: 0, role: Role::Whole });
    }
}

/// The runs of letters and digits of a lump. An apostrophe with one `s` belongs to nothing, others to their word.
fn parts(lump: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = lump.get(at..)?;
            let begin = at + rest.find(is_of_word)?;
            let rest = lump.get(begin..)?;
            let end = rest.find(|sign| !is_of_word(sign) && !is_mark(sign)).map_or(lump.len(), |end| begin + end);
            let owned = lump.get(..begin).is_some_and(|before| before.ends_with(['\'', '’']) && before.len() > 1);
            at = end;
            if !(owned && matches!(rest.get(..end - begin), Some("s" | "S"))) {
                return Some(begin..end);
            }
        }
    })
}

fn word(written: &str, range: Range<usize>, place: usize, found: &mut Vec<Token>) {
    let cut = cut(written);
    let mut text = String::with_capacity(cut.len());
    fold_into(cut, &mut text);
    text.retain(|sign| !is_mark(sign));
    if text.is_empty() {
        return;
    }
    // A version is asked for with and without its letter.
    let number =
        text.strip_prefix('v').filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let number = number.map(str::to_owned);
    found.push(Token { text, range: range.clone(), place, role: Role::Word });
    let beside = |text: String| Token { text, range: range.clone(), place, role: Role::Beside };
    found.extend(number.map(beside));
    // Most words have none, and this is asked of each.
    if cut.bytes().skip(1).any(|byte| byte.is_ascii_uppercase()) {
        found.extend(humps(cut).map(str::to_ascii_lowercase).map(beside));
    }
}

/// The parts of `GlobalProtect`, where there are several and none is short.
fn humps(word: &str) -> impl Iterator<Item = &str> {
    let bytes = word.as_bytes();
    let rises = |at: &usize| {
        let of = |at: usize| bytes.get(at).copied().unwrap_or_default();
        of(at - 1).is_ascii_lowercase() && of(*at).is_ascii_uppercase()
    };
    let mut edges = vec![0];
    if word.is_ascii() {
        edges.extend((1..bytes.len()).filter(rises));
    }
    edges.push(bytes.len());
    let all: Vec<&str> = edges.windows(2).filter_map(|pair| word.get(*pair.first()?..*pair.last()?)).collect();
    let several = all.len() > 1 && all.iter().all(|hump| hump.len() >= 3);
    all.into_iter().filter(move |_| several)
}

fn pairs(written: &str, start: usize, found: &mut Vec<Token>) {
    let signs: Vec<(usize, char)> = written.char_indices().filter(|(_, sign)| !is_mark(*sign)).collect();
    let mut token = |from: usize, to: usize, place: usize, role: Role| {
        let Some(written) = written.get(from..to) else { return };
        let mut text = String::new();
        fold_into(written, &mut text);
        found.push(Token { text, range: start + from..start + to, place, role });
    };
    let end = |(at, sign): (usize, char)| at + sign.len_utf8();
    for (place, sign) in signs.iter().enumerate() {
        match signs.get(place + 1) {
            Some(next) => {
                token(sign.0, end(*next), place, Role::Unspaced);
                token(sign.0, end(*sign), place, Role::Beside);
            }
            None if place == 0 => token(sign.0, end(*sign), place, Role::Unspaced),
            None => token(sign.0, end(*sign), place, Role::Beside),
        }
    }
}

fn cut(written: &str) -> &str {
    if written.len() <= LONGEST {
        return written;
    }
    written.get(..written.floor_char_boundary(LONGEST)).unwrap_or_default()
}

/// What a sign is to a lump.
#[derive(Clone, Copy)]
enum Sort {
    Word,
    Joint,
    Mark,
    Other,
}

impl Sort {
    /// Those of ASCII, for nearly every sign of a text is one.
    const ASCII: [Self; 128] = {
        let mut sorts = [Self::Other; 128];
        let mut left = 128_u8;
        let mut all = sorts.as_mut_slice();
        while let Some((last, before)) = all.split_last_mut() {
            left -= 1;
            if left.is_ascii_alphanumeric() {
                *last = Self::Word;
            } else if is_joint(left as char) {
                *last = Self::Joint;
            }
            all = before;
        }
        sorts
    };

    fn of(sign: char) -> Self {
        match Self::ASCII.get(sign as usize) {
            Some(sort) => *sort,
            None if is_of_word(sign) => Self::Word,
            None if is_mark(sign) => Self::Mark,
            None if is_joint(sign) => Self::Joint,
            None => Self::Other,
        }
    }
}

fn is_of_word(sign: char) -> bool {
    sign.is_alphanumeric()
}

/// What joins the parts of hosts, paths, versions, addresses, codes and hyphenated words.
const fn is_joint(sign: char) -> bool {
    matches!(sign, '.' | '-' | '_' | '/' | '\\' | ':' | '@' | '+' | '#' | '\'' | '’' | '‐' | '‑')
}

/// Scripts whose words no space parts.
fn is_unspaced(sign: char) -> bool {
    sign >= '\u{e00}'
        && matches!(sign,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3031}'..='\u{3035}' | '\u{3040}'..='\u{318f}'
        | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        for lump in lumps(text) {
            tokens(text, lump, &mut all);
        }
        all.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn names_are_found_whole_and_by_their_parts() {
        for (text, words) in [
            ("Reset it.", &["reset", "it"][..]),
            ("0x80070005", &["0x80070005"]),
            ("(ERR_CONNECTION_RESET)", &["err_connection_reset", "err", "connection", "reset"]),
            ("E-1042,", &["e-1042", "e", "1042"]),
            ("srv-dc01.acme.local", &["srv-dc01.acme.local", "srv", "dc01", "acme", "local"]),
            (r"`C:\Windows\System32`", &[r"c:\windows\system32", "c", "windows", "system32"]),
            ("/etc/nginx/nginx.conf", &["etc/nginx/nginx.conf", "etc", "nginx", "nginx", "conf"]),
            ("v2.3.1", &["v2.3.1", "v2", "2", "3", "1"]),
            ("GlobalProtect", &["globalprotect", "global", "protect"]),
            ("iPhone's", &["iphone"]),
            ("don't", &["don't", "don", "t"]),
            ("密码重置", &["密码", "密", "码重", "码", "重置", "重", "置"]),
            ("VPN接続", &["vpn", "接続", "接", "続"]),
            ("cafe\u{301}s", &["cafes"]),
            ("**bold** _soft_ a--b", &["bold", "soft", "a--b", "a", "b"]),
        ] {
            assert_eq!(found(text), words, "{text}");
        }
    }

    #[test]
    fn a_monstrous_word_costs_its_begin() {
        let words = found(&"a".repeat(1 << 20));
        assert_eq!(words, ["a".repeat(LONGEST)]);
        assert_eq!(found(&"é".repeat(1 << 20)).len(), 1);
    }
}
