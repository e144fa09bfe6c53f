//! Keeps a JSON value with a page.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::keep::Kept;
use super::property::PropertyKey;
use crate::approval::Plan;
use crate::confluence::model::Property;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::clean_text;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Keeps a JSON value with a page.
pub(super) struct SetProperty;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The key.
    key: PropertyKey,
    /// Any JSON.
    value: Value,
}

impl WriteTool for SetProperty {
    const NAME: &'static str = "set_property";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Set property";
    const DESCRIPTION: &'static str = "Keeps a JSON value with a page under a key, new or in place of the present one. People do not see it; apps do.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let page = reads.page_head(&input.page_id).await?;
        let kept = Kept::with_page(&page);
        let there = kept.property(input.key.as_str(), reads).await?;
        kept.set(input.key.as_str(), &input.value, there.as_ref(), reads)
    }

    fn answer(_: &Input, reply: &Reply, _: &Context) -> Result<Written, ToolError> {
        let property: Property = reply.json()?;
        let version = property.version.as_ref().map(|version| version.number.0);
        Ok(Written { id: Some(property.id), title: Some(clean_text(&property.key).text), version, ..Written::done() })
    }
}
