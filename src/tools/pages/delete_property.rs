//! Deletes a JSON value that is kept with a page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::keep::{self, Kept};
use super::property::PropertyKey;
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Delete;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Deletes a JSON value that is kept with a page.
pub(super) struct DeleteProperty;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The key.
    key: PropertyKey,
}

impl WriteTool for DeleteProperty {
    const NAME: &'static str = "delete_property";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete property";
    const DESCRIPTION: &'static str =
        "Deletes the JSON value that is kept with a page under a key; apps may depend on it.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let page = reads.page_head(&input.page_id).await?;
        let property = Kept::with_page(&page).property(input.key.as_str(), reads).await?;
        let property = property.ok_or_else(|| {
            ToolError::input("the page has no property with this key", "list_properties says which it has")
        })?;
        Ok(keep::deletion(&page, &property))
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = Some("property deleted".to_owned());
        Ok(Written { id: Some(input.page_id.to_string()), note, ..Written::done() })
    }
}
