//! Tasks, which stand in the bodies of pages and blog posts; lists and single ones.

use serde_json::{Value, json};

use crate::sandbox::model::{Content, ContentKind, ContentStatus, Id, Site};
use crate::sandbox::rules::edits::{self, DOCUMENTS};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, number};
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;
use crate::sandbox::v2::moment;

/// More tasks than any body has; makes a task's id out of its content's.
const PER_CONTENT: Id = 1_000_000;

/// A task as a body holds it.
pub(crate) struct Task<'a> {
    /// Its id on the site: the content's times a million, and its own.
    pub(crate) id: Id,
    /// Its id in the body.
    pub(crate) local: &'a str,
    pub(crate) complete: bool,
    /// What is to be done, in storage format.
    pub(crate) body: &'a str,
    pub(crate) content: &'a Content,
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(inner, _)| inner)
}

/// The tasks in the present body of a content.
pub(crate) fn of_content(content: &Content) -> Vec<Task<'_>> {
    let body = edits::present(content).map_or("", |version| version.body.as_str());
    let task = |element| {
        let local = between(element, "<ac:task-id>", "</ac:task-id>")?;
        let id = content.id * PER_CONTENT + local.parse::<Id>().ok()? % PER_CONTENT;
        let complete = between(element, "<ac:task-status>", "</ac:task-status>") == Some("complete");
        let body = between(element, "<ac:task-body>", "</ac:task-body>").unwrap_or_default();
        Some(Task { id, local, complete, body, content })
    };
    body.split("<ac:task>").skip(1).filter_map(task).collect()
}

/// The content that holds a task.
pub(crate) fn home(task: Id) -> Id {
    task / PER_CONTENT
}

impl Task<'_> {
    fn assigned(&self) -> Option<&str> {
        between(self.body, "ri:account-id=\"", "\"")
    }

    fn due(&self) -> Option<String> {
        between(self.body, "<time datetime=\"", "\"").map(|day| format!("{day}T00:00:00.000Z"))
    }
}

/// A task as v2 shows it.
pub(crate) fn rendered(site: &Site, task: &Task<'_>, format: Option<&str>) -> Value {
    let content = task.content;
    let changed = edits::present(content).map_or(content.created, |version| version.created);
    let mut rendered = json!({
        "id": task.id.to_string(),
        "localId": task.local,
        "spaceId": content.space.to_string(),
        "status": if task.complete { "complete" } else { "incomplete" },
        "createdBy": content.author,
        "createdAt": moment(content.created),
        "updatedAt": moment(changed),
    });
    let Some(fields) = rendered.as_object_mut() else { return rendered };
    let home = if content.kind == ContentKind::BlogPost { "blogPostId" } else { "pageId" };
    fields.insert(home.to_owned(), json!(content.id.to_string()));
    if format == Some("storage") {
        let storage = json!({ "representation": "storage", "value": task.body });
        fields.insert("body".to_owned(), json!({ "storage": storage }));
    }
    if let Some(assigned) = task.assigned() {
        fields.insert("assignedTo".to_owned(), json!(assigned));
    }
    if let Some(due) = task.due() {
        fields.insert("dueAt".to_owned(), json!(due));
    }
    if let Some((account, time)) = site.around.completed.get(&task.id).filter(|_| task.complete) {
        fields.insert("completedBy".to_owned(), json!(account));
        fields.insert("completedAt".to_owned(), json!(moment(*time)));
    }
    rendered
}

fn format(call: &Call) -> Result<Option<&str>, Failure> {
    call.choice("body-format", &["storage", "atlas_doc_format"])
}

fn earliest(call: &Call, name: &str) -> Result<Option<i64>, Failure> {
    let given = call.parameter(name).map(|text| number(name, text)).transpose()?;
    Ok(given.map(|value| i64::try_from(value).unwrap_or(i64::MAX)))
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let sight = Sight::new(site, &call.caller);
    let (spaces, pages) = (call.ids("space-id", 250)?, call.ids("page-id", 250)?);
    let (posts, wanted) = (call.ids("blogpost-id", 250)?, call.ids("task-id", 250)?);
    let status = call.choice("status", &["complete", "incomplete"])?;
    let assigned = call.parameters("assigned-to");
    let authors = call.parameters("created-by");
    let (since, until) = (earliest(call, "created-at-from")?, earliest(call, "created-at-to")?);
    let blank = call.flag("include-blank-tasks")?;
    let format = format(call)?;
    let rows = site
        .contents
        .values()
        .filter(|content| DOCUMENTS.contains(&content.kind) && content.status == ContentStatus::Current)
        .filter(|content| spaces.is_empty() || spaces.contains(&content.space))
        .filter(|content| {
            (pages.is_empty() && posts.is_empty()) || pages.contains(&content.id) || posts.contains(&content.id)
        })
        .filter(|content| authors.is_empty() || authors.contains(&content.author.as_str()))
        .filter(|content| since.is_none_or(|since| content.created.as_millisecond() >= since))
        .filter(|content| until.is_none_or(|until| content.created.as_millisecond() <= until))
        .filter(|content| sight.sees(content))
        .flat_map(of_content)
        .filter(|task| wanted.is_empty() || wanted.contains(&task.id))
        .filter(|task| status.is_none_or(|status| (status == "complete") == task.complete))
        .filter(|task| assigned.is_empty() || task.assigned().is_some_and(|person| assigned.contains(&person)))
        .filter(|task| blank || !task.body.trim().is_empty())
        .map(|task| Row { key: Key::Number(i64::try_from(task.id).unwrap_or(i64::MAX)), id: task.id, item: task })
        .collect();
    listed(call, rows, &Order::by("id"), 25, |task| rendered(site, &task, format))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let id = call.first_id()?;
    let content = Sight::new(site, &call.caller).content(DOCUMENTS, home(id))?;
    let task = of_content(content).into_iter().find(|task| task.id == id);
    let task = task.ok_or_else(|| Failure::not_found("task"))?;
    Ok(Answer::ok(rendered(site, &task, format(call)?)))
}
