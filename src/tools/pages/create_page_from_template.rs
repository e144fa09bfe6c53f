//! Makes a page from a template, with its variables filled in.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::Title;
use super::body::{BodyFormat, storage_from};
use super::make::{self, Made};
use super::standing::destination;
use crate::approval::Plan;
use crate::confluence::api::around;
use crate::confluence::api::pages::{self, DocumentKind};
use crate::confluence::model::{BodySet, Page, Template};
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, TemplateId};
use crate::domain::place::SpaceName;
use crate::domain::text::quoted;
use crate::markup::resolve_entities;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Makes a page from a template.
pub(super) struct CreatePageFromTemplate;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// Id of the template.
    template_id: TemplateId,
    /// Title, unique in the space.
    title: Title,
    /// A text for each variable, as `get_template` names them.
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// Id of the page or folder it goes under; without it, the space's homepage.
    parent_id: Option<ContentId>,
}

impl WriteTool for CreatePageFromTemplate {
    const NAME: &'static str = "create_page_from_template";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create page from template";
    const DESCRIPTION: &'static str = "Creates a page from a template with its variables filled in. For the ids of \
        templates, use list_templates; for a page without one, create_page.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_DETAILS,
        scopes::READ_FOLDER,
        scopes::READ_TEMPLATE,
        scopes::WRITE_PAGE,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE, scopes::READ_TREE];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let template = reads.one(around::get_template(&input.template_id), Template::place).await?;
        let body = template.body.as_ref().map_or("", BodySet::storage);
        let storage = storage_from(&filled(body, &input.variables)?, BodyFormat::Storage)?;
        let (space, under) = destination(&input.space, input.parent_id.as_ref(), reads).await?;
        let made = Made {
            kind: DocumentKind::Page,
            space: &space,
            under,
            title: input.title.as_str(),
            storage: &storage,
            site: &reads.context().site,
        };
        let plan = make::plan(&made, input.parent_id.as_ref(), pages::create_page);
        Ok(Plan { summary: format!("{} from template {}", plan.summary, quoted(&template.name, 80)), ..plan })
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}

/// The body of a template with a text for each variable, and without their declarations.
fn filled(template: &str, variables: &BTreeMap<String, String>) -> Result<String, ToolError> {
    let (mut body, mut rest) = (String::with_capacity(template.len()), template);
    let (mut missing, mut used) = (BTreeSet::new(), BTreeSet::new());
    while let Some((before, after)) = rest.split_once("<at:") {
        body.push_str(before);
        let Some((tag, after)) = split_tag(after) else { return Err(unreadable()) };
        rest = if let Some(attributes) = tag.strip_prefix("var").filter(|rest| !is_name(rest)) {
            let name = named(attributes).ok_or_else(unreadable)?;
            match variables.get(&name) {
                Some(text) => body.push_str(&escaped(text)),
                None => missing.extend([name.clone()]),
            }
            used.insert(name);
            if tag.ends_with('/') { after } else { after_end(after, "</at:var>")? }
        } else if tag.strip_prefix("declarations").is_some_and(|rest| !is_name(rest)) {
            if tag.ends_with('/') { after } else { after_end(after, "</at:declarations>")? }
        } else {
            return Err(unreadable());
        };
    }
    body.push_str(rest);
    if !missing.is_empty() {
        let names = missing.iter().take(20).map(|name| quoted(name, 80)).collect::<Vec<_>>().join(", ");
        return Err(ToolError::input(
            format!("the template has variables without a text: {names}"),
            "give `variables`",
        ));
    }
    match variables.keys().find(|name| !used.contains(*name)) {
        Some(unknown) => Err(ToolError::input(
            format!("the template has no variable {}", quoted(unknown, 80)),
            "get_template names the variables",
        )),
        None => Ok(body),
    }
}

fn unreadable() -> ToolError {
    ToolError::input("the template cannot be read", "read it with get_template and use create_page")
}

fn after_end<'a>(text: &'a str, end: &str) -> Result<&'a str, ToolError> {
    text.split_once(end).map(|(_, after)| after).ok_or_else(unreadable)
}

/// Whether a name goes on here.
fn is_name(rest: &str) -> bool {
    rest.starts_with(|sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '_' | '.' | ':'))
}

/// A tag up to its end, outside of quotes, and what follows.
fn split_tag(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            (None, '>') => return Some((text.get(..at)?, text.get(at + 1..)?)),
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of `at:name`.
fn named(attributes: &str) -> Option<String> {
    let value = attributes.split_once("at:name")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let (name, _) = value.get(1..)?.split_once(quote)?;
    Some(resolve_entities(name))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        filled(template, &variables).map_err(|error| error.message)
    }

    #[test]
    fn variables_are_filled_in_as_text_and_their_declarations_go() {
        let template = "<at:declarations><at:string at:name=\"who\" /></at:declarations><p>By <at:var at:name=\"who\" /> \
                        on <at:var at:name='the &gt; day'></at:var></p>";
        let filled = fill(template, &[("who", "<b>Ann</b> & co"), ("the > day", "Monday")]);
        assert_eq!(filled.unwrap(), "<p>By &lt;b&gt;Ann&lt;/b&gt; &amp; co on Monday</p>");
        assert_eq!(fill("<p>plain</p>", &[]).unwrap(), "<p>plain</p>");
    }

    #[test]
    fn what_has_no_text_and_what_is_no_variable_is_named() {
        let template = "<at:var at:name=\"a\"/><at:var at:name=\"b\"/>";
        assert_eq!(fill(template, &[]).unwrap_err(), "the template has variables without a text: `a`, `b`");
        let both = [("a", "1"), ("b", "2"), ("c", "3")];
        assert_eq!(fill(template, &both).unwrap_err(), "the template has no variable `c`");
    }

    #[test]
    fn a_template_that_is_not_understood_is_refused() {
        for template in ["<at:var at:name=\"a>", "<at:var/>", "<at:other />", "<at:var at:name=\"a\">", "<at:"] {
            assert_eq!(fill(template, &[("a", "1")]).unwrap_err(), "the template cannot be read", "{template}");
        }
    }
}
