//! Sends a request that the caller wrote, where it is a published operation that the table lets pass.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::eyes::Eyes;
use super::{reading, shown, writing};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create, Delete, Update};
use crate::domain::group::Group;
use crate::domain::shape::shape;
use crate::policy::ToolFacts;
use crate::published::{self, Matched, Refused};
use crate::tools::{Begun, Call, MatchedTool, Output as _, ToolError, Written};

/// Sends any published request.
pub(super) struct ConfluenceRequest;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    method: String,
    /// Such as `/wiki/api/v2/pages/123/versions`.
    path: String,
    /// Parameters, as published.
    #[serde(default)]
    query: Parameters,
    /// JSON, as published.
    #[serde(default)]
    body: Json,
    /// `JMESPath` that picks from the answer, such as `results[].{id: id, title: title}`.
    pub(super) select: Option<String>,
}

/// Query parameters by name.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
struct Parameters(Map<String, Value>);

impl JsonSchema for Parameters {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parameters".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object" })
    }
}

/// A JSON document.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
struct Json(Option<Value>);

impl JsonSchema for Json {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Json".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["object", "array"] })
    }
}

impl MatchedTool for ConfluenceRequest {
    const NAME: &'static str = "confluence_request";
    const TITLE: &'static str = "Confluence request";
    const DESCRIPTION: &'static str = "Sends one request of Confluence's published REST API, for what no other tool \
        does; judged like the tools. Never for deleting spaces, purging, permissions, files or GraphQL.";
    const CLASS: AccessClass = AccessClass::Delete;
    type Input = Input;

    async fn run(arguments: Map<String, Value>, call: &Call<'_>) -> Result<Begun, ToolError> {
        let asked = asked(&arguments);
        let facts = match &asked {
            Ok((matched, _)) => facts(matched)?,
            // What is no operation is written down as a call that did nothing.
            Err(_) => ToolFacts { name: Self::NAME, group: Group::Matched, class: AccessClass::Read },
        };
        let permit = call.gate.admit(call.caller, facts, shape(&arguments)).await?;
        let (matched, select) = asked?;
        denied_by_name(&matched, call, &arguments).await?;
        let eyes = Eyes { call, permit };
        match facts.class {
            AccessClass::Read => {
                let answer = tokio::select! {
                    biased;
                    () = call.context.cancelled.cancelled() => return Err(ToolError::cancelled()),
                    answer = reading::read(matched, select.as_deref(), &eyes) => answer?,
                };
                Ok(Begun::Ended(answer))
            }
            AccessClass::Create => Box::pin(writing::write::<Create>(&matched, facts, &arguments, &eyes)).await,
            AccessClass::Update => Box::pin(writing::write::<Update>(&matched, facts, &arguments, &eyes)).await,
            AccessClass::Delete => Box::pin(writing::write::<Delete>(&matched, facts, &arguments, &eyes)).await,
        }
    }

    fn answer(reply: &Reply) -> Written {
        shown::written(reply)
    }

    fn output_schema() -> Map<String, Value> {
        let mut schema = Written::schema().unwrap_or_default();
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties.insert("result".into(), json!({}));
            properties.insert("next_cursor".into(), json!({ "type": "string" }));
        }
        schema
    }
}

/// The operation that the arguments ask for, and what to pick from its answer.
fn asked(arguments: &Map<String, Value>) -> Result<(Matched, Option<String>), ToolError> {
    let input: Input = crate::tools::call::parse(arguments.clone())?;
    let matched = published::matched(&input.method, &input.path, &input.query.0, input.body.0.as_ref());
    let matched = matched.map_err(|refused| match refused {
        Refused::Written(why) => ToolError::input(why, "write the request as Confluence publishes it"),
        Refused::Operation(why) => ToolError::refused(why, "no setting changes this; use another tool or ask a person"),
    })?;
    if let Some(select) = &input.select {
        super::selecting::compiled(select)?;
    }
    Ok((matched, input.select))
}

/// What policy judges the request by.
fn facts(matched: &Matched) -> Result<ToolFacts, ToolError> {
    let row = matched.row();
    // What no group is about is never reached.
    let group = row.group.ok_or_else(ToolError::fault)?;
    Ok(ToolFacts { name: ConfluenceRequest::NAME, group, class: row.access })
}

/// A tool that a profile bars is not reached by its request either.
async fn denied_by_name(matched: &Matched, call: &Call<'_>, arguments: &Map<String, Value>) -> Result<(), ToolError> {
    let denied = &call.caller.profile.tools.deny;
    let Some(name) = published::tools(matched.row()).iter().find(|name| denied.contains(**name)) else {
        return Ok(());
    };
    let facts = ToolFacts { name, ..facts(matched)? };
    let _ = call.gate.admit(call.caller, facts, shape(arguments)).await?;
    Ok(())
}
