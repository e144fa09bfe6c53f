//! Signing in with a browser: sessions, forms, one-time links, and what none of them lets through.

use std::time::Duration;

use sluice::approval::State;
use sluice::control::{Question, Reply};

use super::browser::Browser;
use super::{ADA, AGENT_KEY, BOB, House};

#[tokio::test]
async fn an_approver_signs_in_decides_and_signs_out() {
    let house = House::open().await;
    let (yes, no) = (house.waits("Say yes").await, house.waits("Say no").await);
    let mut browser = Browser::new(&house);
    assert_eq!(browser.get("/").await.header("location"), Some("/sign-in"));
    browser.sign_in("ada", ADA).await;
    let queue = browser.get("/approvals").await.body;
    let at = |title: &str| queue.find(title).unwrap_or_else(|| panic!("{title} in {queue}"));
    assert!(at("Say yes") < at("Say no"), "the oldest is first");
    let page = browser.get(&format!("/approvals/{}", yes.asked.id)).await.body;
    assert!(page.contains("Hello") && page.contains("id=\"approve\""), "{page}");
    let decided = browser.submit(&page, &format!("/approvals/{}/approve", yes.asked.id), &[]).await;
    assert_eq!(decided.status, 303, "{decided:?}");
    let page = browser.get(&format!("/approvals/{}", no.asked.id)).await.body;
    browser.submit(&page, &format!("/approvals/{}/deny", no.asked.id), &[("reason", "not <now>")]).await;
    let denied = house.record(&no).await;
    let decision = denied.decision.unwrap();
    assert_eq!((denied.state, &*decision.by, decision.reason.as_deref()), (State::Denied, "ada", Some("not <now>")));
    assert_eq!(house.record(&yes).await.decision.unwrap().via.word(), "dashboard");
    let page = browser.get("/approvals?which=all").await.body;
    assert!(page.contains("denied") && page.contains("ada"), "{page}");
    let ended = browser.submit(&page, "/sign-out", &[]).await;
    assert_eq!(ended.header("location"), Some("/sign-in"));
    assert_eq!(browser.get("/").await.status, 303);
    house.close().await;
}

#[tokio::test]
async fn a_write_that_somebody_else_decided_is_told_and_not_decided_again() {
    let house = House::open().await;
    let record = house.waits("Twice").await;
    let mut browser = Browser::new(&house);
    browser.sign_in("ada", ADA).await;
    let page = browser.get(&format!("/approvals/{}", record.asked.id)).await.body;
    assert_eq!(house.say("deny", &record, ADA).await.status, 200);
    for says in ["approve", "deny", "approve"] {
        let late = browser.submit(&page, &format!("/approvals/{}/{says}", record.asked.id), &[]).await;
        assert_eq!(late.status, 409, "{late:?}");
        assert!(late.body.contains("ada has already denied it"), "{late:?}");
    }
    assert_eq!(house.record(&record).await.state, State::Denied);
    house.close().await;
}

#[tokio::test]
async fn an_approver_decides_no_further_than_their_rights_go() {
    let house = House::open().await;
    let page = house.desk.page("Escalation matrix");
    let record = house.asks("tester", "delete_page", serde_json::json!({ "page_id": page })).await;
    let mut browser = Browser::new(&house);
    browser.sign_in("bob", BOB).await;
    let page = browser.get(&format!("/approvals/{}", record.asked.id)).await.body;
    let refused = browser.submit(&page, &format!("/approvals/{}/approve", record.asked.id), &[]).await;
    assert!(refused.status == 403 && refused.body.contains("may not approve writes of this class"), "{refused:?}");
    assert_eq!(house.record(&record).await.state, State::Pending);
    house.close().await;
}

#[tokio::test]
async fn what_is_no_name_with_its_secret_lets_nobody_in_and_runs_out() {
    let house = House::open().await;
    let mut browser = Browser::new(&house);
    let mut statuses = Vec::new();
    for (name, secret) in [
        ("ada", "sla_wrong"),
        ("ada", AGENT_KEY),
        ("", ADA),
        ("bob", ADA),
        ("ada", ""),
        ("x", "x"),
        ("ada", "sla_guess"),
        ("root", "sla_root"),
        ("ada", BOB),
    ] {
        let answer = browser.try_to_sign_in(name, secret).await;
        assert_eq!(answer.header("set-cookie"), None, "{name} {answer:?}");
        statuses.push(answer.status);
    }
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)) && statuses.contains(&429), "{statuses:?}");
    house.clock.advance(Duration::from_mins(2));
    browser.sign_in("ada", ADA).await;
    house.close().await;
}

#[tokio::test]
async fn a_session_that_was_chosen_kept_or_left_alone_too_long_is_none() {
    let house = House::open().await;
    let mut browser = Browser::new(&house);
    let name = format!("sluice_session_{}", house.address.port());
    browser.cookie = Some(format!("{name}=chosen"));
    browser.sign_in("ada", ADA).await;
    let first = browser.cookie.clone().unwrap();
    assert!(!first.contains("chosen"), "whoever signs in gets a token that nobody chose");
    browser.sign_in("ada", ADA).await;
    assert_ne!(browser.cookie.as_deref(), Some(&*first));
    let mut old = Browser::new(&house);
    old.cookie = Some(first);
    assert_eq!(old.get("/").await.status, 303, "signing in again ends what was before");
    house.clock.advance(Duration::from_mins(29));
    assert_eq!(browser.get("/").await.status, 200);
    house.clock.advance(Duration::from_mins(31));
    assert_eq!(browser.get("/").await.status, 303);
    browser.sign_in("ada", ADA).await;
    sluice::people::Approvers::remove(&house.approvers, "ada").unwrap();
    assert_eq!(browser.get("/").await.status, 303, "whoever is no approver any more is not let in");
    house.close().await;
}

