//! What holds for every write, whichever tool plans it: nothing before the word of a person, then that one request.

use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::{Value, json};
use sluice::confluence::Request;
use sluice::confluence::api::attachments::{self, Upload};
use sluice::confluence::api::comments::{self, ChangedComment, CommentKind, Quote};
use sluice::confluence::api::labels::Labelled;
use sluice::confluence::api::pages::{self, ChangedPage, NewPage};
use sluice::confluence::api::tree::{self, NewNode, Position, Renaming};
use sluice::confluence::api::upkeep::{self, Owner};
use sluice::confluence::api::{blogs, labels, spaces};
use sluice::domain::access::WriteAccess;
use sluice::domain::digest::Digest;
use sluice::domain::ids::{CommentId, ContentId, LabelName, SpaceId, TaskId, VersionNumber};
use sluice::domain::place::{NodeKind, Parent};
use sluice::policy::Proposal;
use sluice::policy::ports::Verdict;
use sluice::sandbox::Logged;
use sluice::sandbox::model::{CommentPlace, Content, ContentKind, ContentStatus, Id, Property, Resolution, Site};
use sluice::tools::{Entry, catalog, find};

use crate::costs::from_template;
use crate::desk::{Desk, FULL};
use crate::tree::fresh;

const BODY: &str = "<p>Ask the service desk.</p>";
/// The template with its variables filled in.
const INCIDENT: &str = "<p>Started at 08:00, reported by Ann &amp; Bob.</p><h2>What happened</h2>\
    <p><ac:placeholder>Say it in one sentence.</ac:placeholder></p><h2>What helped</h2><ul><li>&nbsp;</li></ul>";
/// The body of the first version of the page.
const FIRST_BODY: &str = "<p>Ask the first.</p>";

/// A call of a write tool and the request it must come to.
struct Write {
    tool: &'static str,
    arguments: Value,
    method: &'static str,
    path: String,
    query: Vec<(&'static str, String)>,
    digest: Digest,
}

impl Write {
    fn new<A: WriteAccess>(tool: &'static str, arguments: Value, request: &Request<A>) -> Self {
        let (method, path) = (request.method().as_str(), request.path().to_owned());
        Self { tool, arguments, method, path, query: request.query().to_vec(), digest: request.digest() }
    }

    /// Whether this is what the site was sent.
    fn is(&self, sent: &Logged) -> bool {
        let query: Vec<String> = self.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        (sent.method.as_str(), sent.path.as_str(), &sent.query) == (self.method, &self.path, &query.join("&"))
    }
}

/// A desk where every write needs approval.
async fn desk() -> Desk {
    let profile = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    assert_eq!(profile.matches("require_approval").count(), 3);
    Desk::under(&profile).await
}

/// What the writes of the table are about.
struct Things {
    page: ContentId,
    title: String,
    version: u32,
    label: LabelName,
    space: SpaceId,
    comment: String,
    attachment: String,
    tree: Tree,
    file: File,
    open: Talk,
    resolved: Talk,
    /// Version and body of `comment`.
    talk: Talk,
    /// A page with a property `kept`.
    holder: ContentId,
    task: TaskId,
    task_done: TaskId,
    watched: ContentId,
    unwatched: ContentId,
}

/// What the writes in the tree are about.
struct Tree {
    home: ContentId,
    target: ContentId,
    trashed: ContentId,
    draft: ContentId,
    post: ContentId,
    nodes: [ContentId; 4],
}

impl Tree {
    fn of(desk: &Desk) -> Self {
        let id = |kind, status| fresh(desk, kind, status).parse().unwrap();
        let put = |kind| id(kind, ContentStatus::Current);
        let home = desk.site.with_site(|site| {
            site.spaces.values().find(|space| space.key == "IT").unwrap().homepage.unwrap().to_string()
        });
        let tree = Self {
            home: home.parse().unwrap(),
            target: desk.page("Connect to the VPN from home").parse().unwrap(),
            trashed: id(ContentKind::Page, ContentStatus::Trashed),
            draft: id(ContentKind::Page, ContentStatus::Draft),
            post: put(ContentKind::BlogPost),
            nodes: [ContentKind::Folder, ContentKind::Whiteboard, ContentKind::Database, ContentKind::Embed].map(put),
        };
        desk.site.with_site(|site| {
            for (id, title) in [(&tree.trashed, "Old"), (&tree.draft, "Draft"), (&tree.post, "News")] {
                let content = site.contents.get_mut(&id.as_str().parse().unwrap()).unwrap();
                let last = content.versions.last_mut().unwrap();
                (last.title, last.body) = (title.into(), "<p>Kept.</p>".into());
            }
        });
        tree
    }
}

/// A comment: its id, version and body.
#[derive(Clone)]
struct Talk {
    id: String,
    version: u32,
    body: String,
}

impl Talk {
    fn of(comment: &sluice::sandbox::model::Comment) -> Self {
        let last = comment.versions.last().unwrap();
        Self { id: comment.id.to_string(), version: last.number, body: last.body.clone() }
    }

