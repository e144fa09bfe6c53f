//! Brings the body of an older version of a page back, as a new version.

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::Change;
use super::standing::current;
use crate::approval::Plan;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Restores a version.
pub(super) struct RestoreVersion;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The older version whose body comes back.
    version: VersionNumber,
}

impl WriteTool for RestoreVersion {
    const NAME: &'static str = "restore_version";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Restore version";
    const DESCRIPTION: &'static str = "Brings the body of an older version of a page back, as a new version; the title \
        stays. To see the versions, use list_versions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let page = reads.page(&input.page_id).await?;
        current(&page)?;
        let (present, version) = (page.version_number(), input.version);
        if version >= present {
            return Err(ToolError::input(
                format!("the page is at version {present}; only an older one can come back"),
                "list_versions lists the versions there are",
            ));
        }
        let old = reads.page_at(&input.page_id, version).await?;
        if old.storage() == page.storage() {
            return Err(ToolError::input(
                format!("the page has the body of version {version} already"),
                "nothing is to be done",
            ));
        }
        // Written back rather than restored by Confluence, so that what people see and approve is what is sent.
        let plan = Change::of(&page, &page.title, old.storage()).plan(Vec::new(), reads);
        Ok(Plan { summary: format!("give {} back the body of version {version}", plan.target), ..plan })
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}
