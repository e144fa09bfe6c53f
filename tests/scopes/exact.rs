//! A tool does with the scopes it names what it does with all, and less without any one of them.

use std::sync::Arc;

use serde_json::{Value, json};
use sluice::app::{App, Parts};
use sluice::approval::{Approvals, Quiet};
use sluice::clock::{Clock, SystemClock};
use sluice::config::SearchVerify;
use sluice::confluence::client::{Limits, Settings};
use sluice::confluence::{Address, Bearer, Client};
use sluice::policy::Caller;
use sluice::policy::ask::AgentId;
use sluice::sandbox::model::{Site, UserStatus};
use sluice::sandbox::{CLOUD_ID, Effect, Fault, Moment, Sandbox};
use sluice::store::memory::MemoryStore;
use sluice::tools::context::Silent;
use sluice::tools::{Entry, catalog, find};
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, FULL, Standing, library, profile, text_of};
use crate::{costs, tree, undo, writes};

/// What no step here fails for. How much stands below a page is told to whoever is asked about its delete, and to nobody
/// else; without the scope they are told that it could not be counted. And a hit for which the site names no space is
/// looked for by the page it is on; the simulated site names one for every hit.
/// And no file on the simulated site has a comment, so that nobody's name is looked up for one. Nothing is copied here,
/// so that no copy is looked up again.
const IDLE: [&str; 11] = [
    "upload_attachments delete:attachment:confluence",
    "create_page read:hierarchical-content:confluence",
    "create_live_doc read:hierarchical-content:confluence",
    "create_page_from_template read:hierarchical-content:confluence",
    "publish_draft read:hierarchical-content:confluence",
    "copy_page read:hierarchical-content:confluence",
    "delete_page read:hierarchical-content:confluence",
    "restore_page read:hierarchical-content:confluence",
    "search_text read:page:confluence",
    "search_docs read:page:confluence",
    "list_attachment_comments read:user:confluence",
];

/// Writes that only people undo.
const BY_HAND: [&str; 13] = [
    "delete_comment",
    "set_space_property",
    "update_attachment",
    "upload_attachments",
    "create_space",
    "delete_attachment",
    "archive_page",
    "copy_page_tree",
    "delete_blog_post",
    "delete_folder",
    "delete_whiteboard",
    "delete_database",
    "delete_smart_link",
];

/// How a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// As it should.
    Smooth,
    /// The answer to its write is lost.
    Lost,
    /// It is undone.
    Undone,
    /// It is undone, and the answer to that is lost.
    UndoneLost,
}

/// The site before each call, and whose tokens are made.
struct Bench {
    site: Sandbox,
    before: Site,
    account: String,
}

/// One agent, signed in with one token.
struct SignedIn<'a> {
    bench: &'a Bench,
    app: Arc<App>,
    caller: Caller,
}

impl Bench {
    fn of(desk: Desk) -> Self {
        let (before, account) = desk.site.with_site(|site| {
            let admin = site.users.values().find(|user| user.admin && user.status == UserStatus::Active).unwrap();
            (site.clone(), admin.account_id.clone())
        });
        Self { site: desk.site, before, account }
    }

    /// An agent with a token of these scopes, or of all; nothing is remembered of what others asked.
    async fn sign_in(&self, scopes: Option<&[&str]>, in_space: bool) -> SignedIn<'_> {
        let scope = if in_space { "[scope]\nallow_spaces = [\"IT\"]\n" } else { "" };
        let profile = Arc::new(profile(&format!("{FULL}\n{scope}")));
        let token = match scopes {
            Some(scopes) => self.site.issue_token(&self.account, scopes),
            None => self.before.users[&self.account].api_token.clone(),
        };
        let address = Address::gateway(&self.site.url(), CLOUD_ID).unwrap();
        let mut settings = Settings::new(address, Arc::new(Bearer::new(token.into()).unwrap()));
        settings.limits = Limits::without_rates();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let store = Arc::new(MemoryStore::new());
        let client = Client::new(settings).unwrap();
        let app = App::new(Parts {
            library: Some(library(&client, "https://acme.atlassian.net", SearchVerify::Live, &clock)),
            client,
            site: "https://acme.atlassian.net".into(),
            folder: None,
            connection: "the service desk".into(),
            approvals: Approvals::open(store, Arc::clone(&clock), Arc::new(Quiet)).await.unwrap(),
            mandates: Arc::new(Standing(std::sync::Mutex::new(Arc::clone(&profile)))),
            review: None,
            clock,
        });
        SignedIn { bench: self, app: Arc::new(app), caller: Caller::new(AgentId::new("tester"), profile) }
    }

    /// What a call comes to on a fresh site: its answer and what people would have been shown.
    async fn outcome(&self, scopes: Option<&[&str]>, call: &Call, course: Course, in_space: bool) -> String {
        self.site.with_site(|site| *site = self.before.clone());
        self.site.clear_faults();
        self.sign_in(scopes, in_space).await.outcome(call, course).await
    }
}