    /// How it shall be.
    fn changed<'a>(&self, kind: CommentKind, id: &'a CommentId, storage: &'a str, note: &'a str) -> ChangedComment<'a> {
        ChangedComment { kind, id, storage, version: VersionNumber(self.version + 1), message: note }
    }
}

/// A file: where it is, its version, name and media type.
#[derive(Clone)]
struct File {
    container: ContentId,
    version: u32,
    title: String,
    media_type: String,
}

fn things(desk: &Desk) -> Things {
    let page = desk.page("Escalation matrix");
    let tree = Tree::of(desk);
    desk.site.with_site(|site| {
        let content = site.contents.get_mut(&page.parse().unwrap()).unwrap();
        if content.labels.is_empty() {
            content.labels.push(sluice::sandbox::model::Label { id: 1, prefix: "global".into(), name: "vpn".into() });
        }
        assert!(content.versions.len() > 1);
        content.versions[0].body = FIRST_BODY.into();
        let latest = content.versions.last_mut().unwrap();
        latest.body = "<p>Ask nobody.</p>".into();
        let (title, version, space) = (latest.title.clone(), latest.number, content.space);
        let label = content.labels[0].name.parse().unwrap();
        let top = |comment: &&sluice::sandbox::model::Comment| {
            comment.place == CommentPlace::Footer && comment.parent.is_none()
        };
        let comment = site.comments.values().find(top).unwrap().id.to_string();
        let attachment = format!("att{}", site.attachments.values().next().unwrap().id);
        let inline = |wanted: Resolution| {
            let fits = |comment: &&sluice::sandbox::model::Comment| {
                let CommentPlace::Inline { resolution, .. } = &comment.place else { return false };
                *resolution == wanted && comment.parent.is_none()
            };
            Talk::of(site.comments.values().find(fits).unwrap())
        };
        let (open, resolved) = (inline(Resolution::Open), inline(Resolution::Resolved));
        let talk = Talk::of(site.comments.values().find(top).unwrap());
        let first = site.attachments.values().next().unwrap();
        let file = File {
            container: first.container.to_string().parse().unwrap(),
            version: first.versions.last().unwrap().number,
            title: first.title.clone(),
            media_type: first.media_type.clone(),
        };
        let (page, space) = (page.parse().unwrap(), space.to_string().parse().unwrap());
        let (holder, unticked, task_done, watched) = around(site, &page);
        let unwatched = page.clone();
        Things {
            page,
            title,
            version,
            label,
            space,
            comment,
            attachment,
            tree,
            file,
            open,
            resolved,
            talk,
            holder,
            task: unticked,
            task_done,
            watched,
            unwatched,
        }
    })
}

/// Another page with a property, tasks and our watch.
fn around(site: &mut Site, page: &ContentId) -> (ContentId, TaskId, TaskId, ContentId) {
    let other = |content: &&Content| {
        content.id.to_string() != page.as_str()
            && content.kind == ContentKind::Page
            && content.status == ContentStatus::Current
    };
    let id = site.contents.values().find(other).unwrap().id;
    let task = crate::costs::task(site, id);
    let done = used(site, id);
    let admin = administrator(site);
    let page_number: u64 = page.as_str().parse().unwrap();
    site.around.watchers.entry(page_number).or_default().remove(&admin);
    let other: ContentId = id.to_string().parse().unwrap();
    (other.clone(), task.parse().unwrap(), done, other)
}

