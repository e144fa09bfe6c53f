//! What the tools share that change properties, tasks and watches: how each change is planned.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::approval::{Plan, Proof, Undo};
use crate::confluence::Request;
use crate::confluence::api::upkeep::{self, Owner};
use crate::confluence::model::{List, Page, Property, Task, Watching};
use crate::domain::access::{AccessClass, Create, Delete, Update, WriteAccess};
use crate::domain::ids::{ContentId, TaskId, VersionNumber};
use crate::domain::place::Place;
use crate::domain::text::{escaped, quoted};
use crate::tools::{Reads, ToolError};

use super::preview;

/// Largest value of a property, as JSON; Confluence takes 32 KiB.
const LARGEST_VALUE: usize = 32 << 10;

/// What a property is kept with, where that is, and what people call it.
pub(in crate::tools) struct Kept {
    /// The page or space.
    pub(in crate::tools) owner: Owner,
    /// Where it is.
    pub(in crate::tools) place: Place,
    /// In words, such as `page 12 "VPN"`.
    pub(in crate::tools) name: String,
}

impl Kept {
    /// With a page.
    pub(in crate::tools) fn with_page(page: &Page) -> Self {
        let name = format!("page {} {}", page.id, quoted(&page.title, 80));
        Self { owner: Owner::Page(page.id.clone()), place: page.itself(), name }
    }

    /// The property with that key, where there is one.
    pub(in crate::tools) async fn property(&self, key: &str, reads: &Reads<'_>) -> Result<Option<Property>, ToolError> {
        if key.trim().is_empty() || key.chars().any(char::is_control) {
            return Err(ToolError::input("`key` has no visible character, or more than one line", "mend it"));
        }
        let place = self.place.clone();
        let request = upkeep::property(&self.owner, key);
        let found = reads.judged(request, |reply| Ok((place, reply.json::<List<Property>>()?))).await?;
        Ok(found.results.into_iter().find(|property| property.key == key))
    }

    /// Plans to give it this value.
    pub(in crate::tools) fn set(
        &self,
        key: &str,
        value: &Value,
        there: Option<&Property>,
        reads: &Reads<'_>,
    ) -> Result<Plan<Update>, ToolError> {
        if value.to_string().len() > LARGEST_VALUE {
            return Err(ToolError::input("`value` is larger than 32 KiB", "keep less in it"));
        }
        let name = format!("property {} of {}", quoted(key, 80), self.name);
        let (request, version, undo) = match there {
            Some(property) if property.value == *value => {
                return Err(ToolError::conflict("the property has this value already", "there is nothing to do"));
            }
            Some(property) => {
                let version = VersionNumber(present(property).0.saturating_add(1));
                let id = (property.id.as_str(), key);
                let request = upkeep::update_property(&self.owner, id, value, version, &reads.note());
                (request, version, Undo::SetProperty { owner: self.owner.clone(), key: key.to_owned() })
            }
            None => {
                let undo = match &self.owner {
                    Owner::Page(page) => Undo::DeleteProperty { page: page.clone(), key: key.to_owned() },
                    // Whatever deletes below a space is left to people.
                    Owner::Space(_) => Undo::ByHand(
                        "set_space_property gives it another value; an administrator can \
                        delete it"
                            .to_owned(),
                    ),
                };
                (upkeep::create_property(&self.owner, key, value), VersionNumber(1), undo)
            }
        };
        Ok(Plan {
            request,
            places: vec![self.place.clone()],
            rests_on: there.map(present),
            before: there.map(|property| property.value.to_string()),
            effect: AccessClass::Update,
            loses: Vec::new(),
            summary: format!("set {name}"),
            preview: changed(there.map(|property| &property.value), Some(value)),
            undo,
            proof: Proof::PropertyIsSet { owner: self.owner.clone(), key: key.to_owned(), version },
            target: self.name.clone(),
        })
    }
}

