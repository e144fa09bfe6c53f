//! What plain words of a line may say: emoji by name, mentions by account id, and markers of what is kept.

use super::reader::Reading;
use crate::markup::document::{Inline, Kept};
use crate::markup::storage::known_emoji;

/// Text as Markdown gives it, and where in it a character had a backslash before it or was written as an entity.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    literal: Vec<usize>,
}

impl Words {
    /// Adds text; its first character means nothing but itself where `is_literal`.
    pub(super) fn add(&mut self, text: &str, is_literal: bool) {
        if is_literal {
            self.literal.push(self.text.len());
        }
        self.text.push_str(text);
    }

    /// The text alone.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Whether the first character means nothing but itself.
    pub(super) fn begins_literally(&self) -> bool {
        self.literal.first() == Some(&0)
    }

    /// The words with what they name.
    pub(super) fn into_line(self, reading: Reading) -> Vec<Inline> {
        let mut line = Vec::new();
        let mut plain = String::new();
        let mut before = None;
        let mut at = 0;
        while let Some(rest) = self.text.get(at..).filter(|rest| !rest.is_empty()) {
            let found = self.found(at, rest, before, reading);
            let Some((length, found)) = found else {
                let character = rest.chars().next().unwrap_or_default();
                plain.push(character);
                before = Some(character);
                at += character.len_utf8();
                continue;
            };
            before = rest.get(..length).and_then(|matched| matched.chars().next_back());
            at += length;
            match found {
                Inline::Text(text) => plain.push_str(&text),
                other => {
                    line.push(Inline::Text(std::mem::take(&mut plain)));
                    line.push(other);
                }
            }
        }
        line.push(Inline::Text(plain));
        line
    }

    fn found(&self, at: usize, rest: &str, before: Option<char>, reading: Reading) -> Option<(usize, Inline)> {
        let is_literal = |place: usize| self.literal.binary_search(&place).is_ok();
        match rest.as_bytes().first()? {
            _ if is_literal(at) => None,
            b':' => {
                let (length, character) = emoji_at(rest, before)?;
                (!is_literal(at + length - 1)).then(|| (length, Inline::Text(character.to_owned())))
            }
            b'@' => {
                let (length, account_id) = mention_at(rest)?;
                let mention = Inline::Mention { account_id: account_id.to_owned(), name: None };
                (!is_literal(at + 1)).then_some((length, mention))
            }
            b'{' if reading == Reading::ForEdit => {
                let (length, kept) = marker_at(rest)?;
                (!is_literal(at + 1)).then_some((length, Inline::Kept(kept)))
            }
            _ => None,
        }
    }
}

/// The emoji a text beginning with `:name:` shows, and the length of that.
pub(super) fn emoji_at(text: &str, before: Option<char>) -> Option<(usize, &'static str)> {
    let rest = text.strip_prefix(':')?;
    let end = rest.bytes().take(40).position(|byte| byte == b':')?;
    let (name, further) = rest.split_at(end);
    let around = |side: Option<char>| side.is_some_and(|side| side.is_alphanumeric() || side == ':');
    if around(before) || around(further.chars().nth(1)) {
        return None;
    }
    known_emoji(name).map(|character| (end + 2, character))
}

/// The account a text beginning with `@[account id]` mentions, and the length of that.
pub(super) fn mention_at(text: &str) -> Option<(usize, &str)> {
    let rest = text.strip_prefix("@[")?;
    let (account_id, _) = rest.split_once(']')?;
    let is_id = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'));
    // Either `712020:` and more, or 24 digits of the older kind.
    let is_account = match account_id.split_once(':') {
        Some((site, id)) => !id.is_empty() && !site.is_empty() && site.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        None => account_id.len() >= 20 && account_id.bytes().any(|byte| byte.is_ascii_digit()),
    };
    (is_account && is_id(account_id) && account_id.len() <= 128).then_some((account_id.len() + 3, account_id))
}

/// What a text beginning with `{{label #id}}` keeps, and the length of that.
pub(super) fn marker_at(text: &str) -> Option<(usize, Kept)> {
    let (inside, _) = text.strip_prefix("{{")?.split_once("}}")?;
    let (label, id) = inside.rsplit_once(" #")?;
    let is_id = !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'));
    let is_label = !label.trim().is_empty() && !label.contains(['\n', '{']);
    (is_id && is_label).then(|| (inside.len() + 4, Kept { label: label.trim().to_owned(), id: id.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_names_alone_are_emoji() {
        assert_eq!(emoji_at(":tick: x", None), Some((6, "✅")));
        for (text, before) in
            [("10:30:", None), (":30:", Some('0')), (":tick:a", None), (":tick:", Some('a')), ("::", None)]
        {
            assert_eq!(emoji_at(text, before), None, "{text}");
        }
    }

    #[test]
    fn only_account_ids_are_mentioned() {
        assert_eq!(mention_at("@[712020:abc-1] x"), Some((15, "712020:abc-1")));
        for text in ["@[array]", "@word", "@[]", "@[a b:c]", "@[:x]"] {
            assert_eq!(mention_at(text), None, "{text}");
        }
    }

    #[test]
    fn markers_have_a_label_and_an_id() {
        let kept = Kept { label: "macro drawio \"a #b\"".to_owned(), id: "h3f2a1".to_owned() };
        assert_eq!(marker_at("{{macro drawio \"a #b\" #h3f2a1}} x"), Some((31, kept)));
        for text in ["{{x}}", "{{ #id}}", "{{x #}}", "{{x #i d}}", "{x #id}", "{{a\nb #id}}"] {
            assert_eq!(marker_at(text), None, "{text}");
        }
    }
}
