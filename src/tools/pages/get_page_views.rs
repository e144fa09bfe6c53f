//! Says how often a page was viewed, and by how many.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::day::Since;
use crate::confluence::api::around;
use crate::confluence::model::Count;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads views.
pub(super) struct GetPageViews;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page or blog post.
    page_id: ContentId,
    /// Only from this day on, such as `2026-01-31`.
    since: Option<Since>,
}

/// How often it was viewed.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Views {
    /// How often.
    times: u64,
    /// By how many different people.
    people: u64,
    /// Counted from this day on.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

impl Text for Views {
    fn text(&self) -> String {
        let since = self.since.as_ref().map(|day| format!(" since {day}")).unwrap_or_default();
        format!("viewed {} times by {} people{since}", self.times, self.people)
    }
}

impl ReadTool for GetPageViews {
    const NAME: &'static str = "get_page_views";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page views";
    const DESCRIPTION: &'static str = "Says how often a page or blog post was viewed and by how many people.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_ANALYTICS, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Views;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Views>, ToolError> {
        let since = input.since.map(Since::day);
        let views: Count =
            context.client.send(permit, around::views(&input.page_id, since.as_deref())).await?.json()?;
        let viewers: Count =
            context.client.send(permit, around::viewers(&input.page_id, since.as_deref())).await?.json()?;
        let answer = Views { times: views.count, people: viewers.count, since };
        Ok(Unsifted::one(Place::Content(input.page_id), answer))
    }
}
