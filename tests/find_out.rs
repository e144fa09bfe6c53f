//! Writes whose answers were lost: what became of them is found, and nothing happens twice.

mod pages;
mod rest;
mod talk;
mod tree;
mod writes;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use sluice::approval::{Again, Finding, Proof, Sent, find_out, marker};
use sluice::confluence::api::attachments::{self, Upload};
use sluice::confluence::api::comments::CommentKind;
use sluice::confluence::api::pages as of_pages;
use sluice::confluence::api::pages::{ChangedPage, DocumentKind};
use sluice::confluence::client::{Limits, Settings};
use sluice::confluence::{Address, ApiToken, Client, Failure, Request};
use sluice::domain::access::WriteAccess;
use sluice::domain::ids::{ApprovalId, VersionNumber};
use sluice::sandbox::{Effect, Fault, Moment, Sandbox};

use writes::{
    add_labels, comment, create, delete_comment, happened, make_space, name_space, page, remove_label, reply, restore,
    trash, trash_file,
};

use crate::small_site::{Person, START, read, start};

const BODY: &str = "<p>Ask the <strong>service</strong> desk.</p>";
const NOT_THERE: Finding = Finding::NotThere { again: Again::Safe };

/// The small site, and a client of its administrator.
struct Bench {
    site: Sandbox,
    client: Client,
    approval: ApprovalId,
}

/// A write as it is sent, and what proves it.
struct Write {
    name: &'static str,
    method: &'static str,
    path: String,
    query: Vec<(&'static str, String)>,
    content_type: Option<String>,
    body: Bytes,
    proof: Proof,
}

impl Write {
    fn new<A: WriteAccess>(name: &'static str, request: &Request<A>, proof: Proof) -> Self {
        Self {
            name,
            method: request.method().as_str(),
            path: request.path().to_owned(),
            query: request.query().to_vec(),
            content_type: request.body().content_type(),
            body: Bytes::copy_from_slice(request.body().bytes()),
            proof,
        }
    }

    fn by(&self, person: &Person<'_>) -> reqwest::RequestBuilder {
        let request = person.request(self.method, &self.path).query(&self.query).header("X-Atlassian-Token", "nocheck");
        match &self.content_type {
            Some(kind) => request.header("Content-Type", kind).body(self.body.clone()),
            None => request,
        }
    }
}

impl Bench {
    async fn open() -> Self {
        let site = start().await;
        let token = ApiToken::new("admin@example.com", "sandbox-token".into()).unwrap();
        let mut settings = Settings::new(Address::site(&site.url()).unwrap(), std::sync::Arc::new(token));
        settings.limits = Limits::without_rates();
        Self { client: Client::new(settings).unwrap(), site, approval: ApprovalId::of(7) }
    }

    fn admin(&self) -> Person<'_> {
        Person::admin(&self.site)
    }

    fn reader(&self) -> Person<'_> {
        Person::reader(&self.site)
    }

    /// Sends it; it is carried out and answered.
    async fn send(&self, write: &Write) -> Value {
        let (status, answer) = read(write.by(&self.admin())).await;
        assert!((200..300).contains(&status), "{}: {status} {answer}", write.name);
        answer
    }

    /// Sends it, and the connection breaks.
    async fn lose(&self, write: &Write, effect: Effect) {
        self.site.set_fault(Fault { template: None, times: 1, effect });
        assert!(write.by(&self.admin()).send().await.is_err(), "{}", write.name);
    }

    /// The connection breaks before it is carried out.
    async fn lose_it(&self, write: &Write) {
        self.lose(write, Effect::Reset { moment: Moment::Before }).await;
    }

    /// It is carried out; only the answer is lost.
    async fn lose_the_answer(&self, write: &Write) {
        self.lose(write, Effect::Reset { moment: Moment::After }).await;
    }

    async fn look(&self, write: &Write) -> Result<Finding, Failure> {
        let at = Timestamp::from_second(START).unwrap();
        find_out(&self.client, &write.proof, &Sent { approval: &self.approval, at, body: &write.body }).await
    }

    async fn find(&self, write: &Write) -> Finding {
        self.look(write).await.unwrap_or_else(|failure| panic!("{}: {failure}", write.name))
    }

    fn note(&self) -> String {
        format!("by tester through Sluice {}", marker(&self.approval))
    }

    fn update(&self) -> Write {
        let (id, version) = (&page(1001), VersionNumber(2));
        let message = &self.note();
        let changed = ChangedPage { id, title: "Runbook 1", storage: BODY, version, message };
        let proof = Proof::PageHasVersion { kind: DocumentKind::Page, page: id.clone(), version };
        Write::new("update a page", &of_pages::update_page(&changed), proof)
    }

    fn upload(&self) -> Write {
        let (content, comment) = (Bytes::from_static(b"a,b\n"), &self.note());
        let upload = Upload { file_name: "new.csv", media_type: "text/csv", content, comment };
        let proof = Proof::FileIsThere { page: page(1001), file_name: "new.csv".into(), size: 4 };
        Write::new("upload a file", &attachments::create_attachment(&page(1001), &upload), proof)
    }

    /// Everything that can be sent again without harm.
    fn safe(&self) -> Vec<Write> {
        let all = [self.update(), create(DocumentKind::Page), trash(1002), self.upload(), trash_file(), restore()];
        let rest = [add_labels(), remove_label(), make_space(), name_space(), delete_comment()];
        all.into_iter().chain(rest).collect()
    }

    /// How much the site holds, and in how many versions.
    fn extent(&self) -> Vec<usize> {
        self.site.with_site(|site| {
            let contents = site.contents.values();
            vec![
                site.spaces.len(),
                site.contents.len(),
                site.comments.len(),
                site.attachments.len(),
                contents.clone().map(|content| content.versions.len()).sum(),
                contents.map(|content| content.labels.len()).sum(),
                site.attachments.values().map(|file| file.versions.len()).sum(),
            ]
        })
    }
}

