//! Makes a space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::naming::{About, Naming};
use crate::approval::{Plan, Proof, SpaceWords, Undo};
use crate::confluence::api;
use crate::confluence::model::WrittenSpace;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::group::Group;
use crate::domain::ids::SpaceKey;
use crate::domain::place::Place;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Makes a space.
pub(super) struct CreateSpace;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Its key, letters and digits, such as `OPS`; it can hardly be changed later.
    key: SpaceKey,
    /// Its name.
    name: Naming,
    /// What it is for, as plain text.
    description: Option<About>,
}

/// The plan needs no read. The place is the key: a profile without a scope allows any, and no scope holds a space
/// that is not there yet, so an agent limited to some spaces makes none. A key that is taken is refused upstream.
fn planned(input: &Input) -> Result<Plan<Create>, ToolError> {
    let Input { key, name, description } = input;
    if key.as_str().starts_with('~') {
        return Err(ToolError::input("`key`: personal spaces are not made here", "use letters and digits only"));
    }
    let about = description.as_ref().map(|about| about.0.as_str());
    let mut preview = vec![format!("new space {key}"), format!("name: {}", quoted(&name.0, 200))];
    preview.extend(about.map(|about| format!("description: {}", quoted(about, 5_000))));
    let words = SpaceWords { name: name.0.clone(), description: about.unwrap_or_default().to_owned() };
    Ok(Plan {
        request: api::spaces::create_space(key, &name.0, about),
        places: vec![Place::SpaceKey(key.clone())],
        target: format!("space {key}"),
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        summary: format!("make space {key} {}", quoted(&name.0, 80)),
        preview: preview.join("\n"),
        // Nothing deletes a space.
        undo: Undo::ByHand(format!("a space administrator can archive or delete space {key} in its settings")),
        proof: Proof::SpaceIsMade { key: key.clone(), words },
    })
}

impl WriteTool for CreateSpace {
    const NAME: &'static str = "create_space";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "Create space";
    const DESCRIPTION: &'static str = "Makes a new space with a key, a name and a description. No tool can undo \
        it, so check list_spaces first. A profile limited to certain spaces makes none: it answers not found.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_SPACE,
        scopes::READ_DETAILS,
        scopes::READ_SPACE_DETAILS,
        scopes::WRITE_SPACE,
        scopes::WRITE_SPACE_PERMISSION,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, _: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        planned(input)
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        let space: WrittenSpace = reply.json()?;
        Ok(super::written(&space, context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confluence::request::Method;

    #[test]
    fn a_new_space_is_judged_by_its_key_and_sent_with_key_name_and_description_only() {
        let input = serde_json::json!({ "key": "OPS", "name": "Operations", "description": "Who is on call" });
        let plan = planned(&serde_json::from_value(input).unwrap()).unwrap();
        assert_eq!(plan.places, [Place::SpaceKey("OPS".parse().unwrap())]);
        assert_eq!((plan.request.method(), plan.request.path()), (Method::Post, "/wiki/rest/api/space"));
        assert_eq!(
            String::from_utf8_lossy(plan.request.body().bytes()),
            r#"{"key":"OPS","name":"Operations","description":{"plain":{"value":"Who is on call","representation":"plain"}}}"#
        );
    }

    #[test]
    fn personal_spaces_are_not_made() {
        let input = serde_json::json!({ "key": "~ana", "name": "Ana" });
        assert!(planned(&serde_json::from_value(input).unwrap()).is_err());
    }
}
