//! Receivers that are slow, lie, redirect, fail or never stop.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Ticks, notice};
use crate::clock::Clock;
use crate::config::{WebhookSettings, WebhookShape};
use crate::notice::webhook::Undelivered;
use crate::notice::{Notice, Webhook, outbox};
use crate::store::memory::MemoryStore;
use crate::store::{Batch, Scan, Store};

const KEY: &[u8] = b"canary-canary-canary-canary";

#[derive(Clone)]
enum Act {
    Say(u16, &'static str),
    Redirect(String),
    Flood,
    Nothing,
}

/// One request: its headers and its body.
type Seen = (BTreeMap<String, String>, String);

struct Receiver {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _tasks: JoinSet<()>,
}

impl Receiver {
    /// Does the n-th act for the n-th request of one id, and the last for any later one.
    async fn start(acts: impl Fn(&str) -> Vec<Act> + Clone + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let all = Arc::clone(&seen);
        let answer = move |headers: HeaderMap, body: String| async move {
            let named = |(name, value): (_, &axum::http::HeaderValue)| {
                (ToString::to_string(&name), value.to_str().unwrap_or_default().to_owned())
            };
            let headers: BTreeMap<String, String> = headers.iter().map(named).collect();
            let id = headers.get("webhook-id").cloned().unwrap_or_default();
            let before = {
                let mut all = all.lock().unwrap();
                all.push((headers, body));
                all.iter().filter(|(headers, _)| headers.get("webhook-id") == Some(&id)).count() - 1
            };
            let acts = acts(&id);
            act(acts[before.min(acts.len() - 1)].clone()).await
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        Self { url, seen, _tasks: tasks }
    }

    fn webhook(&self) -> Webhook {
        self.patient(Duration::from_mins(1))
    }

    fn patient(&self, patience: Duration) -> Webhook {
        let settings = WebhookSettings {
            url: self.url.parse().unwrap(),
            secret: Some(KEY.to_vec().into()),
            shape: WebhookShape::Json,
            proxy: None,
            authority: None,
        };
        Webhook::with_patience(&settings, patience).unwrap()
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn ids(&self) -> Vec<String> {
        self.seen().into_iter().map(|(headers, _)| headers["webhook-id"].clone()).collect()
    }
}

async fn act(act: Act) -> Response {
    match act {
        Act::Say(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Act::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response(),
        Act::Flood => vec![b'x'; 10 << 20].into_response(),
        Act::Nothing => std::future::pending().await,
    }
}

async fn sent(acts: Act) -> (Receiver, Result<(), Undelivered>) {
    let receiver = Receiver::start(move |_| vec![acts.clone()]).await;
    let sent = receiver.webhook().send(&notice(1).into(), notice(1).asked_at).await;
    (receiver, sent)
}

/// RFC 2104, spelt out.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let pad = |byte: u8| -> Vec<u8> { (0..64).map(|place| key.get(place).copied().unwrap_or(0) ^ byte).collect() };
    let inner = Sha256::digest([&pad(0x36), message].concat());
    Sha256::digest([&pad(0x5c)[..], &inner].concat()).to_vec()
}

#[tokio::test]
async fn a_notice_is_signed_so_that_anyone_with_the_secret_can_check_it() {
    let (receiver, sent) = sent(Act::Say(204, "")).await;
    assert!(sent.is_ok());
    let (headers, body) = receiver.seen().remove(0);
    let (id, time) = (&headers["webhook-id"], &headers["webhook-timestamp"]);
    assert_eq!((id.as_str(), time.as_str()), (notice(1).approval.as_str(), "1795343400"));
    let signature = STANDARD.encode(hmac(KEY, format!("{id}.{time}.{body}").as_bytes()));
    assert_eq!(headers["webhook-signature"], format!("v1,{signature}"));
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(serde_json::from_value::<Notice>(body["data"].clone()).unwrap(), notice(1));
    assert!(!format!("{headers:?}{body}").contains("canary"));
}

#[tokio::test]
async fn an_answer_is_never_more_than_a_receipt() {
    for says in [r#"{"verdict":"approve"}"#, "approved", r#"{"blocks":["deny"]}"#] {
        // There is nothing but a receipt that sending could come to.
        let () = sent(Act::Say(200, says)).await.1.unwrap();
    }
    assert!(sent(Act::Flood).await.1.is_ok());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Receiver::start(|_| vec![Act::Say(200, "")]).await;
    let (_, sent) = sent(Act::Redirect(other.url.clone())).await;
    assert!(matches!(sent, Err(Undelivered::Status(307))));
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn why_it_failed_is_told_without_the_address() {
    let receiver = Receiver::start(|_| vec![Act::Nothing]).await;
    let webhook = receiver.patient(Duration::from_millis(100));
    let error = webhook.send(&notice(1).into(), notice(1).asked_at).await.unwrap_err().to_string();
    assert_eq!(error, "there was no answer in time");
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody = Receiver { url: format!("http://{closed}/canary"), ..receiver };
    let error = nobody.webhook().send(&notice(1).into(), notice(1).asked_at).await.unwrap_err().to_string();
    assert!(!error.contains("canary") && !error.contains(&closed.port().to_string()), "{error}");
}

async fn waiting(store: &MemoryStore) -> usize {
    store.scan(Scan::of(outbox::TABLE, 99)).await.unwrap().len()
}

async fn store_with(numbers: impl IntoIterator<Item = u128>) -> MemoryStore {
    let store = MemoryStore::new();
    for number in numbers {
        let notice = Notice { decide_by: "9000-01-01T00:00:00Z".parse().unwrap(), ..notice(number) };
        store.commit(outbox::put(Batch::new(), &notice)).await.unwrap();
    }
    store
}

/// Delivers, and lets time pass, until so many notices are left and so many requests were seen.
async fn deliver(store: &MemoryStore, receiver: &Receiver, left: usize, seen: usize) {
    let (clock, cancel, webhook) = (Ticks::new(), CancellationToken::new(), receiver.webhook());
    let driver = async {
        while waiting(store).await > left || receiver.seen().len() < seen {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    tokio::join!(outbox::deliver(store, &clock, &webhook, &cancel), driver);
}

#[tokio::test]
async fn a_notice_that_was_not_taken_comes_again_under_the_same_id() {
    let receiver = Receiver::start(|_| vec![Act::Say(500, "canary"), Act::Say(200, "")]).await;
    deliver(&store_with([1]).await, &receiver, 0, 2).await;
    assert_eq!(receiver.ids(), [notice(1).approval.as_str(); 2]);
    let signatures: Vec<String> =
        receiver.seen().into_iter().map(|(headers, _)| headers["webhook-signature"].clone()).collect();
    assert_ne!(signatures[0], signatures[1], "each try is signed with its own time");
}

#[tokio::test]
async fn a_receiver_that_never_takes_it_is_given_up_after_eight_tries() {
    let receiver = Receiver::start(|_| vec![Act::Say(503, "")]).await;
    deliver(&store_with([1]).await, &receiver, 0, 0).await;
    assert_eq!(receiver.ids(), [notice(1).approval.as_str(); 8]);
}

#[tokio::test]
async fn one_that_finds_no_answer_holds_no_other_up_and_is_sent_after_the_next_start() {
    let slow = notice(3).approval;
    let stuck = slow.clone();
    let receiver = Receiver::start(move |id| {
        if id == stuck.as_str() { vec![Act::Nothing, Act::Say(200, "")] } else { vec![Act::Say(200, "")] }
    })
    .await;
    let store = store_with(0..20).await;
    deliver(&store, &receiver, 1, 20).await;
    assert_eq!(waiting(&store).await, 1);
    deliver(&store, &receiver, 0, 21).await;
    assert_eq!(receiver.ids().iter().filter(|id| *id == slow.as_str()).count(), 2);
}

#[tokio::test]
async fn what_can_no_longer_be_decided_or_was_decided_is_not_sent() {
    let receiver = Receiver::start(|_| vec![Act::Say(200, "")]).await;
    let store = store_with([]).await;
    let over = Notice { decide_by: Ticks::new().now(), ..notice(1) };
    store.commit(outbox::put(Batch::new(), &over)).await.unwrap();
    store.commit(outbox::put(Batch::new(), &notice(2))).await.unwrap();
    store.commit(outbox::withdraw(Batch::new(), &notice(2).approval)).await.unwrap();
    deliver(&store, &receiver, 0, 0).await;
    assert_eq!(receiver.ids(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_no_notice_is_dropped_and_holds_nothing_up() {
    let receiver = Receiver::start(|_| vec![Act::Say(200, "")]).await;
    let store = store_with([1]).await;
    store.commit(Batch::new().put(crate::store::Key::new(outbox::TABLE, "a"), "{")).await.unwrap();
    deliver(&store, &receiver, 0, 1).await;
    assert_eq!(receiver.ids(), [notice(1).approval.as_str()]);
}

#[tokio::test]
async fn a_connections_trouble_goes_the_same_way_signed_and_again_until_it_is_taken() {
    let receiver = Receiver::start(|_| vec![Act::Say(500, ""), Act::Say(200, "")]).await;
    let (store, told) = (store_with([]).await, super::connections::notice());
    store.commit(outbox::put_connection(Batch::new(), &told)).await.unwrap();
    deliver(&store, &receiver, 0, 2).await;
    assert_eq!(receiver.ids(), [told.id.as_str(); 2]);
    let (headers, body) = receiver.seen().remove(1);
    let signed = format!("{}.{}.{body}", told.id, headers["webhook-timestamp"]);
    assert_eq!(headers["webhook-signature"], format!("v1,{}", STANDARD.encode(hmac(KEY, signed.as_bytes()))));
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["type"], "connection.trouble");
    assert_eq!(serde_json::from_value::<crate::notice::ConnectionNotice>(body["data"].clone()).unwrap(), told);
}
