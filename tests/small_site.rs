//! A small site with known ids, and a caller for it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};

use jiff::Timestamp;
use serde_json::Value;
use sluice::sandbox::model::{
    Attachment, AttachmentVersion, Comment, CommentPlace, Content, ContentKind, ContentStatus, Id, Label, PeopleGroup,
    Property, Resolution, Site, Space, SpaceKind, SpaceStatus, Template, User, UserStatus, Version,
};
use sluice::sandbox::{Sandbox, SandboxOptions};

pub(crate) const ADMIN: &str = "712020:admin";
pub(crate) const READER: &str = "712020:reader";
/// The noon at which every test begins.
pub(crate) const START: i64 = 1_790_000_000;

fn version(number: u32, title: &str, body: &str) -> Version {
    let created = Timestamp::from_second(START - 10_000 + i64::from(number)).unwrap();
    let (title, body, author) = (title.to_owned(), body.to_owned(), ADMIN.to_owned());
    Version { number, title, body, author, created, message: String::new(), minor_edit: false }
}

fn content(id: Id, kind: ContentKind, space: Id, parent: Option<Id>, title: &str) -> Content {
    Content {
        id,
        kind,
        space,
        parent,
        position: i64::try_from(id).unwrap(),
        status: ContentStatus::Current,
        author: ADMIN.to_owned(),
        owner: ADMIN.to_owned(),
        created: Timestamp::from_second(START - 20_000 + i64::try_from(id).unwrap()).unwrap(),
        versions: vec![version(1, title, &format!("<p>{title}: the printer runbook&nbsp;here.</p>"))],
        labels: vec![Label { id: 900, prefix: "global".to_owned(), name: "runbook".to_owned() }],
        readers: None,
        writers: None,
    }
}

fn space(id: Id, key: &str, kind: SpaceKind, homepage: Id) -> Space {
    Space {
        id,
        key: key.to_owned(),
        name: format!("{key} space"),
        kind,
        status: SpaceStatus::Current,
        description: format!("About {key}"),
        author: ADMIN.to_owned(),
        created: Timestamp::from_second(START - 30_000).unwrap(),
        homepage: Some(homepage),
        viewers: None,
        editors: None,
        labels: vec![Label { id: 901, prefix: "team".to_owned(), name: "desk".to_owned() }],
    }
}

fn user(account: &str, name: &str, token: &str, status: UserStatus) -> User {
    User {
        account_id: account.to_owned(),
        email: format!("{name}@example.com"),
        display_name: name.to_owned(),
        private: name == "private",
        status,
        api_token: token.to_owned(),
        admin: account == ADMIN,
        time_zone: "UTC".to_owned(),
    }
}

fn comment(id: Id, parent: Option<Id>, place: CommentPlace) -> Comment {
    let created = Timestamp::from_second(START - 5_000 + i64::try_from(id).unwrap()).unwrap();
    let (author, versions) = (ADMIN.to_owned(), vec![version(1, "", "<p>Thanks</p>")]);
    Comment { id, container: 1001, parent, place, author, created, versions }
}

fn attachment(id: Id, title: &str, media_type: &str) -> Attachment {
    let created = Timestamp::from_second(START - 4_000).unwrap();
    let (bytes, author, comment) = (b"hello".to_vec(), ADMIN.to_owned(), "first".to_owned());
    Attachment {
        id,
        container: 1001,
        title: title.to_owned(),
        media_type: media_type.to_owned(),
        status: ContentStatus::Current,
        versions: vec![AttachmentVersion { number: 1, bytes, author, created, comment }],
        labels: vec![Label { id: 902, prefix: "global".to_owned(), name: "file".to_owned() }],
    }
}

