//! Which tokens prove who an agent is, and which do not.

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;
use sluice::domain::access::AccessClass;
use sluice::identity::{Means, NotProven};
use sluice::policy::ask::AgentId;

use super::issuer::{CURVE, EDWARDS, all_keys, rsa_as_secrets, rsa_pair, signed, token, token_of};
use super::{AUDIENCE, Answer, Door, NAME, START, claims, with};

#[tokio::test]
async fn right_tokens_of_each_kind_prove_their_agent() {
    let door = Door::new().await;
    let rsa = rsa_pair();
    let kinds = [
        ("RS256", "rsa", &rsa.private, Algorithm::RS256),
        ("ES256", "ec", &CURVE.private, Algorithm::ES256),
        ("EdDSA", "ed", &EDWARDS.private, Algorithm::EdDSA),
    ];
    for (name, key_id, key, algorithm) in kinds {
        let token =
            signed(&json!({ "alg": name, "kid": key_id, "jku": "https://evil.example" }), &claims(), key, algorithm);
        for _ in 0..2 {
            let proven = door.prove(&token).await.unwrap();
            assert_eq!((proven.agent, proven.by, proven.scopes), (AgentId::new("bot"), Means::Token, None), "{name}");
            assert_eq!(proven.until, Timestamp::from_second(START + 660).ok());
        }
    }
    assert_eq!(door.issuer.asked(), 1);
}

#[tokio::test]
async fn a_token_whose_signature_is_not_its_issuers_proves_nothing() {
    let door = Door::new().await;
    let (right, other) = (token(&claims()), token(&with("sub", json!("bot-2"))));
    let (signed_part, _) = right.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    assert!(door.refusal(&format!("{signed_part}.{signature}")).await.ends_with("its signature is wrong"));
    assert!(door.refusal(&format!("{signed_part}.")).await.ends_with("its signature is wrong"));
    for (header, told) in [
        (json!({ "alg": "none", "kid": "ec" }), "its algorithm never counts"),
        (json!({ "alg": "PS256", "kid": "rsa" }), "its issuer's table does not allow its algorithm"),
        (json!({ "alg": "ES256", "kid": "rsa" }), "its key is for another algorithm"),
        (json!({ "alg": "ES256", "kid": "oct" }), "its issuer has no such key"),
        (json!({ "alg": "ES256" }), "it names no key, and its issuer has not just one"),
        (json!({ "alg": "ES256", "kid": "ec", "crit": [] }), "its header demands what is not understood"),
    ] {
        let token = signed(&header, &claims(), &CURVE.private, Algorithm::ES256);
        assert_eq!(door.refusal(&token).await, format!("the credential is not valid: {told}"));
    }
}

#[tokio::test]
async fn a_public_key_is_never_taken_for_a_secret() {
    let door = Door::new().await;
    for secret in rsa_as_secrets() {
        for (name, algorithm) in [("HS256", Algorithm::HS256), ("RS256", Algorithm::HS256)] {
            let header = json!({ "alg": name, "kid": "rsa" });
            let token = signed(&header, &claims(), &EncodingKey::from_secret(&secret), algorithm);
            assert!(matches!(door.prove(&token).await, Err(NotProven::Invalid(_))), "{name}");
        }
    }
}

#[tokio::test]
async fn a_token_counts_for_its_issuer_audience_subject_and_time() {
    let door = Door::new().await;
    for right in [
        with("exp", json!(START - 59)),
        with("nbf", json!(START + 60)),
        with("aud", json!(["x", AUDIENCE])),
        with("exp", json!(1_750_000_000.5)),
    ] {
        assert!(door.prove(&token(&right)).await.is_ok(), "{right}");
    }
    assert_eq!(door.prove(&token(&with("exp", json!(START - 60)))).await, Err(NotProven::Expired));
    for wrong in [
        with("nbf", json!(START + 61)),
        with("iat", json!(START + 61)),
        with("aud", json!("https://sluice.example")),
        with("aud", json!([])),
        with("aud", json!(null)),
        with("iss", json!("https://login.example.com/")),
        with("sub", json!("bot-2")),
        with("sub", json!(null)),
        with("exp", json!(null)),
        with("exp", json!(1e300)),
        with("exp", json!("9999999999")),
    ] {
        assert!(matches!(door.prove(&token(&wrong)).await, Err(NotProven::Invalid(_))), "{wrong}");
    }
}

#[tokio::test]
async fn an_agent_that_was_revoked_or_changed_is_refused_though_its_token_is_remembered() {
    let mut door = Door::new().await;
    let token = token(&claims());
    assert!(door.prove(&token).await.is_ok());
    door.write("", "revoked = true");
    assert!(matches!(door.prove(&token).await, Err(NotProven::Invalid(_))));
    door.write("algorithms = [\"RS256\"]", "");
    assert!(matches!(door.prove(&token).await, Err(NotProven::Invalid(_))));
    door.write("", "");
    assert!(door.prove(&token).await.is_ok());
    door.clock.advance(660);
    assert_eq!(door.prove(&token).await, Err(NotProven::Expired));
}

#[tokio::test]
async fn where_scopes_are_required_a_token_allows_what_it_says() {
    let door = Door::with("require_scopes = true", "").await;
    let scopes = door.prove(&token(&with("scope", json!("confluence:read openid")))).await.unwrap().scopes.unwrap();
    assert!(scopes.allow(AccessClass::Read) && !scopes.allow(AccessClass::Create));
    let scopes = door.prove(&token(&claims())).await.unwrap().scopes.unwrap();
    assert!(!scopes.allow(AccessClass::Read));
}

#[tokio::test]
async fn a_token_without_a_key_id_is_right_where_its_issuer_has_one_key() {
    let door = Door::new().await;
    door.issuer.answer(Answer::Keys(json!({ "keys": [CURVE.public, all_keys()["keys"][3]] })));
    let token = signed(&json!({ "alg": "ES256" }), &claims(), &CURVE.private, Algorithm::ES256);
    assert!(door.prove(&token).await.is_ok());
}

#[tokio::test]
async fn atlassians_tokens_and_other_texts_prove_nothing_and_nobody_is_asked() {
    let door = Door::new().await;
    let atlassian = with("iss", json!("https://auth.atlassian.com"));
    let api_token = format!("ATATT3x{}=1A2B3C4D", "fFGF0".repeat(30));
    let long = token(&with("x", json!("x".repeat(9000))));
    for credential in ["", "Bearer", "..", "a.b", "a.b.c.d", &api_token, &token_of("ec", &atlassian), &long, "é.é.é"]
    {
        assert!(matches!(door.prove(credential).await, Err(NotProven::Invalid(_))), "{credential}");
    }
    assert_eq!(door.issuer.asked(), 0);
    assert!(door.prove(&token(&with("iss", json!(NAME)))).await.is_ok());
}
