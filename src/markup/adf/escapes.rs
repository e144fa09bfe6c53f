//! JSON's escapes of half a character.

use std::borrow::Cow;

/// Escapes of half a character, which JSON forbids, become `\ufffd`.
pub(super) fn without_lone_surrogates(json: &str) -> Cow<'_, str> {
    let mut mended: Option<String> = None;
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')) {
        let escape = at + found;
        at = escape + 2;
        let Some(unit) = code_unit(json, escape) else {
            // Whatever was escaped may be longer than a byte.
            while at < json.len() && !json.is_char_boundary(at) {
                at += 1;
            }
            continue;
        };
        at = escape + 6;
        let is_pair = matches!(unit, 0xd800..=0xdbff)
            && code_unit(json, at).is_some_and(|second| matches!(second, 0xdc00..=0xdfff));
        if is_pair {
            at += 6;
        } else if matches!(unit, 0xd800..=0xdfff) {
            let mended = mended.get_or_insert_with(String::new);
            mended.push_str(json.get(copied..escape).unwrap_or_default());
            mended.push_str("\\ufffd");
            copied = at;
        }
    }
    match mended {
        Some(mut mended) => {
            mended.push_str(json.get(copied..).unwrap_or_default());
            Cow::Owned(mended)
        }
        None => Cow::Borrowed(json),
    }
}

/// The number of the escape `\uXXXX` that begins here.
fn code_unit(json: &str, at: usize) -> Option<u32> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::without_lone_surrogates;

    #[test]
    fn only_halves_of_characters_are_mended() {
        for (json, mended) in [
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d!""#, r#""\ufffd\ufffd!""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\é\"#, r#""\é\"#),
            (r#""\ud8"#, r#""\ud8"#),
            (r#""\"#, r#""\"#),
        ] {
            assert_eq!(without_lone_surrogates(json), mended);
        }
    }
}