/// Space ITSD (100) with homepage 1000, pages 1001 to 1040 below it, a blog post 1100, one node of each other kind
/// from 1101; space HR (101) that only the administrator sees.
pub(crate) fn small_site() -> Site {
    let mut site = Site { next_id: 5000, ..Site::default() };
    site.spaces.insert(100, space(100, "ITSD", SpaceKind::Global, 1000));
    let mut hidden = space(101, "HR", SpaceKind::Collaboration, 2000);
    hidden.viewers = Some(BTreeSet::from([ADMIN.to_owned()]));
    site.spaces.insert(101, hidden);
    let mut contents = vec![content(1000, ContentKind::Page, 100, None, "Service desk")];
    contents.extend((1..=40).map(|n| content(1000 + n, ContentKind::Page, 100, Some(1000), &format!("Runbook {n}"))));
    contents.extend([
        content(1100, ContentKind::BlogPost, 100, None, "News"),
        content(1101, ContentKind::Folder, 100, Some(1000), "Forms"),
        content(1102, ContentKind::Page, 100, Some(1101), "Leave form"),
        content(1103, ContentKind::Whiteboard, 100, Some(1000), "Sketch"),
        content(1104, ContentKind::Database, 100, Some(1000), "Assets"),
        content(1105, ContentKind::Embed, 100, Some(1000), "Dashboard"),
        content(2000, ContentKind::Page, 101, None, "Salaries"),
    ]);
    site.contents.extend(contents.into_iter().map(|content| (content.id, content)));
    let people = [
        user(ADMIN, "admin", "sandbox-token", UserStatus::Active),
        user(READER, "reader", "reader-token", UserStatus::Active),
        user("712020:private", "private", "private-token", UserStatus::Active),
        user("712020:gone", "gone", "", UserStatus::Closed),
    ];
    site.users.extend(people.into_iter().map(|user| (user.account_id.clone(), user)));
    let inline = CommentPlace::Inline {
        marker: "marker-1".to_owned(),
        original_selection: "printer".to_owned(),
        resolution: Resolution::Open,
    };
    let comments = [
        comment(3000, None, CommentPlace::Footer),
        comment(3001, Some(3000), CommentPlace::Footer),
        comment(3002, None, inline.clone()),
        comment(3003, Some(3002), inline),
    ];
    site.comments.extend(comments.into_iter().map(|comment| (comment.id, comment)));
    let files = [attachment(4000, "notes.txt", "text/plain"), attachment(4001, "plan.png", "image/png")];
    site.attachments.extend(files.into_iter().map(|file| (file.id, file)));
    around(&mut site);
    site
}

/// Properties 601 to 605 of a page, a post, a file, a comment and the space; a task, templates, a group and watchers.
fn around(site: &mut Site) {
    let created = Timestamp::from_second(START - 3_000).unwrap();
    for (id, owner) in (601..).zip([1001, 1100, 4000, 3000, 100]) {
        let (key, author, message) = ("review".to_owned(), ADMIN.to_owned(), String::new());
        let value = serde_json::json!({ "due": "2026-12-01" });
        let property = Property { id, owner, key, value, version: 1, message, author, created, changed: created };
        site.around.properties.insert(id, property);
    }
    let task = "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>incomplete</ac:task-status>\
                <ac:task-body>Refill</ac:task-body></ac:task></ac:task-list>";
    site.contents.get_mut(&1040).unwrap().versions[0].body = task.to_owned();
    let (name, body) = ("Runbook".to_owned(), "<p><at:var at:name=\"owner\" /></p>".to_owned());
    let template = Template { id: 501, name, description: String::new(), space: None, body, blueprint: None };
    site.around
        .templates
        .insert(502, Template { id: 502, blueprint: Some("decisions".to_owned()), ..template.clone() });
    site.around.templates.insert(501, template);
    let id = "7d3c1f60-0b0e-4c1f-9d1c-5a0f3a1b2c01".to_owned();
    let group = PeopleGroup { id: id.clone(), name: "desk".to_owned(), members: BTreeSet::from([READER.to_owned()]) };
    site.around.groups.insert(id, group);
    for watched in [1001, 100] {
        site.around.watchers.insert(watched, BTreeSet::from([ADMIN.to_owned(), "712020:private".to_owned()]));
    }
    site.around.likes.insert(1001, BTreeSet::from([READER.to_owned()]));
}

/// A running small site whose clock advances a second with every request.
pub(crate) async fn start() -> Sandbox {
    start_with(|_| {}).await
}

pub(crate) async fn start_with(change: impl FnOnce(&mut SandboxOptions)) -> Sandbox {
    let ticks = AtomicI64::new(START);
    let mut options = SandboxOptions::new(small_site());
    options.clock = Arc::new(move || Timestamp::from_second(ticks.fetch_add(1, Ordering::SeqCst)).unwrap());
    options.on_space_delete = Box::new(|_| {});
    change(&mut options);
    Sandbox::start(options).await.unwrap()
}

pub(crate) fn client() -> reqwest::Client {
    client_trusting(None)
}

pub(crate) fn client_trusting(authority: Option<&str>) -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    if let Some(authority) = authority {
        let certificate = reqwest::Certificate::from_pem(authority.as_bytes()).unwrap();
        builder = builder.tls_certs_only([certificate]);
    }
    builder.build().unwrap()
}

/// Status and document of an answer (`Null` where there is none).
pub(crate) async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// Calls a site as one person with Basic credentials.
pub(crate) struct Person<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) client: reqwest::Client,
    pub(crate) email: &'static str,
    pub(crate) token: &'static str,
}

impl<'a> Person<'a> {
    pub(crate) fn admin(sandbox: &'a Sandbox) -> Self {
        Self { sandbox, client: client(), email: "admin@example.com", token: "sandbox-token" }
    }

    pub(crate) fn reader(sandbox: &'a Sandbox) -> Self {
        Self { sandbox, client: client(), email: "reader@example.com", token: "reader-token" }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("{}{path}", self.sandbox.url())).basic_auth(self.email, Some(self.token))
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request("GET", path)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, document: Value) -> (u16, Value) {
        let request = self.request(method, path);
        read(if document.is_null() { request } else { request.json(&document) }).await
    }
}