impl SignedIn<'_> {
    async fn call(&self, tool: &str, arguments: &Value) -> String {
        let (entry, arguments) = (find(tool).unwrap(), arguments.as_object().unwrap().clone());
        let answer =
            self.app.call(self.caller.clone(), entry, arguments, Arc::new(Silent), CancellationToken::new()).await;
        match answer {
            Ok(answer) => format!("{}\n{:?}", text_of(&answer), answer.structured),
            Err(error) => format!("{error:?}"),
        }
    }

    /// The next write is carried out, and its answer is lost.
    fn lose_the_next_answer(&self) {
        for (method, template) in Sandbox::served().into_iter().filter(|(method, _)| *method != "GET") {
            if !template.ends_with("/users-bulk") {
                let effect = Effect::Reset { moment: Moment::After };
                self.bench.site.set_fault(Fault { template: Some(format!("{method} {template}")), times: 1, effect });
            }
        }
    }

    async fn outcome(&self, call: &Call, course: Course) -> String {
        if course == Course::Lost {
            self.lose_the_next_answer();
        }
        let mut said = vec![self.call(call.tool, &call.arguments).await];
        let approvals = self.app.approvals();
        if matches!(course, Course::Undone | Course::UndoneLost) {
            if course == Course::UndoneLost {
                self.lose_the_next_answer();
            }
            let made = approvals.list(None, |_| true, 1).await.unwrap();
            let id = made.first().map(|record| record.asked.id.to_string()).unwrap_or_default();
            said.push(self.call("undo_write", &json!({ "approval_id": id })).await);
        }
        for record in approvals.list(None, |_| true, 9).await.unwrap() {
            let preview = record.asked.preview.text(approvals.store()).await.unwrap();
            said.push(format!("{:?} {preview}", record.state));
        }
        approvals.finish().await;
        said.iter().map(|text| nameless(text)).collect::<Vec<_>>().join("\n")
    }
}

/// The text without what is made by chance.
fn nameless(text: &str) -> String {
    let mut parts = text.split("ap-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "ap-…" + part.trim_start_matches(|sign: char| sign.is_ascii_alphanumeric()))
}

/// A call of a tool.
struct Call {
    tool: &'static str,
    arguments: Value,
}

impl Call {
    fn entry(&self) -> &'static Entry {
        find(self.tool).unwrap()
    }

    /// How it may go, with the scopes that it may be asked for then.
    fn courses(&self) -> Vec<(Course, Vec<&'static str>)> {
        let entry = self.entry();
        let own = entry.scopes.to_vec();
        let all = [entry.scopes, entry.undo_scopes].concat();
        if !entry.facts.class.writes() {
            return vec![(Course::Smooth, own)];
        }
        let undoable = !BY_HAND.contains(&self.tool);
        let mut courses = vec![(Course::Smooth, own.clone()), (Course::Lost, own)];
        if undoable {
            courses.extend([(Course::Undone, all.clone()), (Course::UndoneLost, all)]);
        }
        courses
    }
}

