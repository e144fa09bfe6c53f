//! What lists share: how they read as text, how they go on, and the arguments of those of one space.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::confluence::api::Paging;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::SpaceName;

/// Arguments of a tool that lists something of one space.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::tools) struct OfSpace {
    /// Key or id of the space.
    pub(in crate::tools) space: SpaceName,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl OfSpace {
    /// The part of the list that is asked for.
    pub(in crate::tools) fn paging(&self) -> Paging {
        Paging::of(self.limit, self.cursor.clone())
    }
}

/// The items of a list, what is said where there are none, and the line that tells where the list goes on.
pub fn text(items: impl IntoIterator<Item = String>, none: &str, next_cursor: Option<&Cursor>) -> String {
    let mut lines: Vec<String> = items.into_iter().collect();
    if lines.is_empty() {
        lines.push(none.to_owned());
    }
    lines.extend(next_cursor.map(|cursor| format!("There is more: call again with cursor \"{cursor}\".")));
    lines.join("\n")
}

/// How many items came before, where Confluence pages a list by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start(u32);

impl Start {
    /// The number.
    pub const fn position(self) -> u32 {
        self.0
    }

    /// The same as a cursor.
    pub fn cursor(self) -> Option<Cursor> {
        self.0.to_string().parse().ok()
    }

    /// Where the next part starts: only where this one was full, for an answer that is not full is the last.
    pub fn after(self, limit: Limit, got: usize) -> Option<Self> {
        (got >= usize::from(limit.get())).then(|| Self(self.0.saturating_add(limit.get().into())))
    }
}

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let digits = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let start = if digits { text.parse().ok() } else { None };
        start.map(Self).ok_or_else(|| de::Error::custom("pass next_cursor exactly as the last answer gave it"))
    }
}

impl JsonSchema for Start {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Start".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_part_of_a_list_still_says_how_to_go_on() {
        let cursor = "c".parse().unwrap();
        assert_eq!(text([], "none here", Some(&cursor)), "none here\nThere is more: call again with cursor \"c\".");
        assert_eq!(text(["- a".to_owned(), "- b".to_owned()], "none here", None), "- a\n- b");
    }

    #[test]
    fn a_full_part_is_followed_by_another() {
        let limit: Limit = serde_json::from_str("2").unwrap();
        assert_eq!(Start(4).after(limit, 2), Some(Start(6)));
        assert_eq!(Start(4).after(limit, 1), None);
        assert!(serde_json::from_str::<Start>("\"-1\"").is_err());
        assert!(serde_json::from_str::<Start>("\"\"").is_err());
    }
}