#[tokio::test]
async fn what_was_not_carried_out_is_not_there() {
    let bench = Bench::open().await;
    bench.send(&trash(1003)).await;
    for write in bench.safe() {
        bench.lose_it(&write).await;
        assert_eq!(bench.find(&write).await, NOT_THERE, "{}", write.name);
    }
    let post = create(DocumentKind::BlogPost);
    bench.lose_it(&post).await;
    assert_eq!(bench.find(&post).await, Finding::NotThere { again: Again::Unsafe });
    for write in [comment(), reply(CommentKind::Footer, 3000), reply(CommentKind::Inline, 3002)] {
        bench.lose_it(&write).await;
        assert_eq!(bench.find(&write).await, Finding::CannotTell, "{}", write.name);
    }
}

#[tokio::test]
async fn what_was_carried_out_although_the_answer_was_lost_has_happened() {
    let bench = Bench::open().await;
    bench.send(&trash(1003)).await;
    let posts = [create(DocumentKind::BlogPost), comment()];
    let replies = [reply(CommentKind::Footer, 3000), reply(CommentKind::Inline, 3002)];
    for write in bench.safe().into_iter().chain(posts).chain(replies) {
        bench.lose_the_answer(&write).await;
        let found = bench.find(&write).await;
        assert!(matches!(found, Finding::Happened { .. }), "{}: {found:?}", write.name);
    }
}

#[tokio::test]
async fn what_comes_late_or_twice_has_no_second_effect_where_sending_it_again_is_called_safe() {
    let count = Bench::open().await.safe().len();
    for index in 0..count {
        let mut extents = Vec::new();
        for effect in [Effect::Slow { milliseconds: 0 }, Effect::Twice, Effect::Late { milliseconds: 3_600_000 }] {
            let bench = Bench::open().await;
            bench.send(&trash(1003)).await;
            let write = bench.safe().remove(index);
            if matches!(effect, Effect::Late { .. }) {
                bench.lose(&write, effect).await;
                assert_eq!(bench.find(&write).await, NOT_THERE, "{}", write.name);
                bench.send(&write).await;
                bench.site.late_arrive().await;
            } else {
                bench.site.set_fault(Fault { template: None, times: 1, effect });
                bench.send(&write).await;
            }
            assert!(matches!(bench.find(&write).await, Finding::Happened { .. }), "{}", write.name);
            extents.push((write.name, bench.extent()));
        }
        assert_eq!((&extents[0], &extents[0]), (&extents[1], &extents[2]));
    }
}

#[tokio::test]
async fn it_only_reads_and_never_searches() {
    let bench = Bench::open().await;
    let rest = [create(DocumentKind::BlogPost), comment(), reply(CommentKind::Inline, 3002)];
    for write in bench.safe().into_iter().chain(rest) {
        bench.site.reset_counts();
        bench.find(&write).await;
        let log = bench.site.log();
        assert!(!log.is_empty() && log.len() < 5, "{}: {log:?}", write.name);
        assert!(log.iter().all(|sent| sent.method == "GET" && !sent.path.contains("search")), "{log:?}");
    }
    assert_eq!(bench.find(&Write { proof: Proof::AskAPerson, ..comment() }).await, Finding::CannotTell);
}

#[tokio::test]
async fn what_cannot_be_read_at_the_moment_is_a_failure_and_no_finding() {
    let bench = Bench::open().await;
    for write in bench.safe() {
        bench.site.set_fault(Fault { template: None, times: 1, effect: Effect::LoginPage });
        assert!(bench.look(&write).await.is_err(), "{}", write.name);
    }
}

#[tokio::test]
async fn what_is_gone_or_hidden_cannot_be_told() {
    let bench = Bench::open().await;
    for write in bench.safe().into_iter().chain([comment(), reply(CommentKind::Footer, 3000)]) {
        if ["create a page", "make a space"].contains(&write.name) {
            continue;
        }
        bench.site.with_site(|site| {
            site.contents.clear();
            site.attachments.clear();
            site.comments.clear();
            site.spaces.remove(&100);
        });
        assert_eq!(bench.find(&write).await, Finding::CannotTell, "{}", write.name);
    }
}
