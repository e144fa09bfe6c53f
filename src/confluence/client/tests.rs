//! What the client sends, when it sends it again, and how fast.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::clock::Clock as _;
use crate::confluence::failure::{Defect, Failure, TryAgain};
use crate::confluence::request::Request;
use crate::confluence::request::form::Form;
use crate::domain::access::{Create, Read, Update};

use super::peer::{Act, Peer, answer, clock, impatient, ok, page, permit, read, reads, update, write};
use super::{Client, Download, Extent, Settings, Timeouts};

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
        clock.advance(Duration::from_mins(1));
        assert!(client.send(&reads(), search()).await.is_ok());
    }
}

#[tokio::test]
async fn clients_with_one_purse_spend_the_same_points_and_others_their_own() {
    let peer = Peer::start([ok(), ok(), answer(200, &[("ratelimit", "\"global-app-quota\";r=0;t=1800")], "{}")]).await;
    let clock = clock();
    let settings = peer.bearer_settings(&clock);
    let [one, other] = [(); 2].map(|()| Client::new(settings.clone()).unwrap());
    let alone = Client::new(peer.bearer_settings(&clock)).unwrap();
    assert!(settings.purse.is_shared());
    let left = || [&one, &other, &alone].map(|client| client.points().unwrap().left);
    read(&one).await.unwrap();
    write(&other).await.unwrap();
    assert_eq!(left(), [65_000 - 3, 65_000 - 3, 65_000]);
    read(&one).await.unwrap();
    assert_eq!(left(), [0, 0, 65_000]);
    let failure = read(&other).await.unwrap_err();
    assert_eq!((failure.try_again(), peer.seen().len()), (TryAgain::After(Duration::from_mins(30)), 3));
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
    assert_eq!(failure.try_again(), TryAgain::After(Duration::from_mins(30)));
    assert_eq!(peer.seen().len(), 3);
    assert!(peer.seen().concat().contains("authorization: Bearer canary-4711"));
    assert!(peer.seen().concat().contains("GET /ex/confluence/cloud-1/wiki/api/v2/pages HTTP/1.1"));
    clock.advance(Duration::from_mins(30));
    assert!(read(&client).await.is_ok());
    assert_eq!(peer.client().points(), None);
}

#[tokio::test]
async fn dropping_the_call_ends_the_request_and_frees_its_place() {
    let peer = Peer::start([Act::Trail(Vec::new()), ok()]).await;
    let settings = peer.settings(&clock());
    let limits = super::Limits { at_once: std::num::NonZeroU32::MIN, ..settings.limits };
    let client = Client::new(Settings { limits, ..settings }).unwrap();
    let permit = reads();
    let mut call: BoxFuture<'_, _> = Box::pin(client.send(&permit, page()));
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

fn file() -> Request<Read> {
    let template = "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download";
    Request::download(template, &["1", "att2"])
}

/// A site that points to a media host which does this, and a client of the site.
async fn site_and_media(act: Act, timeouts: Timeouts) -> (Peer, Peer, Client) {
    let media = Peer::start([act]).await;
    let location = format!("http://127.0.0.1:{}/file/1?token=jwt", media.port);
    let site = Peer::start([answer(302, &[("location", &location)], "")]).await;
    let client = Client::new(Settings { timeouts, ..site.settings(&clock()) }).unwrap();
    (site, media, client)
}

#[tokio::test]
async fn a_download_makes_one_hop_without_credentials() {
    let (site, media, client) =
        site_and_media(answer(200, &[("content-type", "text/plain")], "hello"), Timeouts::default()).await;
    let whole = client.download(&reads(), file(), 5, drop).await.unwrap();
    let expected = Download { media_type: Some("text/plain".into()), bytes: "hello".into(), extent: Extent::Whole };
    assert_eq!(whole, expected);
    let beginning = client.download(&reads(), file(), 4, drop).await.unwrap();
    assert_eq!((&*beginning.bytes, beginning.extent), (b"hell".as_slice(), Extent::Beginning));
    let mut written = Vec::new();
    let saved = client.download_to(&reads(), file(), 5, &mut written, drop).await.unwrap();
    assert_eq!((saved.length, written.as_slice()), (5, b"hello".as_slice()));
    assert_eq!(client.download_to(&reads(), file(), 4, &mut written, drop).await, Err(Failure::TooBig { cap: 4 }));
    assert_eq!((site.seen().len(), media.seen().len()), (4, 4));
    let hop = media.seen().concat().to_lowercase();
    assert!(hop.starts_with("get /file/1?token=jwt http/1.1\r\n"), "{hop}");
    assert!(!hop.contains("authorization") && !hop.contains("referer") && !hop.contains("cookie"), "{hop}");
}

#[tokio::test]
async fn a_download_does_not_go_where_it_must_not() {
    let (_site, thief, _) = site_and_media(ok(), Timeouts::default()).await;
    let target = format!("http://127.0.0.1:{}/", thief.port);
    let (_site, media, client) = site_and_media(answer(302, &[("location", &target)], ""), Timeouts::default()).await;
    let second_hop = Failure::Unreadable { defect: Defect::Redirect, trace: None };
    assert_eq!(client.download(&reads(), file(), 9, drop).await, Err(second_hop));
    assert_eq!(media.seen().len(), 1);
    let elsewhere = Peer::start([answer(302, &[("location", "https://evil.example/")], "")]).await;
    let failure = elsewhere.client().download(&reads(), file(), 9, drop).await.unwrap_err();
    assert_eq!(failure.code(), "refused");
    for act in [answer(302, &[], ""), ok()] {
        let site = Peer::start([act]).await;
        let failure = site.client().download(&reads(), file(), 9, drop).await.unwrap_err();
        assert_eq!(failure, Failure::Unreadable { defect: Defect::NoRedirect, trace: Some("t1".into()) });
    }
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn downloads_fail_in_words_of_their_own() {
    let table = [
        (answer(404, &[], "gone"), "not_found"),
        (answer(403, &[], "expired"), "unreadable"),
        (answer(503, &[], ""), "unavailable"),
        (Act::Trail(Vec::new()), "timeout"),
        (Act::Trail(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()), "timeout"),
        (Act::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec()), "unreadable"),
        (Act::Say(Vec::new()), "unavailable"),
    ];
    for (act, code) in table {
        let (_site, _media, client) = site_and_media(act, impatient()).await;
        let failure = client.download(&reads(), file(), 99, drop).await.unwrap_err();
        assert_eq!(failure.code(), code, "{failure:?}");
        assert!(!failure.to_string().contains("jwt"));
    }
}
