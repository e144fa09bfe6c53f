//! Finds pages and blog posts that carry a label.

use schemars::JsonSchema;
use serde::Deserialize;

use super::hits::{self, Results};
use super::scoped;
use crate::confluence::api::Paging;
use crate::confluence::cql::{Clause, Condition, Query};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{Cursor, LabelName, SpaceKey};
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Finds pages by label.
pub(super) struct SearchPagesByLabel;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The label.
    label: LabelName,
    /// Only in this space, by key or id.
    space: Option<SpaceName>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer; all else stays the same.
    cursor: Option<Cursor>,
}

fn query(label: &LabelName, space: Option<&SpaceKey>) -> Query {
    let mut clauses = vec![Clause::one_of("type", &["page", "blogpost"]), Clause::equals("label", label.as_str())];
    clauses.extend(space.map(|key| Clause::equals("space", key.as_str())));
    Condition::All(clauses.into_iter().map(Condition::Clause).collect()).into()
}

impl ReadTool for SearchPagesByLabel {
    const NAME: &'static str = "search_pages_by_label";
    const GROUP: Group = Group::Search;
    const TITLE: &'static str = "Search pages by label";
    const DESCRIPTION: &'static str = "Finds the pages and blog posts that carry a label. For words use search_text, for \
        several labels or any order search_cql.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DETAILS, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Results;

    fn subject(input: &Input) -> Place {
        input.space.as_ref().map_or(Place::Nowhere, SpaceName::place)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Results>, ToolError> {
        let space = match &input.space {
            Some(name) => Some(context.places.space(name).await?.ok_or_else(ToolError::not_found)?.key),
            None => None,
        };
        let paging = Paging::of(input.limit, input.cursor);
        match scoped::within(query(&input.label, space.as_ref()), context).await? {
            Some(query) => hits::search(&query.to_string(), &paging, permit, context).await,
            None => Ok(Unsifted::one(Place::Nowhere, Results::none())),
        }
    }
}
