//! Says who may read and who may change a page, where not everybody may.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confluence::api::around;
use crate::confluence::model::{Restriction, Restrictions};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::Place;
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads restrictions.
pub(super) struct GetRestrictions;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page or blog post.
    page_id: ContentId,
}

/// Who is let through.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Answer {
    /// Everyone who is named; an operation that names nobody is open to whoever may do it in the space.
    restrictions: Vec<Line>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// `read` or `update`.
    operation: &'static str,
    /// `user` or `group`.
    r#type: &'static str,
    /// Account id, or id of the group.
    id: String,
    /// Name, where it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Line {
    fn each(operation: &'static str, restriction: Option<Restriction>) -> Vec<Self> {
        let Some(let_through) = restriction.and_then(|restriction| restriction.restrictions) else { return Vec::new() };
        let users = let_through.user.map(|users| users.results).unwrap_or_default().into_iter().map(|user| Self {
            operation,
            r#type: "user",
            id: user.account_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: user.name().map(|name| clean_text(name).text),
        });
        let groups = let_through.group.map(|groups| groups.results).unwrap_or_default();
        let groups = groups.into_iter().map(|group| Self {
            operation,
            r#type: "group",
            id: group.id.map(|id| clean_text(&id).text).unwrap_or_default(),
            name: Some(clean_text(&group.name).text),
        });
        users.chain(groups).collect()
    }
}

impl Text for Answer {
    fn text(&self) -> String {
        let mut lines = Vec::new();
        for operation in ["read", "update"] {
            let named = self.restrictions.iter().filter(|line| line.operation == operation);
            let named: Vec<String> = named
                .map(|line| {
                    let name = line.name.as_ref().map(|name| format!(" {}", quoted(name, 80))).unwrap_or_default();
                    format!("{}{name} ({})", line.r#type, quoted(&line.id, 128))
                })
                .collect();
            let who =
                if named.is_empty() { "not restricted here".to_owned() } else { format!("only {}", named.join(", ")) };
            lines.push(format!("{operation}: {who}"));
        }
        lines.push("Restrictions of pages above bind as well.".to_owned());
        lines.join("\n")
    }
}

impl ReadTool for GetRestrictions {
    const NAME: &'static str = "get_restrictions";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get restrictions";
    const DESCRIPTION: &'static str = "Says which people and groups a page is restricted to, for reading and for changing. \
        For the rights in its space use get_space_permissions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DETAILS, scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Answer;

    fn subject(input: &Input) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Answer>, ToolError> {
        let found: Restrictions = context.client.send(permit, around::restrictions(&input.page_id)).await?.json()?;
        let mut restrictions = Line::each("read", found.read);
        restrictions.extend(Line::each("update", found.update));
        Ok(Unsifted::one(Place::Content(input.page_id), Answer { restrictions }))
    }
}
