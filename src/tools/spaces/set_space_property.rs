//! Keeps a JSON value with a space.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::approval::Plan;
use crate::confluence::api::upkeep::Owner;
use crate::confluence::model::Property;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::place::{Place, SpaceName};
use crate::domain::text::{clean_text, quoted};
use crate::tools::answer::Written;
use crate::tools::pages::keep::Kept;
use crate::tools::pages::property::PropertyKey;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Keeps a JSON value with a space.
pub(super) struct SetSpaceProperty;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// The key.
    key: PropertyKey,
    /// Any JSON.
    value: Value,
}

impl WriteTool for SetSpaceProperty {
    const NAME: &'static str = "set_space_property";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "Set space property";
    const DESCRIPTION: &'static str = "Keeps a JSON value with a space under a key, new or in place of the present one. People do not see it; apps do.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE, scopes::WRITE_SPACE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let space = reads.space(&input.space).await?;
        let kept = Kept {
            owner: Owner::Space(space.id.clone()),
            place: Place::Space(space.id.clone()),
            name: format!("space {} {}", space.key, quoted(&space.name, 80)),
        };
        let there = kept.property(input.key.as_str(), reads).await?;
        kept.set(input.key.as_str(), &input.value, there.as_ref(), reads)
    }

    fn answer(_: &Input, reply: &Reply, _: &Context) -> Result<Written, ToolError> {
        let property: Property = reply.json()?;
        let version = property.version.as_ref().map(|version| version.number.0);
        Ok(Written { id: Some(property.id), title: Some(clean_text(&property.key).text), version, ..Written::done() })
    }
}
