//! Vault's transit engine as a stand-in speaks it: paths, headers, and what an answer may be.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use serde_json::json;
use sluice::keys::{DataKey, KeyProvider, Vault};
use sluice::outside::Outside;

use super::stand_in::{Answer, Asked, StandIn};
use super::{BOUND, folder, keeps_keys, opens, refusal, settings, wrapped};

/// The engine seals with a key that its version and name say, and with what is associated.
fn sealed(version: u8, path: &str, asked: &Asked) -> (u16, String) {
    let bytes = |name: &str| STANDARD.decode(asked.json()[name].as_str().unwrap_or_default()).unwrap_or_default();
    let associated = bytes("associated_data");
    let cipher = |version: u8| XChaCha20Poly1305::new(&[version; 32].into());
    let (associated, nonce) = ([path.as_bytes(), &associated].concat(), XNonce::from([7; 24]));
    if asked.path.contains("/encrypt/") {
        let text = bytes("plaintext");
        let text = cipher(version).encrypt(&nonce, Payload { msg: &text, aad: &associated }).unwrap();
        let ciphertext = format!("vault:v{version}:{}", STANDARD.encode(text));
        return (200, json!({ "data": { "ciphertext": ciphertext, "key_version": version } }).to_string());
    }
    let ciphertext = asked.json()["ciphertext"].as_str().unwrap_or_default().to_owned();
    let parts = ciphertext.strip_prefix("vault:v").and_then(|rest| rest.split_once(':'));
    let opened = parts.and_then(|(version, text)| {
        let text = STANDARD.decode(text).ok()?;
        cipher(version.parse().ok()?).decrypt(&nonce, Payload { msg: &text, aad: &associated }).ok()
    });
    let Some(opened) = opened else { return (400, "canary: message authentication failed".to_owned()) };
    (200, json!({ "data": { "plaintext": STANDARD.encode(opened) } }).to_string())
}

struct Standing {
    stand_in: StandIn,
    /// The newest version of the key.
    version: Arc<Mutex<u8>>,
}

impl Standing {
    async fn start() -> Self {
        let version = Arc::new(Mutex::new(1));
        let newest = Arc::clone(&version);
        let stand_in = StandIn::start(move |asked| answer(asked, &mut newest.lock().unwrap())).await;
        Self { stand_in, version }
    }

    fn asked_by(&self, variables: &[(&str, &str)]) -> Vault {
        self.asked_within(Duration::from_mins(1), variables)
    }

    fn asked_within(&self, patience: Duration, variables: &[(&str, &str)]) -> Vault {
        let mut all = vec![
            ("SLUICE_CONFIG_DIR", "/nowhere"),
            ("SLUICE_VAULT_KEY", "sluice"),
            ("VAULT_ADDR", self.stand_in.address.as_str()),
        ];
        all.extend(variables);
        let settings = settings(&all);
        let outside = Outside::new(&settings.way_out().unwrap(), patience).unwrap();
        Vault::new(settings.keys().unwrap().vault.unwrap(), outside)
    }

    fn usual(&self) -> Vault {
        self.asked_by(&[("VAULT_TOKEN", "canary-token")])
    }
}

fn answer(asked: &Asked, version: &mut u8) -> (u16, String) {
    let known = asked.header("x-vault-token") == Some("canary-token") && asked.method == "POST";
    if !known || asked.header("x-vault-request") != Some("true") {
        return (403, "canary".to_owned());
    }
    match asked.path.as_str() {
        "/v1/transit/keys/sluice/rotate" => {
            *version += 1;
            (200, String::new())
        }
        "/v1/transit/encrypt/sluice" | "/v1/transit/decrypt/sluice" => sealed(*version, "transit/sluice", asked),
        "/v1/team/keys/encrypt/a.b" | "/v1/team/keys/decrypt/a.b"
            if asked.header("x-vault-namespace") == Some("ns/one") =>
        {
            sealed(*version, "team/keys/a.b", asked)
        }
        _ => (404, "canary".to_owned()),
    }
}

#[tokio::test]
async fn vault_keeps_keys() {
    let standing = Standing::start().await;
    keeps_keys(&standing.usual(), 3).await;
    let (_, kept) = wrapped(&standing.usual()).await;
    assert_eq!((kept.provider.as_str(), kept.key.as_str()), ("vault", "transit/sluice:v1"));
}

#[tokio::test]
async fn the_bound_id_is_the_associated_data() {
    let standing = Standing::start().await;
    let (key, _) = wrapped(&standing.usual()).await;
    let asked = standing.stand_in.asked();
    let body = json!({ "plaintext": STANDARD.encode(key.expose()), "associated_data": STANDARD.encode(BOUND) });
    assert_eq!(asked[0].json(), body);
}

#[tokio::test]
async fn mount_namespace_and_a_token_file_that_changes_are_used() {
    let standing = Standing::start().await;
    let file = folder().join("token");
    std::fs::write(&file, "old\n").unwrap();
    let vault = standing.asked_by(&[
        ("SLUICE_VAULT_KEY", "team/keys/a.b"),
        ("VAULT_NAMESPACE", "ns/one"),
        ("VAULT_TOKEN", "older"),
        ("SLUICE_VAULT_TOKEN_FILE", file.to_str().unwrap()),
    ]);
    assert!(problem(&vault).await.contains("lacks `update` on `team/keys/encrypt/a.b`"));
    std::fs::write(&file, "canary-token\n").unwrap();
    let (key, kept) = wrapped(&vault).await;
    assert_eq!(kept.key, "team/keys/a.b:v1");
    assert!(opens(&vault, &key, &kept).await);
    for (text, told) in [("", "it is empty"), ("a\u{1}b", "signs that no token has")] {
        std::fs::write(&file, text).unwrap();
        assert!(problem(&vault).await.contains(told));
    }
    std::fs::remove_file(&file).unwrap();
    assert!(problem(&vault).await.contains("cannot be read"));
}