/// Gives a page a property `kept`, our watch and a task that is done, which it returns.
fn used(site: &mut Site, page: Id) -> TaskId {
    let body = &mut site.contents.get_mut(&page).unwrap().versions.last_mut().unwrap().body;
    body.push_str("<ac:task-list><ac:task><ac:task-id>8</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>x</ac:task-body></ac:task></ac:task-list>");
    let written = jiff::Timestamp::from_second(1_700_000_000).unwrap();
    let property = Property {
        id: 900_001,
        owner: page,
        key: "kept".into(),
        value: json!(1),
        version: 1,
        message: String::new(),
        author: "a".into(),
        created: written,
        changed: written,
    };
    site.around.properties.insert(property.id, property);
    let admin = administrator(site);
    site.around.watchers.entry(page).or_default().insert(admin);
    format!("{page}000008").parse().unwrap()
}

fn administrator(site: &Site) -> String {
    site.users.values().find(|user| user.email == "admin@example.com").unwrap().account_id.clone()
}

/// Writes that want another one done before, each on what that has been done to, on this page and elsewhere in its space.
pub(crate) fn taking_back(desk: &Desk, page: &str) -> [(&'static str, Value); 4] {
    desk.site.with_site(|site| {
        let id: Id = page.parse().unwrap();
        let space = site.contents[&id].space;
        let task = used(site, id);
        let open = site.comments.values().find(|comment| {
            let inline = matches!(comment.place, CommentPlace::Inline { .. }) && comment.parent.is_none();
            inline && site.contents.get(&comment.container).is_some_and(|content| content.space == space)
        });
        let mut comment = open.unwrap().clone();
        comment.id = site.next_id;
        let CommentPlace::Inline { resolution, .. } = &mut comment.place else { unreachable!() };
        *resolution = Resolution::Resolved;
        let reopened = comment.id.to_string();
        site.comments.insert(site.next_id, comment);
        site.next_id += 1;
        [
            ("delete_property", json!({ "page_id": page, "key": "kept" })),
            ("reopen_comment", json!({ "comment_id": reopened })),
            ("reopen_task", json!({ "task_id": task })),
            ("unwatch_page", json!({ "page_id": page })),
        ]
    })
}

fn writes_of_pages(things: &Things, note: &str) -> Vec<Write> {
    let Things { page, title, version, space, .. } = things;
    let new = NewPage { space, title: "New here", parent: None, storage: BODY };
    let under = NewPage { parent: Some(page), ..new.clone() };
    let next = VersionNumber(version + 1);
    let changed = ChangedPage { id: page, title, storage: BODY, version: next, message: note };
    let edited = ChangedPage { storage: "<p>Ask everybody.</p>", ..changed.clone() };
    let emptied = ChangedPage { storage: "<p></p>", ..changed.clone() };
    let written = |body: &str| json!({ "page_id": page, "version": version, "body": body, "body_format": "storage" });
    let made = json!({ "space": "IT", "title": "New here", "body": BODY, "body_format": "storage" });
    let operations = json!([{ "op": "replace_text", "find": "nobody", "replace": "everybody" }]);
    let edit = json!({ "page_id": page, "version": version, "operations": operations });
    let mut made_under = made.clone();
    made_under["parent_id"] = json!(page);
    vec![
        Write::new("create_page", made.clone(), &pages::create_page(&new)),
        Write::new("create_page", made_under, &pages::create_page(&under)),
        Write::new("create_blog_post", made, &blogs::create_blog_post(&new)),
        Write::new("update_page", written(BODY), &pages::update_page(&changed)),
        Write::new("update_page", written("<p></p>"), &pages::update_page(&emptied)),
        Write::new("edit_page", edit, &pages::update_page(&edited)),
        Write::new("delete_page", json!({ "page_id": page }), &pages::trash_page(page)),
    ]
}

fn writes_in_the_tree(things: &Things, note: &str) -> Vec<Write> {
    let Things { page, space, version, title, tree: of, .. } = things;
    let live = NewPage { space, title: "New here", parent: None, storage: BODY };
    let incident = NewPage { title: "An incident", storage: INCIDENT, ..live.clone() };
    let changed = |id, title, storage, version| ChangedPage { id, title, storage, version, message: note };
    let (first, second) = (VersionNumber(1), VersionNumber(2));
    let under = Parent::Page(of.target.clone());
    let renaming = Renaming { prefix: Some("Copy of "), replace: Some(("old", "new")) };
    let copied = json!({ "page_id": page, "parent_id": of.target, "title_prefix": "Copy of ",
        "title_find": "old", "title_replace": "new" });
    let copy = json!({ "page_id": page, "title": "New here", "space": "IT", "parent_id": of.target });
    let made = json!({ "space": "IT", "title": "New here", "body": BODY, "body_format": "storage" });
    let post = json!({ "blog_post_id": of.post, "version": 1, "body": BODY, "body_format": "storage" });
    vec![
        Write::new("create_page_from_template", from_template(None), &pages::create_page(&incident)),
        Write::new("create_live_doc", made, &pages::create_live_doc(&live)),
        Write::new(
            "publish_draft",
            json!({ "page_id": of.draft }),
            &pages::publish_draft(&changed(&of.draft, "Draft", "<p>Kept.</p>", first)),
        ),
        Write::new(
            "rename_page",
            json!({ "page_id": page, "title": "New here" }),
            &pages::rename_page(page, "New here"),
        ),
        Write::new(
            "restore_page",
            json!({ "page_id": of.trashed }),
            &pages::restore_page(&changed(&of.trashed, "Old", "<p>Kept.</p>", second)),
        ),
        Write::new(
            "move_page",
            json!({ "page_id": page, "target_id": of.target }),
            &tree::move_page(page, Position::Append, &of.target),
        ),
        Write::new("copy_page", copy, &tree::copy_page(page, "New here", &under)),
        Write::new("copy_page_tree", copied, &tree::copy_page_tree(page, &of.target, &renaming)),
        Write::new("archive_page", json!({ "page_id": page }), &tree::archive_page(page)),
        Write::new("update_blog_post", post, &blogs::update_blog_post(&changed(&of.post, "News", BODY, second))),
        Write::new("delete_blog_post", json!({ "blog_post_id": of.post }), &blogs::trash_blog_post(&of.post)),
        Write::new(
            "restore_version",
            json!({ "page_id": page, "version": 1 }),
            &pages::update_page(&changed(page, title, FIRST_BODY, VersionNumber(version + 1))),
        ),
    ]
}

fn writes_of_nodes(things: &Things, _: &str) -> Vec<Write> {
    let Things { space, tree: of, .. } = things;
    let mut writes = Vec::new();
    let names = [
        ("create_folder", "delete_folder", "folder_id"),
        ("create_whiteboard", "delete_whiteboard", "whiteboard_id"),
        ("create_database", "delete_database", "database_id"),
        ("create_smart_link", "delete_smart_link", "smart_link_id"),
    ];
    for (((create, delete, name), kind), id) in names.into_iter().zip(NodeKind::ALL).zip(&of.nodes) {
        let url = Some("https://example.com/").filter(|_| kind == NodeKind::SmartLink);
        let mut made = json!({ "space": "IT", "title": "New here" });
        if let Some(url) = url {
            made["url"] = json!(url);
        }
        let node = NewNode { kind, space, title: "New here", parent: Some(&of.home), url };
        writes.push(Write::new(create, made, &tree::create_node(&node)));
        writes.push(Write::new(delete, json!({ name: id }), &tree::trash_node(kind, id)));
    }
    writes
}

fn writes_of_the_rest(things: &Things, note: &str) -> Vec<Write> {
    let Things { page, label, comment, attachment, .. } = things;
    let (it, new): (_, LabelName) = ("IT".parse().unwrap(), "brand-new".parse().unwrap());
    let content = Bytes::from_static(b"a,b\n");
    let upload = Upload { file_name: "new.csv", media_type: "text/csv", content, comment: note };
    let reply = comments::create_reply(CommentKind::Footer, &comment.parse().unwrap(), BODY);
    let said = |name: &str, id: &str| json!({ name: id, "body": BODY, "body_format": "storage" });
    let file = json!({ "page_id": page, "file_name": "new.csv", "text": "a,b\n", "media_type": "text/csv" });
    vec![
        Write::new("add_comment", said("page_id", page.as_str()), &comments::create_footer_comment(page, BODY)),
        Write::new("reply_to_comment", said("comment_id", comment), &reply),
        Write::new(
            "add_labels",
            json!({ "page_id": page, "labels": [new] }),
            &labels::add_labels(&Labelled::Page(page.clone()), &[new]),
        ),
        Write::new(
            "remove_label",
            json!({ "page_id": page, "label": label }),
            &labels::remove_label(&Labelled::Page(page.clone()), label),
        ),
        Write::new(
            "create_space",
            json!({ "key": "NEW", "name": "New", "description": "All new" }),
            &spaces::create_space(&"NEW".parse().unwrap(), "New", Some("All new")),
        ),
        Write::new(
            "update_space",
            json!({ "space": "IT", "name": "Help" }),
            &spaces::update_space(&it, Some("Help"), None),
        ),
        Write::new("upload_attachment", file, &attachments::create_attachment(page, &upload)),
        Write::new(
            "delete_attachment",
            json!({ "attachment_id": attachment }),
            &attachments::trash_attachment(&attachment.parse().unwrap()),
        ),
    ]
}

fn writes_of_talk(things: &Things, note: &str) -> Vec<Write> {
    let Things { page, talk, open, resolved, .. } = things;
    let (said, asked, done): (CommentId, CommentId, CommentId) =
        (talk.id.parse().unwrap(), open.id.parse().unwrap(), resolved.id.parse().unwrap());
    let quote = Quote { text: "Ask nobody.", count: 1, index: 0 };
    let inline = json!({ "page_id": page, "quote": "Ask nobody.", "body": BODY, "body_format": "storage" });
    let body = |id: &str| json!({ "comment_id": id, "body": BODY, "body_format": "storage" });
    let reply = comments::create_reply(CommentKind::Inline, &asked, BODY);
    let (footer, inside) = (CommentKind::Footer, CommentKind::Inline);
    let resolve = comments::resolve_comment(&open.changed(inside, &asked, &open.body, note), true);
    let reopen = comments::resolve_comment(&resolved.changed(inside, &done, &resolved.body, note), false);
    vec![
        Write::new("add_inline_comment", inline, &comments::create_inline_comment(page, &quote, BODY)),
        Write::new("reply_to_inline_comment", body(&open.id), &reply),
        Write::new(
            "update_comment",
            body(&talk.id),
            &comments::update_comment(&talk.changed(footer, &said, BODY, note)),
        ),
        Write::new("resolve_comment", json!({ "comment_id": open.id }), &resolve),
        Write::new("reopen_comment", json!({ "comment_id": resolved.id }), &reopen),
        Write::new("delete_comment", json!({ "comment_id": talk.id }), &comments::delete_comment(footer, &said)),
    ]
}

fn writes_of_files(things: &Things, note: &str) -> Vec<Write> {
    let Things { attachment, file, .. } = things;
    let (id, content) = (attachment.parse().unwrap(), Bytes::from_static(b"a,b\n"));
    let upload = Upload { file_name: &file.title, media_type: &file.media_type, content, comment: note };
    let rename = attachments::rename_attachment(&file.container, &id, VersionNumber(file.version), "other.csv");
    vec![
        Write::new(
            "update_attachment",
            json!({ "attachment_id": attachment, "content_base64": "YSxiCg==" }),
            &attachments::update_attachment(&file.container, &id, &upload),
        ),
        Write::new(
            "add_labels",
            json!({ "attachment_id": attachment, "labels": ["new"] }),
            &labels::add_labels(&Labelled::File(attachment.parse().unwrap()), &["new".parse().unwrap()]),
        ),
        Write::new("rename_attachment", json!({ "attachment_id": attachment, "file_name": "other.csv" }), &rename),
    ]
}

fn writes_around(things: &Things, note: &str) -> Vec<Write> {
    let Things { page, space, holder, task, task_done, watched, unwatched, .. } = things;
    let (of_page, of_space) = (Owner::Page(holder.clone()), Owner::Space(space.clone()));
    let (it, two) = (json!({ "a": 1 }), VersionNumber(2));
    let id = "900001";
    vec![
        Write::new(
            "set_property",
            json!({ "page_id": page, "key": "k", "value": it }),
            &upkeep::create_property(&Owner::Page(page.clone()), "k", &it),
        ),
        Write::new(
            "set_property",
            json!({ "page_id": holder, "key": "kept", "value": it }),
            &upkeep::update_property(&of_page, (id, "kept"), &it, two, note),
        ),
        Write::new(
            "delete_property",
            json!({ "page_id": holder, "key": "kept" }),
            &upkeep::delete_property(holder, id),
        ),
        Write::new(
            "set_space_property",
            json!({ "space": space, "key": "k", "value": it }),
            &upkeep::create_property(&of_space, "k", &it),
        ),
        Write::new("complete_task", json!({ "task_id": task }), &upkeep::update_task(task, true)),
        Write::new("reopen_task", json!({ "task_id": task_done }), &upkeep::update_task(task_done, false)),
        Write::new("watch_page", json!({ "page_id": unwatched }), &upkeep::watch(unwatched)),
        Write::new("unwatch_page", json!({ "page_id": watched }), &upkeep::unwatch(watched)),
    ]
}

fn writes(things: &Things, note: &str) -> Vec<Write> {
    [
        writes_of_pages,
        writes_of_the_rest,
        writes_in_the_tree,
        writes_of_nodes,
        writes_of_talk,
        writes_of_files,
        writes_around,
    ]
    .into_iter()
    .flat_map(|writes| writes(things, note))
    .collect()
}

/// What was sent and may have changed something.
fn sent(desk: &Desk) -> Vec<Logged> {
    let read = |sent: &Logged| sent.method == "GET" || sent.path == "/wiki/api/v2/users-bulk";
    desk.site.log().into_iter().filter(|sent| !read(sent)).collect()
}

/// What a person decides on says what, where and how bad; the request is the one that the arguments ask for, with the
/// mark of its record.
fn says_enough(things: &Things, number: usize, shown: &Proposal) {
    let note = format!("by tester through Sluice [sluice {}]", shown.approval);
    let write = writes(things, &note).swap_remove(number);
    let facts = find(write.tool).unwrap().facts;
    let tool = write.tool;
    assert_eq!((shown.tool.name, shown.tool.class), (facts.name, facts.class));
    for (what, text) in [("target", &shown.target), ("summary", &shown.summary), ("preview", &shown.preview)] {
        assert!(!text.trim().is_empty(), "{tool}: no {what}");
    }
    assert!(!shown.summary.contains('\n') && !shown.target.contains('\n'), "{tool}: {shown:?}");
    assert!(!shown.places.is_empty(), "{tool}: no place");
    assert!(shown.effect >= facts.class, "{tool}: {} is less than {}", shown.effect, facts.class);
    assert_eq!(shown.digest, write.digest, "{tool}: another request than {} {}", write.method, write.path);
}

#[tokio::test]
async fn every_write_tool_is_in_the_table() {
    let table: BTreeSet<&str> = writes(&things(&desk().await), "").iter().map(|write| write.tool).collect();
    // What is several writes sends none itself.
    let writes = |entry: &&Entry| entry.step.is_some();
    let tools: BTreeSet<&str> = catalog().filter(writes).map(|entry| entry.facts.name).collect();
    assert_eq!(table, tools);
}

#[tokio::test]
async fn a_write_that_is_denied_or_that_nobody_decides_on_has_only_read() {
    let desk = desk().await;
    let things = things(&desk);
    for (number, write) in writes(&things, "").into_iter().enumerate() {
        desk.approver_says(Verdict::Denied { by: "maria".into(), reason: "not today".into() });
        let error = desk.error(write.tool, write.arguments.clone()).await;
        assert_eq!((&*error.code, error.message.as_str()), ("denied", "maria denied this write: not today"));
        desk.approver_says(Verdict::Waiting);
        let data = desk.data(write.tool, write.arguments.clone()).await;
        assert_eq!((&data["status"], &data["executed"]), (&json!("pending_approval"), &json!(false)), "{data}");
        assert_eq!(sent(&desk), [], "{}", write.tool);
        // An agent has only so many waiting.
        desk.data("cancel_approval", json!({ "approval_id": data["approval_id"] })).await;
        for shown in desk.take_shown() {
            says_enough(&things, number, &shown);
        }
    }
    assert_eq!(desk.usage().writes_last_hour, 0);
}

#[tokio::test]
async fn a_write_that_is_approved_sends_the_one_request_that_was_shown() {
    let mut number = 0;
    loop {
        let desk = desk().await;
        let things = things(&desk);
        let Some(write) = writes(&things, "").into_iter().nth(number) else { break };
        desk.approver_says(Verdict::Approved { by: "maria".into() });
        let data = desk.data(write.tool, write.arguments.clone()).await;
        // What is only begun is followed by who asks what became of it.
        let begins = ["archive_page", "copy_page_tree"].contains(&write.tool);
        assert_eq!(data["status"], if begins { "running" } else { "done" }, "{}: {data}", write.tool);
        let (shown, sent) = (desk.shown(), sent(&desk));
        assert_eq!((shown.len(), sent.len()), (1, 1), "{}: {sent:?}", write.tool);
        assert!(write.is(&sent[0]), "{}: {:?}", write.tool, sent[0]);
        says_enough(&things, number, &shown[0]);
        assert_eq!(desk.usage().writes_last_hour, 1, "{}", write.tool);
        number += 1;
    }
    assert_eq!(number, 52);
}
