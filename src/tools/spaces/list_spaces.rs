//! Lists spaces.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::described::Described;
use crate::confluence::api::{self, Paging, spaces::SpaceFilter};
use crate::confluence::model::{List, Space};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists spaces.
pub(super) struct ListSpaces;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Only this type.
    #[serde(rename = "type")]
    kind: Option<Kind>,
    /// `current` unless said otherwise.
    #[serde(default)]
    status: Status,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// A type of space.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Kind {
    Global,
    Collaboration,
    KnowledgeBase,
    Personal,
}

/// The status of a space.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Status {
    #[default]
    Current,
    Archived,
}

impl Input {
    fn filter(&self) -> SpaceFilter {
        SpaceFilter {
            kind: self.kind.map(|kind| match kind {
                Kind::Global => "global",
                Kind::Collaboration => "collaboration",
                Kind::KnowledgeBase => "knowledge_base",
                Kind::Personal => "personal",
            }),
            status: Some(match self.status {
                Status::Current => "current",
                Status::Archived => "archived",
            }),
            ids: Vec::new(),
        }
    }
}

/// Spaces.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Listed {
    /// The spaces, by id.
    spaces: Vec<Described>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

impl Text for Listed {
    fn text(&self) -> String {
        let spaces = self.spaces.iter().map(|space| format!("- {}", space.lines(120)));
        listing::text(spaces, "No such space here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListSpaces {
    const NAME: &'static str = "list_spaces";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "List spaces";
    const DESCRIPTION: &'static str = "Lists the spaces you can see, with key, id, name, type and what they are for. To \
        read one by key or id use get_space; to find content use search_text.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Listed;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Listed>, ToolError> {
        let filter = match context.allowed().await? {
            Some(ids) if ids.is_empty() => {
                return Ok(Unsifted::one(Place::Nowhere, Listed { spaces: Vec::new(), next_cursor: None }));
            }
            ids => SpaceFilter { ids: ids.unwrap_or_default(), ..input.filter() },
        };
        let paging = Paging::of(input.limit, input.cursor);
        let reply = context.client.send(permit, api::spaces::list_spaces(&filter, &paging)).await?;
        let next_cursor = reply.next_cursor();
        let spaces: List<Space> = reply.json()?;
        for space in &spaces.results {
            context.places.remember(space);
        }
        let spaces: Vec<_> = spaces
            .results
            .iter()
            .map(|space| (Place::Space(space.id.clone()), Described::of(space, context)))
            .collect();
        Ok(Unsifted::many(spaces, move |spaces| Listed { spaces, next_cursor }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_words_confluence_knows() {
        let input: Input =
            serde_json::from_value(serde_json::json!({ "type": "knowledge_base", "status": "archived", "limit": 3 }))
                .unwrap();
        let paging = Paging::of(input.limit, None);
        let request = api::spaces::list_spaces(&input.filter(), &paging);
        let query: Vec<_> = request.query().iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(query, ["status=archived", "type=knowledge_base", "description-format=plain", "limit=3"]);
        assert!(serde_json::from_value::<Input>(serde_json::json!({ "status": "deleted" })).is_err());
    }
}
