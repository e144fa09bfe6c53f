//! Lists tasks on pages and blog posts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::rendered;
use super::header::minute;
use crate::confluence::api::Paging;
use crate::confluence::api::around::{self, TaskFilter};
use crate::confluence::model::{BodySet, List, Task};
use crate::confluence::people::Names;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{AccountId, ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::domain::text::{clean_text, one_line, quoted};
use crate::markup;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Text;
use crate::tools::{Context, ReadTool, ToolError, listing, scopes};

/// Lists tasks.
pub(super) struct ListTasks;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Only on this page.
    page_id: Option<ContentId>,
    /// Only in this space, by key or id.
    space: Option<SpaceName>,
    /// Only those given to this person.
    account_id: Option<AccountId>,
    /// `incomplete` unless said otherwise.
    #[serde(default)]
    status: Status,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// Which tasks.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Status {
    #[default]
    Incomplete,
    Complete,
    Any,
}

/// Tasks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tasks {
    /// The tasks.
    tasks: Vec<Line>,
    /// Pass it as `cursor` for more; left out at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<Cursor>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// Id of the task.
    id: String,
    /// `complete` or `incomplete`.
    status: String,
    /// What is to be done.
    text: String,
    /// The page or blog post it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<String>,
    /// Account id of whoever shall do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    /// Name of whoever shall do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
    /// By when, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// When it was done, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
}

impl Line {
    fn of(task: &Task, names: &Names) -> Self {
        let body = rendered(task.body.as_ref().map_or("", BodySet::storage), names).text;
        let assignee = task.assigned_to.as_ref().and_then(|account| names.get(account));
        Self {
            id: clean_text(&task.id).text,
            status: clean_text(&task.status).text,
            text: one_line(&body, 300),
            page_id: task.container().map(ToString::to_string),
            account_id: task.assigned_to.as_ref().map(ToString::to_string),
            assignee: assignee.map(|name| clean_text(name).text),
            due: task.due_at.map(|time| time.strftime("%Y-%m-%d").to_string()),
            completed: task.completed_at.map(minute),
        }
    }
}

impl Text for Tasks {
    fn text(&self) -> String {
        let line = |line: &Line| {
            let mut facts = vec![format!("- {} {} · {}", line.id, quoted(&line.text, 300), quoted(&line.status, 20))];
            facts.extend(line.page_id.as_ref().map(|page| format!("on {page}")));
            facts.extend(
                line.assignee.as_ref().or(line.account_id.as_ref()).map(|name| format!("for {}", quoted(name, 80))),
            );
            facts.extend(line.due.as_ref().map(|due| format!("due {due}")));
            facts.extend(line.completed.as_ref().map(|done| format!("done {done}")));
            facts.join(" · ")
        };
        listing::text(self.tasks.iter().map(line), "No such tasks here.", self.next_cursor.as_ref())
    }
}

impl ReadTool for ListTasks {
    const NAME: &'static str = "list_tasks";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List tasks";
    const DESCRIPTION: &'static str =
        "Lists tasks on pages and blog posts: what is to be done, where, by whom, until when.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_TASK, scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Tasks;

    fn subject(input: &Input) -> Place {
        match (&input.page_id, &input.space) {
            (Some(page), _) => Place::Content(page.clone()),
            (None, Some(space)) => space.place(),
            (None, None) => Place::Nowhere,
        }
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Tasks>, ToolError> {
        let spaces = match (&input.space, &input.page_id) {
            (Some(name), _) => {
                let space = context.places.space(name).await?.ok_or_else(ToolError::not_found)?;
                // Beside a page, it was not judged yet.
                context.sees(&Place::Space(space.id.clone())).await?;
                vec![space.id]
            }
            (None, Some(_)) => Vec::new(),
            (None, None) => match context.allowed().await? {
                Some(spaces) if spaces.is_empty() => {
                    return Ok(Unsifted::one(Place::Nowhere, Tasks { tasks: Vec::new(), next_cursor: None }));
                }
                spaces => spaces.unwrap_or_default(),
            },
        };
        let status = match input.status {
            Status::Incomplete => Some("incomplete"),
            Status::Complete => Some("complete"),
            Status::Any => None,
        };
        let filter = TaskFilter { status, page: input.page_id, spaces, assigned_to: input.account_id };
        let paging = Paging::of(input.limit, input.cursor);
        let reply = context.client.send(permit, around::list_tasks(&filter, &paging)).await?;
        let found: List<Task> = reply.json()?;
        let names = context.people.names(found.results.iter().flat_map(mentioned)).await;
        let lines: Vec<_> = found.results.iter().map(|task| (task.place(), Line::of(task, &names))).collect();
        let next_cursor = reply.next_cursor();
        Ok(Unsifted::many(lines, |tasks| Tasks { tasks, next_cursor }))
    }
}

/// Everybody whose name a task shows.
fn mentioned(task: &Task) -> Vec<AccountId> {
    let mentions = markup::mentioned(task.body.as_ref().map_or("", BodySet::storage)).accounts;
    let mentions = mentions.into_iter().filter_map(|account| account.parse().ok());
    task.assigned_to.iter().cloned().chain(mentions).collect()
}
