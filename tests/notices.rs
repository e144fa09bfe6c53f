//! Who is told outside that a write waits, and what the approval command may decide.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use serde_json::{Value, json};
use sluice::approval::record::{Says, Via};
use sluice::approval::{Approvals, Decider, Record, Rights, State};
use sluice::clock::{Clock, SystemClock};
use sluice::config::{CommandSettings, Environment, WebhookSettings, WebhookShape};
use sluice::notice::asking::ask_about_all;
use sluice::notice::{CommandHook, Listening, Telling, Webhook, outbox};
use sluice::store::memory::MemoryStore;
use sluice::store::{Batch, Key, Scan, Store, Table};
use sluice::tools::context::Silent;
use sluice::tools::{self, Begun};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, FULL, Opening, profile};
use crate::ticks::Ticks;

const RECORDS: Table = Table::new("approval");

/// A desk whose writes wait and are announced.
struct Waiting {
    desk: Desk,
    store: Arc<dyn Store>,
    clock: Arc<Ticks>,
}

const ANNOUNCER: Telling = Telling { webhook: Listening::Yes, review: None };

impl Waiting {
    async fn under(by: &str) -> Self {
        let waits = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
        let profile = format!("{waits}[approval]\nby = \"{by}\"\n");
        let (store, clock) = (Arc::new(MemoryStore::new()) as Arc<dyn Store>, Ticks::new());
        let announcer = Arc::new(Telling { review: Some("http://127.0.0.1:7433".into()), ..ANNOUNCER });
        let opening = Opening {
            profile: &profile,
            clock: Arc::<Ticks>::clone(&clock),
            store: Arc::clone(&store),
            announcer,
            ..Opening::usual()
        };
        Self { desk: Desk::opened(opening).await, store, clock }
    }

    async fn asks(&self, tool: &str, arguments: Value) -> Box<Record> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let (caller, entry) = (self.desk.caller(), tools::find(tool).unwrap());
        let begun =
            self.desk.app.begin(caller, entry, arguments, Arc::new(Silent), CancellationToken::new(), None).await;
        match begun.unwrap() {
            Begun::Waits(record) => record,
            Begun::Ended(_) => panic!("it should wait"),
        }
    }

    async fn waits(&self, title: &str) -> Box<Record> {
        self.asks("create_page", json!({ "space": "IT", "title": title, "body": "Hello" })).await
    }

    async fn outbox(&self) -> usize {
        self.store.scan(Scan::of(outbox::TABLE, 1000)).await.unwrap().len()
    }

    async fn state(&self, record: &Record) -> State {
        self.desk.approvals.get(&record.asked.id).await.unwrap().unwrap().state
    }

    async fn says(&self, record: &Record, says: Says) {
        let who = Decider::Approver { name: "ada".into(), via: Via::Terminal, rights: Rights::all() };
        self.desk.approvals.decide(&record.asked.id, record.seal, &who, says, None).await.unwrap();
    }

    /// As many as the command is asked about at once.
    async fn four(&self) -> [Box<Record>; 4] {
        let four = [self.waits("A").await, self.waits("B").await, self.waits("C").await, self.waits("D").await];
        // The oldest is asked about first.
        self.clock.advance(Duration::from_secs(1));
        four
    }

    /// Changes a record behind the queue's back.
    async fn forge(&self, record: &Record, forges_the_seal: bool) {
        let mut forged = record.clone();
        forged.asked.summary = "Does nothing at all".into();
        if forges_the_seal {
            forged.seal = forged.asked.seal();
        }
        let key = Key::new(RECORDS, record.asked.id.as_str());
        self.store.commit(Batch::new().put(key, serde_json::to_vec(&forged).unwrap())).await.unwrap();
    }

    /// Lets the command speak until `enough` holds.
    async fn hooked(&self, hook: &CommandHook, enough: impl AsyncFn() -> bool) {
        let cancel = CancellationToken::new();
        let asking = ask_about_all(&self.desk.approvals, hook, None, &cancel);
        let watching = async {
            while !enough().await {
                tokio::task::yield_now().await;
            }
            cancel.cancel();
        };
        tokio::join!(asking, watching);
    }
}

