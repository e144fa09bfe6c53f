//! Runs a query in CQL that the caller wrote.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use super::hits::{self, Results};
use super::scoped;
use crate::confluence::api::Paging;
use crate::confluence::cql::{LENGTH, Query};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::Place;
use crate::domain::text::is_invisible;
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Runs CQL.
pub(super) struct SearchCql;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The query, such as `type = page and space = "IT" and title ~ "vpn" order by lastmodified desc`.
    cql: Written,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer; all else stays the same.
    cursor: Option<Cursor>,
}

/// A query as its caller wrote it: not too long, nothing invisible in it.
#[derive(Debug)]
pub(super) struct Written(String);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().nth(LENGTH).is_some() {
            return Err(de::Error::custom("a query has at most 4000 characters"));
        }
        if text.trim().is_empty() || text.chars().any(|sign| sign != '\n' && sign != '\t' && is_invisible(sign)) {
            return Err(de::Error::custom("a query is not empty and has no control or invisible characters"));
        }
        Ok(Self(text))
    }
}

impl JsonSchema for Written {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Cql".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": 4000 })
    }
}

impl ReadTool for SearchCql {
    const NAME: &'static str = "search_cql";
    const GROUP: Group = Group::Search;
    const TITLE: &'static str = "Search with CQL";
    const DESCRIPTION: &'static str = "Finds pages, blog posts, comments, attachments and spaces by a CQL query: exact \
        titles, dates, labels, authors, ancestors, any order. For plain words use search_text, for people search_users. \
        Fresh changes take a moment to be found.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DETAILS, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Results;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Results>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        // Without a scope there is nothing to narrow, and Confluence knows more of CQL than our grammar.
        if context.scope.is_everything() {
            return hits::search(&input.cql.0, &paging, permit, context).await;
        }
        let query: Query = input.cql.0.parse().map_err(|error| {
            ToolError::input(
                format!("`cql`: {error}"),
                "your profile is limited to some spaces, so queries are read strictly: compare fields with =, !=, ~, !~, <, \
                 >, in; join with and, or, not; put values into quotation marks",
            )
        })?;
        match scoped::within(query, context).await? {
            Some(query) => hits::search(&query.to_string(), &paging, permit, context).await,
            None => Ok(Unsifted::one(Place::Nowhere, Results::none())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_with_control_characters_or_without_an_end_is_refused() {
        let read = |cql: &str| serde_json::from_value::<Input>(serde_json::json!({ "cql": cql }));
        assert!(read("type = page\n\tand space = IT").is_ok());
        for bad in ["", "  ", "a = \"\u{0}\"", "a = \"\u{202e}\"", &"a".repeat(1 << 20)] {
            assert!(read(bad).is_err());
        }
    }
}
