//! Where issuers' keys come from: how seldom they are asked for, and what an issuer may do without harm.

use futures_util::future::join_all;
use serde_json::json;
use sluice::identity::NotProven;

use super::issuer::{CURVE, EDWARDS, all_keys, token, token_of};
use super::{Answer, Door, START, claims, with};

fn lasting() -> serde_json::Value {
    with("exp", json!(START + 200_000))
}

#[tokio::test]
async fn a_flood_of_made_up_key_ids_makes_few_requests() {
    let door = Door::new().await;
    let made_up: Vec<String> = (0..500).map(|n| token_of(&format!("x{n}"), &claims())).collect();
    for (seconds, asked) in [(0, 1), (29, 1), (1, 2)] {
        door.clock.advance(seconds);
        for refused in join_all(made_up.iter().map(|token| door.prove(token))).await {
            assert_eq!(refused, Err(NotProven::Invalid("its issuer has no such key")));
        }
        assert_eq!(door.issuer.asked(), asked);
    }
    assert!(door.prove(&token(&claims())).await.is_ok());
    assert_eq!(door.issuer.asked(), 2);
}

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_wait_and_again_when_they_are_old() {
    let door = Door::new().await;
    let tokens: Vec<String> = (0..50).map(|n| token(&with("jti", json!(n)))).collect();
    assert!(join_all(tokens.iter().map(|token| door.prove(token))).await.iter().all(Result::is_ok));
    assert_eq!(door.issuer.asked(), 1);
    door.issuer.answer(Answer::Cached(all_keys(), "max-age=1"));
    for (seconds, asked) in [(599, 1), (1, 2), (59, 2), (1, 3)] {
        door.clock.advance(seconds);
        let mut claims = lasting();
        claims["jti"] = json!(asked);
        claims["now"] = json!(seconds);
        assert!(door.prove(&token(&claims)).await.is_ok());
        assert_eq!(door.issuer.asked(), asked, "after {seconds}");
    }
}

#[tokio::test]
async fn a_key_that_was_rotated_in_is_found_and_one_rotated_out_is_gone() {
    let door = Door::new().await;
    door.issuer.answer(Answer::Keys(json!({ "keys": [EDWARDS.public] })));
    assert!(matches!(door.prove(&token(&claims())).await, Err(NotProven::Invalid(_))));
    door.clock.advance(30);
    door.issuer.answer(Answer::Keys(json!({ "keys": [CURVE.public] })));
    assert!(door.prove(&token(&claims())).await.is_ok());
    door.issuer.answer(Answer::Keys(json!({ "keys": [EDWARDS.public] })));
    door.clock.advance(600);
    let other = token(&lasting());
    assert!(matches!(door.prove(&other).await, Err(NotProven::Invalid(_))));
}

#[tokio::test]
async fn an_issuer_that_is_down_at_first_is_asked_again_later() {
    let door = Door::new().await;
    door.issuer.answer(Answer::Status(503));
    for _ in 0..20 {
        assert_eq!(door.prove(&token(&claims())).await, Err(NotProven::Unavailable));
    }
    assert_eq!(door.issuer.asked(), 1);
    door.issuer.answer(Answer::Keys(all_keys()));
    door.clock.advance(10);
    assert!(door.prove(&token(&claims())).await.is_ok());
}

#[tokio::test]
async fn keys_of_an_issuer_that_went_down_are_used_for_a_day() {
    let door = Door::new().await;
    assert!(door.prove(&token(&claims())).await.is_ok());
    door.issuer.answer(Answer::Status(500));
    door.clock.advance(86_399);
    assert!(door.prove(&token(&lasting())).await.is_ok());
    assert_eq!(door.issuer.asked(), 2);
    door.clock.advance(301);
    assert_eq!(door.prove(&token(&lasting())).await, Err(NotProven::Unavailable));
}

#[tokio::test]
async fn an_issuer_that_misbehaves_harms_nothing() {
    let huge = json!({ "keys": [CURVE.public], "x": "x".repeat(300 * 1024) });
    let deep = format!("{{\"keys\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let many = json!({ "keys": vec![CURVE.public.clone(); 101] });
    for answer in [
        Answer::Keys(huge),
        Answer::Keys(many),
        Answer::Keys(json!([CURVE.public])),
        Answer::Text(deep),
        Answer::Text("<html>".to_owned()),
        Answer::Text(String::new()),
        Answer::Status(404),
        Answer::Redirect,
        Answer::Endless,
        Answer::Never,
    ] {
        let door = Door::new().await;
        door.issuer.answer(answer);
        assert_eq!(door.prove(&token(&claims())).await, Err(NotProven::Unavailable));
        assert_eq!(door.issuer.asked(), 1);
    }
}
