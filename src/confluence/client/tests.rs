//! The client against a server that answers as badly as servers do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Clock as _;
use crate::confluence::failure::{Defect, Failure, Obstacle, TryAgain};
use crate::confluence::form::Form;
use crate::confluence::reply::Reply;
use crate::confluence::request::Request;
use crate::domain::access::{Create, Read, Update};
use crate::policy::Permit;
use crate::policy::gate::BuiltIn;

use super::peer::{Act, CANARY, Peer, answer, clock, head, impatient, permit};
use super::{Client, Settings};

fn page() -> Request<Read> {
    Request::get("/wiki/api/v2/pages/{id}", &["1"])
}

fn update() -> Request<Update> {
    Request::update("/wiki/api/v2/pages/{id}", &["1"]).json(&json!({"title": "a"}))
}

fn reads() -> Permit<Read> {
    BuiltIn::NameLookUp.permit()
}

async fn read(client: &Client) -> Result<Reply, Failure> {
    client.send(&reads(), page()).await
}

async fn write(client: &Client) -> Result<Reply, Failure> {
    client.send(permit(&update()).await, update()).await
}

fn ok() -> Act {
    answer(200, &[("content-type", "application/json")], r#"{"id":"1"}"#)
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_built_and_the_answer_comes_back() {
    let peer = Peer::start([ok()]).await;
    let client = peer.client();
    let reply = client.send(&reads(), page().with("body-format", "storage")).await.unwrap();
    assert_eq!(reply.json::<Value>().unwrap(), json!({"id": "1"}));
    assert_eq!((reply.status, reply.trace.as_deref()), (200, Some("t1")));
    write(&client).await.unwrap();
    let [get, put]: [String; 2] = peer.seen().try_into().unwrap();
    assert!(get.starts_with("GET /wiki/api/v2/pages/1?body-format=storage HTTP/1.1\r\n"), "{get}");
    assert!(get.contains("authorization: Basic YWRtaW5AZXhhbXBsZS5jb206Y2FuYXJ5LTQ3MTE=\r\n"), "{get}");
    assert!(get.contains("user-agent: sluice/") && get.contains("accept: application/json"), "{get}");
    assert!(put.starts_with("PUT /wiki/api/v2/pages/1 HTTP/1.1\r\n"), "{put}");
    assert!(put.contains("content-type: application/json\r\n") && put.ends_with("\r\n\r\n{\"title\":\"a\"}"), "{put}");
    assert!(!put.to_lowercase().contains("x-atlassian-token"), "{put}");
}

#[tokio::test]
async fn forms_say_that_they_are_not_forged() {
    let peer = Peer::start([ok()]).await;
    let form = || Form::with_file("a.txt", "text/plain", "hi".into());
    let request =
        || Request::<Create>::create("/wiki/rest/api/content/{id}/child/attachment", &["1"]).multipart(form());
    peer.client().send(permit(&request()).await, request()).await.unwrap();
    let seen = peer.seen().concat();
    assert!(seen.to_lowercase().contains("x-atlassian-token: nocheck\r\n"), "{seen}");
    assert!(seen.contains("content-type: multipart/form-data; boundary=sluice-"), "{seen}");
}

#[tokio::test]
async fn a_permit_for_one_write_sends_no_other() {
    let peer = Peer::start([ok()]).await;
    let other = Request::<Update>::update("/wiki/api/v2/pages/{id}", &["2"]);
    let sent = peer.client().send(permit(&update()).await, other).await;
    assert!(matches!(sent, Err(Failure::Bug { .. })), "{sent:?}");
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn the_last_step_refuses_before_anything_is_sent() {
    let peer = Peer::start([ok()]).await;
    let raw = || Request::<Update>::update("/wiki/rpc/json-rpc/confluenceservice-v2", &[]);
    let sent = peer.client().send(permit(&raw()).await, raw()).await;
    assert!(matches!(sent, Err(Failure::Refused { .. })), "{sent:?}");
    // An id of two dots would climb out of its segment once the URL is put together.
    let sent = peer.client().send(&reads(), Request::get("/wiki/api/v2/pages/{id}", &[".."])).await;
    assert!(matches!(sent, Err(Failure::Refused { .. })), "{sent:?}");
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn every_status_is_told_apart_and_only_some_are_tried_again() {
    // Status, code and number of requests for a read, then for a write.
    let table = [
        (400, "invalid", 1, "invalid", 1),
        (401, "not_signed_in", 1, "not_signed_in", 1),
        (403, "forbidden", 1, "forbidden", 1),
        (404, "not_found", 1, "not_found", 1),
        (409, "conflict", 1, "conflict", 1),
        (410, "gone", 1, "gone", 1),
        (413, "too_large", 1, "too_large", 1),
        (422, "invalid", 1, "invalid", 1),
        (429, "too_fast", 5, "too_fast", 5),
        (500, "unavailable", 1, "unknown", 1),
        (502, "unavailable", 5, "unknown", 1),
        (503, "unavailable", 5, "unknown", 1),
        (504, "unavailable", 5, "unknown", 1),
        (302, "unreadable", 1, "unknown", 1),
    ];
    for (status, read_code, reads, write_code, writes) in table {
        let peer = Peer::start([answer(status, &[], "<html>oops</html>")]).await;
        let failure = read(&peer.client()).await.unwrap_err();
        assert_eq!((failure.code(), peer.seen().len(), failure.trace()), (read_code, reads, Some("t1")), "{status}");
        let failure = write(&peer.client()).await.unwrap_err();
        assert_eq!((failure.code(), peer.seen().len() - reads), (write_code, writes), "{status}");
    }
}

#[tokio::test]
async fn trouble_that_passes_is_not_noticed() {
    let troubles = [
        answer(429, &[("retry-after", "2")], ""),
        answer(429, &[("retry-after", "0")], ""),
        answer(503, &[("retry-after", "1")], ""),
        Act::Say(Vec::new()),
        Act::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()),
    ];
    for trouble in troubles {
        let peer = Peer::start([trouble, ok()]).await;
        assert!(read(&peer.client()).await.is_ok());
        assert_eq!(peer.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_write_that_was_cut_off_is_not_repeated() {
    let troubles = [
        Act::Say(Vec::new()),
        Act::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()),
        Act::Trail(Vec::new()),
        Act::Trail(head(200, &[])),
    ];
    for trouble in troubles {
        let peer = Peer::start([trouble, ok()]).await;
        let client = Client::new(Settings { timeouts: impatient(), ..peer.settings(&clock()) }).unwrap();
        let failure = write(&client).await.unwrap_err();
        assert_eq!((failure.code(), failure.try_again(), peer.seen().len()), ("unknown", TryAgain::No, 1));
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_up_to_ten_seconds_and_then_told() {
    let waited = async |value: &'static str| {
        let clock = clock();
        let peer = Peer::start([answer(429, &[("retry-after", value)], ""), ok()]).await;
        let result = read(&Client::new(peer.settings(&clock)).unwrap()).await;
        (result.map(|_| clock.steady()), peer.seen().len())
    };
    assert_eq!(waited("7").await, (Ok(Duration::from_secs(7)), 2));
    assert_eq!(waited("Sun, 22 Nov 2026 10:30:09 GMT").await, (Ok(Duration::from_secs(9)), 2));
    for value in ["0", "soon", "-1", ""] {
        let (result, requests) = waited(value).await;
        assert!(result.unwrap() <= Duration::from_millis(650), "{value}");
        assert_eq!(requests, 2);
    }
    for (value, seconds) in [("11", 11), ("1000000000", 900)] {
        let (result, requests) = waited(value).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.try_again(), TryAgain::After(Duration::from_secs(seconds)));
        assert_eq!((failure.code(), failure.trace(), requests), ("too_fast", Some("t1"), 1));
    }
}

#[tokio::test]
async fn a_burst_holds_its_lane_and_the_quota_holds_everything() {
    let search = || Request::<Read>::search("/wiki/rest/api/search").with("cql", "type = page");
    for (reason, read_passes) in [("confluence-burst-based", true), ("confluence-quota-global-based", false)] {
        let refusal = answer(429, &[("retry-after", "60"), ("ratelimit-reason", reason)], "");
        let peer = Peer::start([refusal, ok()]).await;
        let clock = clock();
        let client = Client::new(peer.settings(&clock)).unwrap();
        assert_eq!(client.send(&reads(), search()).await.unwrap_err().code(), "too_fast");
        assert_eq!(client.send(&reads(), search()).await.unwrap_err().code(), "too_fast");
        assert_eq!(peer.seen().len(), 1, "a held request is not sent");
        assert_eq!(read(&client).await.is_ok(), read_passes, "{reason}");
        clock.advance(Duration::from_secs(60));
        assert!(client.send(&reads(), search()).await.is_ok());
    }
}

#[tokio::test]
async fn points_are_counted_for_bearer_tokens_and_spent_ones_refused_until_the_hour() {
    let list = answer(200, &[], r#"{"results":[1,2,3]}"#);
    let peer = Peer::start([list, ok(), answer(200, &[("ratelimit", "\"global-app-quota\";r=0;t=1800")], "{}")]).await;
    let clock = clock();
    let client = Client::new(peer.bearer_settings(&clock)).unwrap();
    let left = || client.points().unwrap().left;
    client.send(&reads(), Request::get("/wiki/api/v2/pages", &[])).await.unwrap();
    assert_eq!(left(), 65_000 - 4);
    write(&client).await.unwrap();
    assert_eq!(left(), 65_000 - 5);
    read(&client).await.unwrap();
    assert_eq!(left(), 0);
    let failure = read(&client).await.unwrap_err();
    assert_eq!(failure.try_again(), TryAgain::After(Duration::from_secs(1800)));
    assert_eq!(peer.seen().len(), 3);
    assert!(peer.seen().concat().contains("authorization: Bearer canary-4711"));
    assert!(peer.seen().concat().contains("GET /ex/confluence/cloud-1/wiki/api/v2/pages HTTP/1.1"));
    clock.advance(Duration::from_secs(1800));
    assert!(read(&client).await.is_ok());
    assert_eq!(peer.client().points(), None);
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let thief = Peer::start([ok()]).await;
    let target = format!("http://127.0.0.1:{}/wiki/api/v2/pages/1", thief.port);
    for status in [301, 302, 303, 307, 308] {
        let peer = Peer::start([answer(status, &[("location", &target)], "")]).await;
        let failure = read(&peer.client()).await.unwrap_err();
        assert_eq!(failure, Failure::Unreadable { defect: Defect::Redirect, trace: Some("t1".into()) });
        assert_eq!(write(&peer.client()).await.unwrap_err().code(), "unknown");
    }
    assert!(thief.seen().is_empty());
}

/// 64 MiB of zeros in 400 KiB: one literal zero, then "the same 258 times again" in 13 bits each (RFC 1951, 1952).
fn gzip_bomb() -> Vec<u8> {
    let again = "1100010100000".chars().cycle().take(13 * 260_000);
    let bits: Vec<char> = "01000110000".chars().chain(again).collect();
    let deflated = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit == '1')));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255].into_iter().chain(deflated).collect()
}

#[tokio::test]
async fn answers_larger_than_the_cap_are_dropped() {
    let gzipped = answer(200, &[("content-encoding", "gzip")], gzip_bomb());
    let endless = Act::Flood { head: head(200, &[]), piece: vec![b'['; 64 * 1024] };
    let long = answer(200, &[], vec![b' '; 1024 * 1024 + 1]);
    for act in [gzipped, endless, long] {
        let peer = Peer::start([act]).await;
        let settings = Settings { answer_cap: 1024 * 1024, ..peer.settings(&clock()) };
        let client = Client::new(settings).unwrap();
        assert_eq!(read(&client).await.unwrap_err(), Failure::TooBig { cap: 1024 * 1024 });
        assert_eq!(write(&client).await.unwrap_err().code(), "unknown");
        assert_eq!(peer.seen().len(), 2);
    }
}

#[tokio::test]
async fn an_error_page_without_end_is_read_to_its_cap() {
    let peer = Peer::start([Act::Flood { head: head(404, &[]), piece: vec![b'x'; 64 * 1024] }]).await;
    assert_eq!(read(&peer.client()).await.unwrap_err().code(), "not_found");
}

#[tokio::test]
async fn unusable_answers_are_told_apart() {
    let cases: [(Vec<u8>, Defect); 4] = [
        (b"<html>Log in".to_vec(), Defect::WebPage),
        (b"{\"a\": \"\xff\"}".to_vec(), Defect::NotJson),
        ("[".repeat(100_000).into_bytes(), Defect::TooDeep),
        (b"{\"a\": \"b".to_vec(), Defect::CutShort),
    ];
    for (body, expected) in cases {
        let peer = Peer::start([answer(200, &[], body)]).await;
        let read = read(&peer.client()).await.unwrap().json::<Value>().unwrap_err();
        assert_eq!(read, Failure::Unreadable { defect: expected, trace: Some("t1".into()) });
    }
    let peer = Peer::start([answer(200, &[], "[1]")]).await;
    let read = read(&peer.client()).await.unwrap().json::<BTreeMap<String, String>>().unwrap_err();
    assert_eq!(read, Failure::Unreadable { defect: Defect::OtherFields, trace: Some("t1".into()) });
}

#[tokio::test]
async fn silence_ends_in_a_timeout() {
    for (act, requests) in [(Act::Trail(Vec::new()), 5), (Act::Trail(head(200, &[])), 1)] {
        let peer = Peer::start([act]).await;
        let client = Client::new(Settings { timeouts: impatient(), ..peer.settings(&clock()) }).unwrap();
        assert_eq!(read(&client).await.unwrap_err(), Failure::Timeout);
        assert_eq!(peer.seen().len(), requests);
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_gets_nothing_and_says_so() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut peer = Peer::start([ok()]).await;
    peer.port = free;
    let expected = Failure::NotStarted { host: "127.0.0.1".into(), obstacle: Obstacle::Connection };
    assert_eq!(read(&peer.client()).await.unwrap_err(), expected);
    assert_eq!(write(&peer.client()).await.unwrap_err(), expected);
}

#[tokio::test]
async fn dropping_the_call_ends_the_request_and_frees_its_place() {
    let peer = Peer::start([Act::Trail(Vec::new()), ok()]).await;
    let settings = peer.settings(&clock());
    let limits = super::Limits { at_once: std::num::NonZeroU32::MIN, ..settings.limits };
    let client = Client::new(Settings { limits, ..settings }).unwrap();
    let permit = reads();
    let mut call = Box::pin(client.send(&permit, page()));
    while peer.seen().is_empty() {
        tokio::select! {
            biased;
            _ = &mut call => panic!("nobody answered"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(call);
    assert!(read(&client).await.is_ok());
}

#[tokio::test]
async fn own_rates_are_kept_without_asking() {
    let peer = Peer::start([ok()]).await;
    let clock = clock();
    let client = Client::new(peer.settings(&clock)).unwrap();
    let search = || Request::<Read>::search("/wiki/rest/api/search");
    for _ in 0..30 {
        client.send(&reads(), search()).await.unwrap();
    }
    let waited = clock.steady();
    assert!((Duration::from_millis(900)..Duration::from_millis(1100)).contains(&waited), "{waited:?}");
}

#[tokio::test]
async fn nothing_prints_the_credentials() {
    let peer = Peer::start([answer(401, &[], format!("{{\"message\":\"no\",\"secret\":\"{CANARY}\"}}"))]).await;
    let client = peer.client();
    let failure = read(&client).await.unwrap_err();
    let printed = format!("{client:?} {failure} {failure:?} {:?} {}", page(), failure.hint());
    assert!(!printed.contains(CANARY) && !printed.contains("YWRtaW5"), "{printed}");
    assert!(Arc::new(client).address().is_loopback());
}