/// One request: the id of its message, and its body.
type Heard = (String, Value);

/// An endpoint that answers each request as it is told.
struct Endpoint {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    _tasks: JoinSet<()>,
}

impl Endpoint {
    /// Answers with these one after the other, and with the last from then on; without any, never.
    async fn start(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let all = Arc::clone(&heard);
        let answer = move |headers: HeaderMap, body: String| async move {
            let id = headers["webhook-id"].to_str().unwrap().to_owned();
            let before = {
                let mut all = all.lock().unwrap();
                all.push((id, serde_json::from_str(&body).unwrap()));
                all.len() - 1
            };
            let Some((status, says)) = answers.get(before).or(answers.last()) else { std::future::pending().await };
            (axum::http::StatusCode::from_u16(*status).unwrap(), *says)
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        Self { url, heard, _tasks: tasks }
    }

    fn webhook(&self) -> Webhook {
        let settings = WebhookSettings {
            url: self.url.parse().unwrap(),
            secret: Some(vec![7; 32].into()),
            shape: WebhookShape::Json,
            proxy: None,
            authority: None,
        };
        Webhook::new(&settings).unwrap()
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

/// Delivers from a store until `enough` holds, and moves the clock on meanwhile.
async fn delivered(store: &dyn Store, clock: &Ticks, endpoint: &Endpoint, enough: impl AsyncFn() -> bool) {
    let (webhook, cancel) = (endpoint.webhook(), CancellationToken::new());
    let watching = async {
        while !enough().await {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    tokio::join!(outbox::deliver(store, clock, &webhook, &cancel), watching);
}

/// A command that says this, or does that.
fn hook(script: &str, clock: Arc<dyn Clock>) -> CommandHook {
    let arguments = vec!["-c".to_owned(), script.to_owned()];
    let settings = CommandSettings { program: "/bin/sh".into(), arguments, timeout: Duration::from_secs(30) };
    let environment: Environment = [("PATH", "/usr/bin:/bin")].into_iter().collect();
    CommandHook::new(&settings, &environment, clock)
}

const APPROVE: &str = r#"cat >/dev/null; echo '{"verdict":"approve"}'"#;
const DENY: &str = r#"cat >/dev/null; echo '{"verdict":"deny","reason":"not on Sunday"}'"#;

#[tokio::test]
async fn a_write_that_waits_is_announced_once_with_all_that_people_need() {
    let waiting = Waiting::under("human").await;
    let endpoint = Endpoint::start(&[(204, "")]).await;
    let record = waiting.waits("New here").await;
    assert_eq!(waiting.waits("New here").await.asked.id, record.asked.id);
    assert_eq!(waiting.outbox().await, 1, "an equal request is the same record");
    delivered(&*waiting.store, &waiting.clock, &endpoint, async || waiting.outbox().await == 0).await;
    let heard = endpoint.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    let (id, body) = &heard[0];
    assert_eq!(id, record.asked.id.as_str());
    let notice = &body["data"];
    assert_eq!(notice["approval"], record.asked.id.as_str());
    assert_eq!(notice["review_url"], format!("http://127.0.0.1:7433/approvals/{}", record.asked.id));
    assert!(notice["preview"].as_str().unwrap().contains("Hello"), "{notice}");
    assert_eq!(waiting.state(&record).await, State::Pending);
}

#[tokio::test]
async fn a_restart_between_asking_and_telling_loses_no_notice() {
    let Waiting { desk, store, clock } = Waiting::under("human").await;
    let waiting = Waiting { desk, store: Arc::clone(&store), clock: Arc::clone(&clock) };
    let record = waiting.waits("New here").await;
    drop(waiting);
    let port = Arc::<Ticks>::clone(&clock) as Arc<dyn Clock>;
    let approvals = Approvals::open(Arc::clone(&store), port, Arc::new(ANNOUNCER)).await.unwrap();
    let endpoint = Endpoint::start(&[(500, ""), (204, "")]).await;
    let told = async || store.scan(Scan::of(outbox::TABLE, 1)).await.unwrap().is_empty();
    delivered(&*store, &clock, &endpoint, told).await;
    let ids: Vec<String> = endpoint.heard().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, vec![record.asked.id.to_string(); 2], "what is told again has the same id");
    assert_eq!(approvals.get(&record.asked.id).await.unwrap().unwrap().state, State::Pending);
}

#[tokio::test]
async fn what_waits_no_longer_is_not_announced_any_more() {
    let waiting = Waiting::under("human").await;
    let endpoint = Endpoint::start(&[(204, "")]).await;
    let [denied, withdrawn, expired] =
        [waiting.waits("One").await, waiting.waits("Two").await, waiting.waits("Three").await];
    assert_eq!(waiting.outbox().await, 3);
    waiting.says(&denied, Says::No).await;
    assert_eq!(waiting.outbox().await, 2);
    let id = &withdrawn.asked.id;
    waiting.desk.approvals.withdraw(&withdrawn.asked.agent, id).await.unwrap();
    assert_eq!(waiting.outbox().await, 1);
    waiting.clock.advance(Duration::from_hours(25));
    waiting.desk.approvals.sweep().await.unwrap();
    assert_eq!((waiting.state(&expired).await, waiting.outbox().await), (State::Expired, 0));
    let last = waiting.waits("Four").await;
    delivered(&*waiting.store, &waiting.clock, &endpoint, async || waiting.outbox().await == 0).await;
    let ids: Vec<String> = endpoint.heard().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [last.asked.id.to_string()]);
}

#[tokio::test]
async fn a_webhook_that_answers_approved_decides_nothing() {
    let waiting = Waiting::under("hook").await;
    let endpoint = Endpoint::start(&[(200, r#"{"verdict":"approve","approved":true}"#)]).await;
    let record = waiting.waits("New here").await;
    delivered(&*waiting.store, &waiting.clock, &endpoint, async || waiting.outbox().await == 0).await;
    assert_eq!(waiting.state(&record).await, State::Pending);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_holds_up_neither_a_call_nor_a_decision() {
    let waiting = Waiting::under("human").await;
    let endpoint = Endpoint::start(&[]).await;
    let first = waiting.waits("One").await;
    delivered(&*waiting.store, &waiting.clock, &endpoint, async || {
        if endpoint.heard().is_empty() {
            return false;
        }
        let second = waiting.waits("Two").await;
        waiting.says(&second, Says::No).await;
        waiting.says(&first, Says::No).await;
        true
    })
    .await;
    assert_eq!(waiting.outbox().await, 0);
}

#[tokio::test]
async fn the_command_approves_only_where_the_profile_says_so() {
    for by in ["hook", "human", "four-eyes", "client"] {
        let waiting = Waiting::under(by).await;
        // One waits when the command is first asked, one comes later.
        let before = waiting.waits("Before").await;
        let file = scratch(&format!("hook-{by}"));
        let counted = format!("{APPROVE}; echo x >> '{}'", file.display());
        let hook = hook(&counted, Arc::new(SystemClock::new()));
        let later = Mutex::new(None);
        waiting
            .hooked(&hook, async || {
                if later.lock().unwrap().is_none() {
                    let record = waiting.waits("Later").await;
                    *later.lock().unwrap() = Some(record);
                }
                let later = later.lock().unwrap().clone().unwrap();
                let asked = lines(&file);
                let decided =
                    waiting.state(&before).await != State::Pending && waiting.state(&later).await != State::Pending;
                asked == 2 && (decided || by != "hook")
            })
            .await;
        waiting.desk.approvals.finish().await;
        let expected = if by == "hook" { State::Succeeded } else { State::Pending };
        assert_eq!(waiting.state(&before).await, expected, "{by}");
    }
}

#[tokio::test]
async fn the_command_may_deny_whatever_the_profile_says() {
    for by in ["hook", "human", "four-eyes", "client"] {
        let waiting = Waiting::under(by).await;
        let record = waiting.waits("New here").await;
        let hook = hook(DENY, Arc::new(SystemClock::new()));
        waiting.hooked(&hook, async || waiting.state(&record).await != State::Pending).await;
        let record = waiting.desk.approvals.get(&record.asked.id).await.unwrap().unwrap();
        let decision = record.decision.unwrap();
        assert_eq!((record.state, decision.via), (State::Denied, Via::Hook), "{by}");
        assert_eq!(decision.reason.as_deref(), Some("not on Sunday"));
    }
}

#[tokio::test]
async fn a_command_that_hangs_leaves_the_write_waiting_and_the_next_is_asked() {
    let waiting = Waiting::under("hook").await;
    let records = waiting.four().await;
    let file = scratch("hook-hangs");
    // Four hang, which is as many as run at once; the fifth is asked once they were ended.
    let script = format!(
        r#"case "$(cat)" in *'Page E'*) echo '{{"verdict":"approve"}}';; *) echo x >> '{}'; sleep 1000;; esac"#,
        file.display()
    );
    let (last, moved) = (waiting.waits("Page E").await, AtomicBool::new(false));
    let hook = hook(&script, Arc::<Ticks>::clone(&waiting.clock));
    waiting
        .hooked(&hook, async || {
            if lines(&file) == 4 && !moved.swap(true, Ordering::Relaxed) {
                waiting.clock.advance(Duration::from_secs(31));
            }
            waiting.state(&last).await != State::Pending
        })
        .await;
    for record in &records {
        assert_eq!(waiting.state(record).await, State::Pending);
    }
}

#[tokio::test]
async fn what_the_command_approves_is_judged_again_and_never_goes_beyond_the_profile() {
    let waiting = Waiting::under("hook").await;
    let page = waiting.desk.page("Escalation matrix");
    let record = waiting.asks("delete_page", json!({ "page_id": page })).await;
    let narrower = FULL.replace("allow_delete = true", "allow_delete = false");
    *waiting.desk.standing.0.lock().unwrap() = Arc::new(profile(&narrower));
    let hook = hook(APPROVE, Arc::new(SystemClock::new()));
    waiting.hooked(&hook, async || waiting.state(&record).await != State::Pending).await;
    waiting.desk.approvals.finish().await;
    let record = waiting.desk.approvals.get(&record.asked.id).await.unwrap().unwrap();
    assert!(!matches!(record.state, State::Succeeded | State::Pending) && record.sent_at.is_none(), "{record:?}");
    assert_eq!(waiting.desk.page("Escalation matrix"), page, "the page is still there");
}

/// A file for what commands tell the test, which is not there yet.
fn scratch(name: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_file(&file);
    file
}

fn lines(file: &Path) -> usize {
    std::fs::read_to_string(file).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn a_record_that_was_changed_while_the_command_thought_is_not_approved() {
    for forges_the_seal in [false, true] {
        let waiting = Waiting::under("hook").await;
        let records = waiting.four().await;
        // The fifth is asked about once one of the four has been dealt with.
        let last = waiting.waits("Page E").await;
        let (asked, go) = (scratch(&format!("asked-{forges_the_seal}")), scratch(&format!("go-{forges_the_seal}")));
        let script = format!(
            r#"case "$(cat)" in *'Page E'*) ;; *) echo x >> '{}'; until [ -e '{}' ]; do sleep 0.02; done;; esac; {APPROVE}"#,
            asked.display(),
            go.display()
        );
        let hook = hook(&script, Arc::new(SystemClock::new()));
        waiting
            .hooked(&hook, async || {
                if lines(&asked) == 4 && !go.exists() {
                    for record in &records {
                        waiting.forge(record, forges_the_seal).await;
                    }
                    std::fs::write(&go, "").unwrap();
                }
                waiting.state(&last).await != State::Pending
            })
            .await;
        let mut states = Vec::new();
        for record in &records {
            states.push(waiting.state(record).await);
        }
        let rejected = states.contains(&State::RejectedTampered);
        let untouched = |state: &State| matches!(state, State::Pending | State::RejectedTampered);
        // With its own seal it is another write than the command was told of, and goes on waiting.
        assert!(states.iter().all(untouched) && rejected != forges_the_seal, "{states:?}");
    }
}