/// Calls that between them ask for all that a tool may ask for.
async fn calls() -> (Bench, Vec<Call>) {
    let desk = Desk::open().await;
    let things = costs::things(&desk);
    let writes = undo::steps(&undo::things(&desk));
    let mut calls: Vec<Call> =
        costs::reads(&things).into_iter().map(|(tool, arguments)| Call { tool, arguments }).collect();
    calls.extend(writes.into_iter().map(|step| Call { tool: step.tool, arguments: step.arguments }));
    let more = [
        ("list_comments", json!({ "page_id": things.commented })),
        ("search_text", json!({ "query": "vpn", "space": "IT" })),
        ("search_cql", json!({ "cql": format!("ancestor = {}", things.page) })),
        ("create_page", json!({ "space": "IT", "title": "In a folder", "body": "x", "parent_id": folder(&desk) })),
        ("add_inline_comment", json!({ "page_id": things.page, "quote": "y", "body": "x", "occurrence": 1 })),
        ("delete_attachment", json!({ "attachment_id": things.file })),
        ("create_space", json!({ "key": "NEW", "name": "New" })),
    ];
    calls.extend(more.map(|(tool, arguments)| Call { tool, arguments }));
    calls.extend(in_a_folder(&things.page, &folder(&desk)));
    calls.extend(costs::writes_in_the_tree(&things).into_iter().map(|(tool, arguments)| Call { tool, arguments }));
    let (deep, _) = tree::deep(&desk);
    let elsewhere = desk.page("Connect to the VPN from home");
    calls.push(Call { tool: "move_page", arguments: json!({ "page_id": deep, "target_id": elsewhere }) });
    let back = writes::taking_back(&desk, &elsewhere);
    calls.extend(back.map(|(tool, arguments)| Call { tool, arguments }));
    let rest = costs::writes(&things).into_iter().filter(|(tool, _)| !calls.iter().any(|call| call.tool == *tool));
    let rest: Vec<Call> = rest.map(|(tool, arguments)| Call { tool, arguments }).collect();
    calls.extend(rest);
    for entry in catalog().filter(|entry| !entry.scopes.is_empty()) {
        let is_called = calls.iter().any(|call| call.tool == entry.facts.name);
        assert!(is_called, "{} is not called", entry.facts.name);
    }
    (Bench::of(desk), calls)
}

/// Calls that put something into a folder.
fn in_a_folder(page: &str, folder: &str) -> Vec<Call> {
    let made = json!({ "space": "IT", "title": "In a folder", "parent_id": folder });
    let with = |more: Value| {
        let mut arguments = made.clone();
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    let calls = [
        ("create_live_doc", with(json!({ "body": "x" }))),
        ("create_page_from_template", costs::from_template(Some(folder))),
        ("copy_page", with(json!({ "page_id": page }))),
        ("create_folder", made.clone()),
        ("create_whiteboard", made.clone()),
        ("create_database", made.clone()),
        ("create_smart_link", with(json!({ "url": "https://example.com/" }))),
        ("move_page", json!({ "page_id": page, "target_id": folder })),
    ];
    calls.map(|(tool, arguments)| Call { tool, arguments }).into()
}

/// A folder in the space IT.
fn folder(desk: &Desk) -> String {
    desk.site.with_site(|site| {
        let space = site.spaces.values().find(|space| space.key == "IT").unwrap().id;
        let folder = |content: &&sluice::sandbox::model::Content| {
            content.space == space && content.kind == sluice::sandbox::model::ContentKind::Folder
        };
        site.contents.values().find(folder).unwrap().id.to_string()
    })
}

#[tokio::test]
async fn a_token_of_exactly_its_scopes_is_as_good_to_a_tool_as_one_of_all() {
    let (bench, calls) = calls().await;
    let mut worse = Vec::new();
    for call in &calls {
        for (course, scopes) in call.courses() {
            // No scope holds a space before it is made.
            for in_space in [false, true].into_iter().filter(|in_space| !in_space || call.tool != "create_space") {
                let all = bench.outcome(None, call, course, in_space).await;
                let own = bench.outcome(Some(&scopes), call, course, in_space).await;
                if all != own || all.contains("ToolError") {
                    worse.push(format!("{} {course:?}, in_space {in_space}\n{all}\nwith its own: {own}", call.tool));
                }
            }
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("\n\n"));
}

/// Whether some course of some call of a tool comes to something else without a scope.
async fn misses(bench: &Bench, calls: &[&Call], scope: &str) -> bool {
    for call in calls {
        for (course, scopes) in call.courses().into_iter().filter(|(_, scopes)| scopes.contains(&scope)) {
            let fewer: Vec<_> = scopes.into_iter().filter(|held| *held != scope).collect();
            for in_space in [false, true] {
                let all = bench.outcome(None, call, course, in_space).await;
                if bench.outcome(Some(&fewer), call, course, in_space).await != all {
                    return true;
                }
            }
        }
    }
    false
}

#[tokio::test]
async fn without_any_one_of_its_scopes_a_tool_says_less_or_fails() {
    let (bench, calls) = calls().await;
    let mut idle = Vec::new();
    for entry in catalog() {
        let calls: Vec<&Call> = calls.iter().filter(|call| call.tool == entry.facts.name).collect();
        for (scope, _) in super::all(entry) {
            if !misses(&bench, &calls, scope).await {
                idle.push(format!("{} {scope}", entry.facts.name));
            }
        }
    }
    idle.sort_unstable();
    let mut expected = IDLE;
    expected.sort_unstable();
    assert_eq!(idle, expected);
}