/// Plans to delete a property of a page.
pub(in crate::tools) fn deletion(page: &Page, property: &Property) -> Plan<Delete> {
    let kept = Kept::with_page(page);
    Plan {
        request: upkeep::delete_property(&page.id, &property.id),
        places: vec![kept.place],
        rests_on: Some(present(property)),
        before: Some(property.value.to_string()),
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("delete property {} of {}", quoted(&property.key, 80), kept.name),
        preview: changed(Some(&property.value), None),
        undo: Undo::SetProperty { owner: kept.owner.clone(), key: property.key.clone() },
        proof: Proof::PropertyIsGone { owner: kept.owner, key: property.key.clone(), id: property.id.clone() },
        target: kept.name,
    }
}

/// The version of a property.
pub(in crate::tools) fn present(property: &Property) -> VersionNumber {
    property.version.as_ref().map_or(VersionNumber(1), |version| version.number)
}

/// Both values, with nothing hidden.
fn changed(before: Option<&Value>, after: Option<&Value>) -> String {
    let line = |sign: char, value: &Value| format!("{sign} {}\n", escaped(&value.to_string()));
    let lines = before.map(|value| line('-', value)).into_iter().chain(after.map(|value| line('+', value)));
    lines.collect()
}

/// Arguments of a tool that changes one task.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfTask {
    /// Id of the task.
    pub(super) task_id: TaskId,
}

/// Plans to tick a task off, or to open it again.
pub(in crate::tools) async fn task(id: &TaskId, complete: bool, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
    let task = reads.one(upkeep::get_task(id), Task::place).await?;
    if (task.status == "complete") == complete {
        let message = if complete { "the task is complete already" } else { "the task is open already" };
        return Err(ToolError::conflict(message, "there is nothing to do"));
    }
    let doing = if complete { "complete" } else { "reopen" };
    let on = task.container().map(|container| format!(" on page {container}")).unwrap_or_default();
    let target = format!("task {id}{on}");
    let storage = task.body.as_ref().map_or("", |body| body.storage());
    Ok(Plan {
        request: upkeep::update_task(id, complete),
        places: vec![task.place()],
        rests_on: None,
        before: None,
        effect: AccessClass::Update,
        loses: Vec::new(),
        summary: format!("{doing} {target}"),
        preview: format!("{doing}: {}", preview::of_new(storage, &reads.context().site)),
        undo: Undo::SetTask { task: id.clone(), complete: !complete },
        proof: Proof::TaskIs { task: id.clone(), complete },
        target,
    })
}

/// Plans to watch a page.
pub(in crate::tools) async fn watch(id: &ContentId, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
    let page = not_yet(id, true, reads).await?;
    Ok(watching(&page, true, "watch", upkeep::watch(id)))
}

/// Plans to watch a page no longer.
pub(in crate::tools) async fn unwatch(id: &ContentId, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let page = not_yet(id, false, reads).await?;
    Ok(watching(&page, false, "stop watching", upkeep::unwatch(id)))
}

/// The page, unless it is watched, or not, as it shall be.
async fn not_yet(id: &ContentId, watched: bool, reads: &Reads<'_>) -> Result<Page, ToolError> {
    let page = reads.page_head(id).await?;
    let now = reads.judged(upkeep::is_watched(id), |reply| Ok((page.place(), reply.json::<Watching>()?))).await?;
    if now.watching == watched {
        let message =
            if watched { "the account watches the page already" } else { "the account does not watch the page" };
        return Err(ToolError::conflict(message, "there is nothing to do"));
    }
    Ok(page)
}

fn watching<A: WriteAccess>(page: &Page, watched: bool, doing: &str, request: Request<A>) -> Plan<A> {
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    Plan {
        request,
        places: vec![page.itself()],
        rests_on: None,
        before: None,
        effect: A::CLASS,
        loses: Vec::new(),
        summary: format!("{doing} {target}"),
        preview: format!("{doing} {target} with the connected account"),
        undo: Undo::Watch { page: page.id.clone(), watched: !watched },
        proof: Proof::IsWatched { page: page.id.clone(), watched },
        target,
    }
}