#[tokio::test]
async fn a_form_that_no_page_of_the_session_sent_changes_nothing() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    let path = format!("/approvals/{}/approve", record.asked.id);
    let (mut ada, mut bob) = (Browser::new(&house), Browser::new(&house));
    ada.sign_in("ada", ADA).await;
    bob.sign_in("bob", BOB).await;
    let (hers, his) = (ada.get(&format!("/approvals/{}", record.asked.id)).await.body, bob.get("/").await.body);
    let seal = super::browser::field(&hers, "seal");
    let csrf = super::browser::field(&his, "csrf");
    for body in [
        format!("seal={seal}"),
        format!("seal={seal}&csrf="),
        format!("seal={seal}&csrf={csrf}"),
        format!("seal={seal}&csrf=a&csrf=b"),
    ] {
        let refused = ada.post(&path, &body).await;
        assert_eq!(refused.status, 403, "{body} {refused:?}");
    }
    let own = super::browser::field(&hers, "csrf");
    let body = format!("seal={seal}&csrf={own}");
    for origin in ["http://evil.com", "null", ""] {
        let refused = ada.post_from(Some(origin), &path, &body).await;
        assert_eq!(refused.status, 403, "{origin} {refused:?}");
    }
    assert_eq!(ada.post_from(None, &path, &body).await.status, 403);
    assert_eq!(house.record(&record).await.state, State::Pending);
    // An agent's key opens no page, with or without the form.
    let headers = format!(
        "authorization: Bearer {AGENT_KEY}\r\ncontent-type: application/x-www-form-urlencoded\r\norigin: http://{}\r\n",
        house.address
    );
    assert_eq!(house.ask("POST", &path, &headers, &body).await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn a_link_lets_one_browser_in_once_and_only_where_nobody_can_sign_in() {
    let house = House::unguarded().await;
    let record = house.waits("New here").await;
    let Reply::Link(link) = house.asked.answer(Question::Link).await.unwrap() else { panic!() };
    let path = link.strip_prefix(&format!("http://{}", house.address)).unwrap().to_owned();
    let mut browser = Browser::new(&house);
    for _ in 0..3 {
        assert_eq!(browser.get(&path).await.status, 200, "looking uses nothing up");
    }
    let page = browser.get(&path).await.body;
    let entered = browser.submit(&page, "/enter", &[("link", &super::browser::field(&page, "link"))]).await;
    assert_eq!(entered.header("location"), Some("/"), "{entered:?}");
    let queue = browser.get("/approvals").await.body;
    assert!(queue.contains("New here") && queue.contains("root · owner"), "{queue}");
    let page = browser.get(&format!("/approvals/{}", record.asked.id)).await.body;
    browser.submit(&page, &format!("/approvals/{}/approve", record.asked.id), &[]).await;
    assert_eq!(house.record(&record).await.decision.unwrap().by, "root");
    let mut other = Browser::new(&house);
    let late = other.post("/enter", &format!("link={}", path.trim_start_matches("/enter/"))).await;
    assert_eq!((late.status, late.header("set-cookie")), (403, None), "{late:?}");
    std::fs::write(
        &house.approvers,
        format!("[approvers.ada]\nsecret_hash = \"{}\"\n", crate::people::cheap_hash(ADA)),
    )
    .unwrap();
    assert_eq!(browser.get("/").await.status, 303, "once somebody can sign in, a link lets nobody in any more");
    assert!(house.asked.answer(Question::Link).await.unwrap_err().to_string().contains("/sign-in"));
    house.close().await;
}

#[tokio::test]
async fn the_trail_is_shown_filtered_and_exported() {
    let house = House::open().await;
    let mut browser = Browser::new(&house);
    browser.sign_in("ada", ADA).await;
    house.waits("New here").await;
    let all = browser.get("/activity").await.body;
    assert!(all.contains("signed_in") && all.contains("create_page"), "{all}");
    let some = browser.get("/activity?event=signed_in&who=ada").await.body;
    assert!(some.contains("signed_in") && !some.contains("create_page"), "{some}");
    let csv = browser.get("/activity.csv?event=signed_in").await;
    assert!(csv.header("content-disposition").unwrap().contains("sluice-audit.csv"), "{csv:?}");
    assert!(csv.body.contains("number,at,who,event") && csv.body.contains("\"ada\",\"signed_in\""), "{csv:?}");
    let lines = browser.get("/activity.jsonl").await.body;
    assert!(lines.contains("\"signed_in\""), "{lines}");
    house.close().await;
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_light() {
    let house = House::open().await;
    house.waits("New here").await;
    let mut browser = Browser::new(&house);
    let assets = browser.get("/assets/style.css").await.body.len() + browser.get("/assets/live.js").await.body.len();
    browser.sign_in("ada", ADA).await;
    for path in ["/", "/approvals", "/activity", "/sign-in"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path} {page:?}");
        assert!(page.body.len() + assets < 100_000, "{path}");
        assert!(
            !page.body.contains("http-equiv") && !page.body.contains(" style=") && !page.body.contains(" on"),
            "{path}"
        );
        for (_, rest) in page.body.match_indices("src=\"").map(|(at, _)| page.body.split_at(at + 5)) {
            assert!(rest.starts_with("/assets/"), "{path} {rest:.40}");
        }
    }
    house.close().await;
}
