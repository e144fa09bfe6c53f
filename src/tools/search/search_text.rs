//! Finds content by plain words, which never act as query language.

use schemars::JsonSchema;
use serde::Deserialize;

use super::hits::{self, Results};
use super::scoped;
use crate::confluence::api::Paging;
use crate::confluence::cql::{Clause, Condition, Query, Words};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{Cursor, LabelName, SpaceKey};
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Finds content by words.
pub(super) struct SearchText;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Words to look for; signs and operators in them are ignored.
    query: Words,
    /// Only in this space, by key or id.
    space: Option<SpaceName>,
    /// Only this type; pages and blog posts unless said otherwise.
    #[serde(rename = "type")]
    kind: Option<Kind>,
    /// Only what carries this label.
    label: Option<LabelName>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer; all else stays the same.
    cursor: Option<Cursor>,
}

/// A type of content.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Kind {
    Page,
    Blogpost,
    Comment,
    Attachment,
}

/// The query for these words and filters.
fn query(input: &Input, space: Option<&SpaceKey>) -> Query {
    let kinds: &[&str] = match input.kind {
        None => &["page", "blogpost"],
        Some(Kind::Page) => &["page"],
        Some(Kind::Blogpost) => &["blogpost"],
        Some(Kind::Comment) => &["comment"],
        Some(Kind::Attachment) => &["attachment"],
    };
    let mut clauses = vec![Clause::contains("text", &input.query), Clause::one_of("type", kinds)];
    clauses.extend(space.map(|key| Clause::equals("space", key.as_str())));
    clauses.extend(input.label.as_ref().map(|label| Clause::equals("label", label.as_str())));
    Condition::All(clauses.into_iter().map(Condition::Clause).collect()).into()
}

impl ReadTool for SearchText {
    const NAME: &'static str = "search_text";
    const GROUP: Group = Group::Search;
    const TITLE: &'static str = "Search text";
    const DESCRIPTION: &'static str = "Finds pages and blog posts by words in title and text at the site itself, with excerpts. \
        For exact titles, dates, authors or a tree use search_cql, for people search_users.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DETAILS, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Results;

    fn subject(input: &Input) -> Place {
        match &input.space {
            Some(SpaceName::Key(key)) => Place::SpaceKey(key.clone()),
            Some(SpaceName::Id(id)) => Place::Space(id.clone()),
            None => Place::Nowhere,
        }
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Results>, ToolError> {
        let space = match &input.space {
            Some(name) => Some(context.places.space(name).await?.ok_or_else(ToolError::not_found)?.key),
            None => None,
        };
        let paging = Paging::of(input.limit, input.cursor.clone());
        match scoped::within(query(&input, space.as_ref()), context).await? {
            Some(query) => hits::search(&query.to_string(), &paging, permit, context).await,
            None => Ok(Unsifted::one(Place::Nowhere, Results::none())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confluence::api;

    fn cql(input: serde_json::Value) -> String {
        let input: Input = serde_json::from_value(input).unwrap();
        let key = input.space.as_ref().map(|_| "IT".parse().unwrap());
        query(&input, key.as_ref()).to_string()
    }

    #[test]
    fn words_and_filters_become_one_query() {
        let input = serde_json::json!({
            "query": "vpn\" or space = \"HR", "space": "IT", "type": "page", "label": "run\"book\\"
        });
        assert_eq!(
            cql(input),
            r#"text ~ "vpn or space HR" and type in ("page") and space = "IT" and label = "run\"book\\""#
        );
        assert_eq!(cql(serde_json::json!({ "query": "vpn" })), r#"text ~ "vpn" and type in ("page", "blogpost")"#);
    }

    #[test]
    fn the_request_carries_query_limit_and_cursor() {
        let paging = Paging { limit: Some(5), cursor: Some("abc=".parse().unwrap()) };
        let request = api::search::search("type = \"page\"", &paging);
        assert_eq!(request.path(), "/wiki/rest/api/search");
        assert_eq!(request.query().first(), Some(&("cql", "type = \"page\"".to_owned())));
        assert!(request.query().contains(&("cursor", "abc=".to_owned())));
        assert!(request.query().contains(&("limit", "5".to_owned())));
    }

    #[test]
    fn a_type_that_is_none_is_refused() {
        let read = serde_json::from_value::<Input>(serde_json::json!({ "query": "vpn", "type": "user" }));
        assert!(read.is_err());
    }
}
