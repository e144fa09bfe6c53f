//! Case and accents taken off, so that `Straße`, `STRASSE` and `strasse` are one word.

use icu_normalizer::DecomposingNormalizerBorrowed;

/// The text in small letters, without accents, wide letters made narrow.
pub(in crate::index) fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    fold_into(text, &mut plain);
    plain
}

/// Adds the folded text.
pub(super) fn fold_into(text: &str, plain: &mut String) {
    if text.is_ascii() {
        plain.extend(text.chars().map(|sign| sign.to_ascii_lowercase()));
        return;
    }
    for sign in text.chars() {
        fold_sign(sign, plain);
    }
}

fn fold_sign(sign: char, plain: &mut String) {
    if sign.is_ascii() {
        return plain.push(sign.to_ascii_lowercase());
    }
    if let Some(written) = spelled(sign) {
        return plain.push_str(written);
    }
    // Scripts of Asia would fall into parts that are no letters: their syllables stay whole.
    if !matches!(sign, '\u{c0}'..='\u{58f}' | '\u{1e00}'..='\u{1fff}' | '\u{fb00}'..='\u{fb06}' | '\u{ff00}'..='\u{ff5e}')
    {
        plain.extend(sign.to_lowercase());
        return;
    }
    for part in DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(std::iter::once(sign)) {
        if !is_mark(part) {
            plain.extend(part.to_lowercase().filter(|lower| !is_mark(*lower)));
        }
    }
}

/// Marks that are written over or under a letter.
pub(super) fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Letters that are no letter with an accent, as people write them without them.
fn spelled(sign: char) -> Option<&'static str> {
    Some(match sign {
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'ø' | 'Ø' => "o",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ł' | 'Ł' => "l",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        'ħ' | 'Ħ' => "h",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_are_taken_off() {
        for (written, plain) in [
            ("Straße", "strasse"),
            ("CAFÉ", "cafe"),
            ("cafe\u{301}", "cafe"),
            ("Łódź", "lodz"),
            ("Ⅷ", "ⅷ"),
            ("ＶＰＮ", "vpn"),
            ("Ελλάδα", "ελλαδα"),
            ("パスワード", "パスワード"),
            ("한국어", "한국어"),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(folded(written), plain, "{written}");
        }
    }
}
