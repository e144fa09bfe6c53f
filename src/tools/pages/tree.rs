//! The tree below a page: how deep it is read, reading it, and its lines.

use std::borrow::Cow;
use std::collections::HashMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::confluence::api::{MOST_PER_LIST, Paging, pages};
use crate::confluence::model::{Descendant, List};
use crate::domain::access::Read;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::policy::Permit;
use crate::tools::{Context, ToolError};

/// How many levels below the top are read: 1 to 10, as Confluence allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth(u8);

impl Depth {
    /// The number.
    pub(super) const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Depth {
    fn default() -> Self {
        Self(3)
    }
}

impl<'de> Deserialize<'de> for Depth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer) {
            Ok(depth @ 1..=10) => Ok(Self(depth)),
            _ => Err(de::Error::custom("a depth is a whole number from 1 to 10")),
        }
    }
}

impl JsonSchema for Depth {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Depth".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 10 })
    }
}

/// What stands below a page, as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// All of it, in any order.
    pub(super) items: Vec<Descendant>,
    /// Whether there is more at these levels than was read.
    pub(super) cut: bool,
}

/// Reads what stands below a page in at most so many requests.
pub(super) async fn below(
    top: &ContentId,
    depth: Depth,
    requests: usize,
    permit: &Permit<Read>,
    context: &Context,
) -> Result<Tree, ToolError> {
    let mut tree = Tree::default();
    let mut cursor = None;
    for _ in 0..requests {
        let paging = Paging { limit: Some(MOST_PER_LIST), cursor };
        let reply = context.client.send(permit, pages::descendants_to(top, depth.get(), &paging)).await?;
        let part: List<Descendant> = reply.json()?;
        tree.items.extend(part.results);
        cursor = reply.next_cursor();
        if cursor.is_none() {
            return Ok(tree);
        }
    }
    tree.cut = true;
    Ok(tree)
}

/// One line of an outline.
pub(super) fn line(id: &ContentId, title: &str, kind: Option<&str>, level: u32) -> String {
    let indent = "  ".repeat(usize::try_from(level.min(10)).unwrap_or_default());
    let kind = kind.filter(|kind| *kind != "page").map(|kind| format!(" · {}", quoted(kind, 20))).unwrap_or_default();
    format!("{indent}- {id} {}{kind}", quoted(title, 120))
}

/// The lines below `top`, children under their parents in the order of the tree. What lies under something that is not
/// shown comes last.
pub(super) fn lines(top: &ContentId, tree: &Tree) -> Vec<String> {
    let mut below: HashMap<&ContentId, Vec<&Descendant>> = HashMap::new();
    for item in &tree.items {
        below.entry(item.parent_id.as_ref().unwrap_or(top)).or_default().push(item);
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|item| item.child_position.unwrap_or(i64::MAX));
    }
    let mut lines = Vec::with_capacity(tree.items.len());
    // Taken out as it is walked, so that a ring in the answer ends.
    let mut open: Vec<(u32, &Descendant)> = Vec::new();
    let mut push = |open: &mut Vec<_>, id: &ContentId, level: u32| {
        open.extend(below.remove(id).unwrap_or_default().into_iter().rev().map(|item| (level, item)));
        below.is_empty()
    };
    let mut whole = push(&mut open, top, 1);
    while let Some((level, item)) = open.pop() {
        lines.push(line(&item.id, &item.title, item.kind.as_deref(), level));
        whole = push(&mut open, &item.id, level + 1);
    }
    if !whole {
        lines.push("under something that is not shown:".to_owned());
        let mut rest: Vec<&Descendant> = below.into_values().flatten().collect();
        rest.sort_by_key(|item| (item.depth, item.child_position));
        lines.extend(rest.into_iter().map(|item| line(&item.id, &item.title, item.kind.as_deref(), 1)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: u64, parent: u64, position: i64) -> Descendant {
        let (id, parent) = (id.to_string(), parent.to_string());
        let item = serde_json::json!({ "id": id, "title": "t", "parentId": parent, "childPosition": position });
        serde_json::from_value(item).unwrap()
    }

    fn ids(items: Vec<Descendant>) -> Vec<String> {
        let lines = lines(&"1".parse().unwrap(), &Tree { items, cut: false });
        lines.into_iter().map(|line| line.replace(" `t`", "")).collect()
    }

    #[test]
    fn children_stand_under_their_parents_in_their_order_whatever_the_order_of_the_answer() {
        let items = vec![item(4, 3, 1), item(2, 1, 2), item(3, 1, 1), item(5, 3, 0)];
        assert_eq!(ids(items), ["  - 3", "    - 5", "    - 4", "  - 2"]);
    }

    #[test]
    fn what_has_no_parent_here_comes_last_and_a_ring_ends() {
        let lost = ids(vec![item(2, 1, 1), item(9, 8, 1)]);
        assert_eq!(lost, ["  - 2", "under something that is not shown:", "  - 9"]);
        assert_eq!(ids(vec![item(2, 3, 1), item(3, 2, 1)]).len(), 3);
    }
}
