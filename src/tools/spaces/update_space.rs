//! Changes name and description of a space, and nothing else.

use schemars::JsonSchema;
use serde::Deserialize;

use super::naming::{About, Naming};
use crate::approval::{Plan, Proof, SpaceWords, Undo};
use crate::confluence::api;
use crate::confluence::model::{List, Space, WrittenSpace};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::place::{Place, SpaceName};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Changes a space.
pub(super) struct UpdateSpace;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or numeric id of the space.
    space: SpaceName,
    /// A new name; without it the name stays.
    name: Option<Naming>,
    /// A new description, as plain text; without it the description stays.
    description: Option<About>,
}

/// Plans what is new against what is there.
pub(in crate::tools) fn planned(
    name: Option<&str>,
    description: Option<&str>,
    space: &Space,
) -> Result<Plan<Update>, ToolError> {
    let name = name.filter(|name| *name != space.name);
    let before = space.plain_description();
    let description = description.filter(|about| *about != before);
    if name.is_none() && description.is_none() {
        return Err(ToolError::input("the space has this name and description already", "there is nothing to change"));
    }
    let mut preview = Vec::new();
    preview.extend(name.map(|name| format!("name: {} → {}", quoted(&space.name, 200), quoted(name, 200))));
    preview.extend(description.map(|new| format!("description: {} → {}", quoted(before, 5_000), quoted(new, 5_000))));
    let words = SpaceWords { name: space.name.clone(), description: before.to_owned() };
    let after = SpaceWords {
        name: name.unwrap_or(&space.name).to_owned(),
        description: description.unwrap_or(before).to_owned(),
    };
    Ok(Plan {
        request: api::spaces::update_space(&space.key, name, description),
        places: vec![Place::Space(space.id.clone())],
        target: format!("space {} {}", space.key, quoted(&space.name, 80)),
        rests_on: None,
        before: Some(before.to_owned()),
        effect: AccessClass::Update,
        loses: Vec::new(),
        summary: format!("change name or description of space {} {}", space.key, quoted(&space.name, 80)),
        preview: preview.join("\n"),
        undo: Undo::NameSpace { space: space.key.clone(), before: words.clone(), after: after.clone() },
        proof: Proof::SpaceIsNamed { key: space.key.clone(), before: words, after },
    })
}

fn words(input: &Input) -> (Option<&str>, Option<&str>) {
    (input.name.as_ref().map(|name| name.0.as_str()), input.description.as_ref().map(|about| about.0.as_str()))
}

/// The space as it is now, not as it is remembered: undo and preview rest on it.
pub(in crate::tools) async fn present(name: &SpaceName, reads: &Reads<'_>) -> Result<Space, ToolError> {
    let place = |space: &Space| Place::Space(space.id.clone());
    match name {
        SpaceName::Id(id) => reads.one(api::spaces::get_space(id), place).await,
        SpaceName::Key(key) => {
            let named = |space: &Space| space.key.as_str().eq_ignore_ascii_case(key.as_str());
            let request = api::spaces::space_by_key(key);
            reads
                .judged(request, |reply| {
                    let found: List<Space> = reply.json()?;
                    let space = found.results.into_iter().find(named).ok_or_else(ToolError::not_found)?;
                    Ok((place(&space), space))
                })
                .await
        }
    }
}

impl WriteTool for UpdateSpace {
    const NAME: &'static str = "update_space";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "Update space";
    const DESCRIPTION: &'static str = "Changes the name or description of a space; what you leave out stays. Its pages are \
        changed with update_page.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_SPACE, scopes::READ_SPACE_DETAILS, scopes::WRITE_SPACE, scopes::WRITE_SPACE_PERMISSION];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        if input.name.is_none() && input.description.is_none() {
            return Err(ToolError::input("neither `name` nor `description` is given", "give at least one of them"));
        }
        let (name, description) = words(input);
        planned(name, description, &present(&input.space, reads).await?)
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        let space: WrittenSpace = reply.json()?;
        context.places.forget_space(&space.key);
        Ok(super::written(&space, context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SpaceKey;

    fn space() -> Space {
        serde_json::from_value(serde_json::json!({
            "id": "7", "key": "IT", "name": "IT", "description": { "plain": { "value": "old" } }
        }))
        .unwrap()
    }

    fn plan(input: serde_json::Value) -> Result<Plan<Update>, ToolError> {
        let input = serde_json::from_value(input).unwrap();
        let (name, description) = words(&input);
        planned(name, description, &space())
    }

    #[test]
    fn only_what_is_new_is_sent_and_what_was_is_kept_for_undo() {
        let plan = plan(serde_json::json!({ "space": "it", "name": "IT", "description": "new" })).unwrap();
        assert_eq!(plan.request.path(), "/wiki/rest/api/space/IT");
        assert_eq!(
            String::from_utf8_lossy(plan.request.body().bytes()),
            r#"{"description":{"plain":{"value":"new","representation":"plain"}}}"#
        );
        assert_eq!(plan.preview, "description: `old` → `new`");
        let words = |about: &str| SpaceWords { name: "IT".into(), description: about.into() };
        let (key, before, after): (SpaceKey, _, _) = ("IT".parse().unwrap(), words("old"), words("new"));
        let undo = Undo::NameSpace { space: key.clone(), before: before.clone(), after: after.clone() };
        assert_eq!((plan.undo, plan.proof), (undo, Proof::SpaceIsNamed { key, before, after }));
    }

    #[test]
    fn what_changes_nothing_is_not_sent() {
        assert!(plan(serde_json::json!({ "space": "IT", "name": "IT" })).is_err());
    }

    #[test]
    fn a_status_is_no_argument() {
        let input = serde_json::json!({ "space": "IT", "status": "archived" });
        assert!(serde_json::from_value::<Input>(input).is_err());
    }
}
