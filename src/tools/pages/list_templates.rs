//! Lists templates of pages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::confluence::api::around;
use crate::confluence::model::{List, Template};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::domain::text::{clean_text, quoted};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::listing::{self, Start};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists templates.
pub(super) struct ListTemplates;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Templates of this space, by key or id; without it, those of the whole site.
    space: Option<SpaceName>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Start>,
}

/// Templates.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Templates {
    /// The templates.
    templates: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Text for Templates {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let what = line.description.as_ref().map(|what| format!(" · {}", quoted(what, 200))).unwrap_or_default();
            format!("- {} {}{what}", line.id, quoted(&line.name, 120))
        };
        listing::text(self.templates.iter().map(line), "No templates here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListTemplates {
    const NAME: &'static str = "list_templates";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List templates";
    const DESCRIPTION: &'static str = "Lists page templates of a space or of the site. To read one use get_template.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_TEMPLATE, scopes::READ_DETAILS, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Templates;

    fn subject(input: &Input) -> Place {
        input.space.as_ref().map_or(Place::Nowhere, SpaceName::place)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Templates>, ToolError> {
        let space = match &input.space {
            Some(name) => Some(context.places.space(name).await?.ok_or_else(ToolError::not_found)?),
            None => None,
        };
        let start = input.cursor.unwrap_or_default();
        let key = space.as_ref().map(|space| &space.key);
        let request = around::list_templates(key, input.limit.get(), start.position());
        let found: List<Template> = context.client.send(permit, request).await?.json()?;
        let next = start.after(input.limit, found.results.len()).and_then(Start::cursor);
        let lines = found.results.into_iter().map(|template| {
            let description = template.description.as_deref().map(|text| clean_text(text).text);
            let place = space.as_ref().map_or_else(|| template.place(), |space| Place::Space(space.id.clone()));
            let line = Line {
                id: clean_text(&template.template_id).text,
                name: clean_text(&template.name).text,
                description: description.filter(|text| !text.trim().is_empty()),
            };
            (place, line)
        });
        Ok(Unsifted::many(lines.collect::<Vec<_>>(), |templates| Templates { templates, next_cursor: next }))
    }
}
