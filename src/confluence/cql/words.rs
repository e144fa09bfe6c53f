//! Words to look for: free text that can hold no operator of CQL or of the full-text search beneath it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::domain::text::is_invisible;

/// Longest text to search for, in characters.
const LENGTH: usize = 500;

/// One or more words, separated by single blanks, none of them an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// The words of a text; `None` where there is none in it.
    pub fn of(text: &str) -> Option<Self> {
        let mut words = String::new();
        for word in text.split(|sign: char| is_operator(sign) || sign.is_whitespace() || sign.is_control()) {
            let word: String = word.chars().filter(|sign| !is_invisible(*sign)).collect();
            if !word.chars().any(char::is_alphanumeric) {
                continue;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            // In capitals these join or negate words in the full-text search; small they are words.
            match word.as_str() {
                "AND" | "OR" | "NOT" | "TO" => words.push_str(&word.to_lowercase()),
                _ => words.push_str(&word),
            }
        }
        (!words.is_empty()).then_some(Self(words))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Signs that mean something in CQL or in the full-text search: phrases, wildcards, fuzziness, ranges, groups, fields.
fn is_operator(sign: char) -> bool {
    r#"+-&|!(){}[]^"~*?:\/<>=;`"#.contains(sign)
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if text.chars().nth(LENGTH).is_some() {
            return Err(de::Error::custom("a text to search for has at most 500 characters"));
        }
        Self::of(&text).ok_or_else(|| de::Error::custom("there is no word to search for in it"))
    }
}

impl JsonSchema for Words {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 500 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::confluence::cql::{Clause, Condition, Query};

    #[test]
    fn signs_and_operators_become_plain_words() {
        let of = |text| Words::of(text).map(|words| words.0);
        assert_eq!(of(r#"vpn" or space = "HR"#).as_deref(), Some("vpn or space HR"));
        assert_eq!(of(r"C:\new\* title:secret~2 [a TO b]").as_deref(), Some("C new title secret 2 a to b"));
        assert_eq!(of("a AND NOT b\u{202e}c OR d").as_deref(), Some("a and not bc or d"));
        assert_eq!(of("Größe 10.0.0.1 漢字 naïve").as_deref(), Some("Größe 10.0.0.1 漢字 naïve"));
        assert_eq!(of(" \"*\" -- () .. ''"), None);
    }

    proptest! {
        #[test]
        fn no_text_changes_the_query_around_it(text in any::<String>()) {
            if let Some(words) = Words::of(&text) {
                let query = Query::from(Condition::Clause(Clause::contains("text", &words)));
                let printed = query.to_string();
                prop_assert_eq!(printed.matches('"').count(), 2);
                prop_assert!(!printed.contains('\\'));
                prop_assert_eq!(printed.parse::<Query>(), Ok(query));
            }
        }
    }
}