#[tokio::test]
async fn a_renewed_key_wraps_with_its_new_version_and_unwraps_with_the_old_one() {
    let standing = Standing::start().await;
    let vault = standing.usual();
    let (old, by_old) = wrapped(&vault).await;
    vault.renew().await.unwrap();
    assert_eq!(*standing.version.lock().unwrap(), 2);
    let (new, by_new) = wrapped(&vault).await;
    assert_eq!(by_new.key, "transit/sluice:v2");
    assert!(opens(&vault, &old, &by_old).await && opens(&vault, &new, &by_new).await);
    standing.stand_in.asked();
    for nothing in [vault.retire(), vault.forget()] {
        nothing.await.unwrap();
    }
    assert!(standing.stand_in.asked().is_empty());
    standing.stand_in.next("/rotate", Answer::Status(403));
    let error = vault.renew().await.unwrap_err().to_string();
    assert!(error.contains("lacks `update` on `transit/keys/sluice/rotate`"), "{error}");
    standing.stand_in.next("/rotate", Answer::Status(204));
    vault.renew().await.unwrap();
}

/// Why nothing is wrapped; never a word of what was sent or answered.
async fn problem(vault: &Vault) -> String {
    let key = DataKey::generate().unwrap();
    let error = vault.wrap(&key, BOUND).await.unwrap_err();
    let told = format!("{error} {error:?}");
    let written = STANDARD.encode(key.expose());
    assert!(!told.contains("canary") && !told.contains(&written) && !error.to_string().contains('\n'), "{told}");
    error.to_string()
}

#[tokio::test]
async fn whatever_vault_answers_is_told_in_a_sentence_of_ours() {
    let standing = Standing::start().await;
    let vault = standing.usual();
    let ciphertext = |text: &str| Answer::Text(json!({ "data": { "ciphertext": text } }).to_string());
    for (answer, told) in [
        (Answer::Status(400), "a key of the type aes256-gcm96"),
        (Answer::Status(403), "lacks `update` on `transit/encrypt/sluice`"),
        (Answer::Status(404), "there is no such key or engine"),
        (Answer::Busy, "try again in 17 seconds"),
        (Answer::Status(500), "it does not work at present (status 500)"),
        (Answer::Status(503), "it is sealed"),
        (Answer::Status(204), "it answered with status 204"),
        (Answer::Text("<html>canary</html>".to_owned()), "cannot be understood"),
        (Answer::Text("{\"data\": null}".to_owned()), "cannot be understood"),
        (ciphertext("canary"), "cannot be understood"),
        (ciphertext("vault:vx:AAAA"), "cannot be understood"),
        (ciphertext("vault:v1:?"), "cannot be understood"),
        (Answer::Endless, "longer than"),
    ] {
        standing.stand_in.next("/sluice", answer);
        let error = problem(&vault).await;
        assert!(error.starts_with("HashiCorp Vault: ") && error.contains(told), "{error}");
    }
    let (_, kept) = wrapped(&vault).await;
    for (plaintext, told) in [("AAAA", "was changed"), ("?", "was changed")] {
        let answer = Answer::Text(json!({ "data": { "plaintext": plaintext } }).to_string());
        standing.stand_in.next("/sluice", answer);
        assert!(refusal(&vault, &kept, BOUND).await.contains(told));
    }
}

#[tokio::test]
async fn a_vault_that_hangs_is_given_up_and_a_token_goes_nowhere_else() {
    let standing = Standing::start().await;
    let elsewhere = StandIn::start(|_| (200, "{}".to_owned())).await;
    let hasty = standing.asked_within(Duration::from_millis(200), &[("VAULT_TOKEN", "canary-token")]);
    standing.stand_in.next("/sluice", Answer::Never);
    assert!(problem(&hasty).await.contains("did not answer in time"));
    let vault = standing.usual();
    let there = format!("{}/v1/transit/encrypt/sluice", elsewhere.address);
    standing.stand_in.next("/sluice", Answer::Redirect(there));
    assert!(problem(&vault).await.contains("it points elsewhere (status 307)"));
    assert!(elsewhere.asked().is_empty());
    let (_, kept) = wrapped(&vault).await;
    standing.stand_in.asked();
    for key in ["sys/sluice:v1", "transit:v1", "transit/sluice", "transit/sluice:v", "transit/sluice:v-1", "/:v1"] {
        let mut pointing = kept.clone();
        pointing.key = key.to_owned();
        refusal(&vault, &pointing, BOUND).await;
    }
    assert!(standing.stand_in.asked().is_empty());
    // A name stays one part of the path.
    let mut pointing = kept.clone();
    pointing.key = "transit/..%2fkeys?x#y:v1".to_owned();
    refusal(&vault, &pointing, BOUND).await;
    assert_eq!(standing.stand_in.asked()[0].path, "/v1/transit/decrypt/..%252fkeys%3Fx%23y");
}
