//! Azure Key Vault as a stand-in speaks it: who asks and how, which version is used, and what an answer may be.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::Oaep;
use rsa::sha2::Sha256;
use serde_json::json;
use sluice::clock::Clock;
use sluice::keys::{AzureKeyVault, DataKey, KeyProvider};
use sluice::outside::Outside;

use super::stand_in::{Answer, Asked, StandIn};
use crate::identity::StillClock;

use super::{BOUND, folder, keeps_keys, opens, refusal, settings, wrapped};
use crate::identity::issuer::RSA;

const MSI: (&str, &str) = ("IDENTITY_HEADER", "canary-header");

/// What the stand-in knows: how many tokens it gave out, and the newest version of the key.
struct Known {
    tokens: u32,
    version: &'static str,
    /// What it tells of a token's life.
    life: serde_json::Value,
}

struct Vault {
    stand_in: StandIn,
    known: Arc<Mutex<Known>>,
    clock: Arc<StillClock>,
}

impl Vault {
    async fn start() -> Self {
        let known = Arc::new(Mutex::new(Known { tokens: 0, version: "v1", life: json!({ "expires_in": 3600 }) }));
        let answering = Arc::clone(&known);
        let stand_in = StandIn::start(move |asked| answer(asked, &mut answering.lock().unwrap())).await;
        Self { stand_in, known, clock: Arc::default() }
    }

    /// Asked by whoever these variables make us; `AT` in a value is where the stand-in is.
    fn asked_by(&self, variables: &[(&str, &str)]) -> AzureKeyVault {
        self.asked_within(Duration::from_mins(1), variables)
    }

    fn asked_within(&self, patience: Duration, variables: &[(&str, &str)]) -> AzureKeyVault {
        let key = format!("{}/keys/sluice", self.stand_in.address);
        let values: Vec<(&str, String)> =
            variables.iter().map(|(name, value)| (*name, value.replace("AT", &self.stand_in.address))).collect();
        let mut all = vec![("SLUICE_AZURE_KEY", key.as_str()), ("SLUICE_CONFIG_DIR", "/nowhere")];
        all.extend(values.iter().map(|(name, value)| (*name, value.as_str())));
        let settings = settings(&all);
        let outside = Outside::new(&settings.way_out().unwrap(), patience).unwrap();
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        AzureKeyVault::new(settings.keys().unwrap().azure.unwrap(), outside, clock)
    }

    /// Asked by an app with an identity.
    fn asked_by_app(&self) -> AzureKeyVault {
        self.asked_by(&[MSI, ("IDENTITY_ENDPOINT", "AT/msi/token")])
    }
}

/// What Azure answers.
fn answer(asked: &Asked, known: &mut Known) -> (u16, String) {
    let parts: Vec<&str> = asked.path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["keys", "sluice", rest @ ..] => {
            let token = format!("Bearer canary-token-{}", known.tokens);
            if asked.header("authorization") != Some(&token) {
                return (401, "canary".to_owned());
            }
            assert_eq!((asked.method.as_str(), asked.query.as_str()), ("POST", "api-version=7.4"));
            assert_eq!(asked.json()["alg"], "RSA-OAEP-256");
            let value = URL_SAFE_NO_PAD.decode(asked.json()["value"].as_str().unwrap()).unwrap();
            let (version, done) = match rest {
                ["wrapkey"] => {
                    let public = RSA.to_public_key();
                    (known.version, public.encrypt(&mut rsa::rand_core::OsRng, Oaep::new::<Sha256>(), &value).ok())
                }
                [version, "unwrapkey"] => (*version, RSA.decrypt(Oaep::new::<Sha256>(), &value).ok()),
                _ => return (404, "canary".to_owned()),
            };
            let Some(done) = done else { return (400, "canary".to_owned()) };
            let kid = format!("http://{}/keys/sluice/{version}", asked.header("host").unwrap());
            (200, json!({ "kid": kid, "value": URL_SAFE_NO_PAD.encode(done) }).to_string())
        }
        _ if asks_rightly(asked) => {
            known.tokens += 1;
            let mut answer =
                json!({ "token_type": "Bearer", "access_token": format!("canary-token-{}", known.tokens) });
            let more = known.life.as_object().unwrap().clone();
            answer.as_object_mut().unwrap().extend(more);
            (200, answer.to_string())
        }
        _ => (400, "canary".to_owned()),
    }
}

/// Whether each parameter is what Azure wants.
fn asks_rightly(asked: &Asked) -> bool {
    let is = |text: &str, wanted: &[(&str, &str)]| {
        let mut pairs = Asked::pairs(text);
        let mut wanted: Vec<_> = wanted.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        pairs.sort();
        wanted.sort();
        pairs == wanted
    };
    let resource = ("resource", "https://vault.azure.net");
    let common = [
        ("grant_type", "client_credentials"),
        ("client_id", "client-1"),
        ("scope", "https://vault.azure.net/.default"),
    ];
    let assertion = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/msi/token") => {
            asked.header("x-identity-header") == Some("canary-header")
                && is(&asked.query, &[resource, ("api-version", "2019-08-01")])
        }
        ("GET", "/metadata/identity/oauth2/token") => {
            let version = ("api-version", "2018-02-01");
            let any = is(&asked.query, &[resource, version]);
            let named = is(&asked.query, &[resource, version, ("client_id", "client-1")]);
            asked.header("metadata") == Some("true") && (any || named)
        }
        ("POST", "/tenant-1/oauth2/v2.0/token") => {
            let form = asked.header("content-type") == Some("application/x-www-form-urlencoded");
            let secret = [&common[..], &[("client_secret", "canary &+=secret")]].concat();
            let workload = [&common[..], &[assertion, ("client_assertion", "canary.jwt.1")]].concat();
            form && asked.query.is_empty() && (is(&asked.body, &secret) || is(&asked.body, &workload))
        }
        _ => false,
    }
}

#[tokio::test]
async fn azure_key_vault_keeps_keys() {
    let vault = Vault::start().await;
    let azure = vault.asked_by_app();
    keeps_keys(&azure, 37).await;
    assert_eq!(vault.stand_in.times("/msi/token"), 1);
    for nothing in [azure.renew(), azure.retire(), azure.forget()] {
        nothing.await.unwrap();
    }
    assert!(vault.stand_in.asked().is_empty());
}

#[tokio::test]
async fn every_identity_gets_its_token_as_azure_wants_it() {
    let file = folder().join("federated");
    std::fs::write(&file, "canary.jwt.1\n").unwrap();
    let application =
        [("AZURE_TENANT_ID", "tenant-1"), ("AZURE_CLIENT_ID", "client-1"), ("AZURE_AUTHORITY_HOST", "AT/")];
    let machine = ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "AT");
    for (own, path) in [
        (vec![("AZURE_CLIENT_SECRET", "canary &+=secret")], "/tenant-1/oauth2/v2.0/token"),
        (vec![("AZURE_FEDERATED_TOKEN_FILE", file.to_str().unwrap())], "/tenant-1/oauth2/v2.0/token"),
        (vec![machine], "/metadata/identity/oauth2/token"),
    ] {
        let vault = Vault::start().await;
        let azure = vault.asked_by(&[&application[..], &own].concat());
        let (key, kept) = wrapped(&azure).await;
        assert!(opens(&azure, &key, &kept).await);
        assert_eq!(vault.stand_in.times(path), 1, "{path}");
    }
    let vault = Vault::start().await;
    wrapped(&vault.asked_by(&[machine])).await;
    assert_eq!(vault.stand_in.times("/metadata/identity/oauth2/token"), 1);
}

#[tokio::test]
async fn what_is_wrapped_is_bound_and_unwrapped_with_the_version_that_wrapped_it() {
    let vault = Vault::start().await;
    let azure = vault.asked_by_app();
    let (old, by_old) = wrapped(&azure).await;
    assert!(by_old.key.ends_with("/keys/sluice/v1"), "{}", by_old.key);
    vault.known.lock().unwrap().version = "v2";
    let (new, by_new) = wrapped(&azure).await;
    assert!(by_new.key.ends_with("/keys/sluice/v2"));
    vault.stand_in.asked();
    assert!(opens(&azure, &old, &by_old).await && opens(&azure, &new, &by_new).await);
    let paths: Vec<String> = vault.stand_in.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/keys/sluice/v1/unwrapkey", "/keys/sluice/v2/unwrapkey"]);
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end() {
    for life in [json!({ "expires_in": 3600 }), json!({ "expires_in": "3600" }), json!({ "expires_on": "1750003600" })]
    {
        let vault = Vault::start().await;
        vault.known.lock().unwrap().life = life;
        let azure = vault.asked_by_app();
        for (seconds, fetched) in [(0, 1), (3299, 0), (1, 1)] {
            vault.clock.advance(seconds);
            wrapped(&azure).await;
            wrapped(&azure).await;
            let left = vault.stand_in.times("/msi/token");
            assert_eq!(left, fetched, "after {seconds}");
            vault.known.lock().unwrap().life = json!({ "expires_in": 3600 });
        }
    }
    for life in [json!({}), json!({ "expires_in": 60 }), json!({ "expires_in": -1 }), json!({ "expires_on": "x" })] {
        let vault = Vault::start().await;
        vault.known.lock().unwrap().life = life;
        let azure = vault.asked_by_app();
        wrapped(&azure).await;
        wrapped(&azure).await;
        assert_eq!(vault.stand_in.times("/msi/token"), 2);
    }
}

#[tokio::test]
async fn a_token_is_fetched_once_for_all_who_wait() {
    let vault = Vault::start().await;
    let azure = vault.asked_by_app();
    futures_util::future::join_all((0..20).map(|_| wrapped(&azure))).await;
    assert_eq!(vault.stand_in.times("/msi/token"), 1);
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_exchanged_once() {
    let vault = Vault::start().await;
    let azure = vault.asked_by_app();
    let (key, kept) = wrapped(&azure).await;
    vault.known.lock().unwrap().tokens = 7;
    vault.stand_in.asked();
    assert!(opens(&azure, &key, &kept).await);
    assert_eq!(vault.stand_in.times("/msi/token"), 1);
    for _ in 0..2 {
        vault.stand_in.next("/unwrapkey", Answer::Status(401));
    }
    assert!(refusal(&azure, &kept, BOUND).await.contains("it does not accept who asks (status 401)"));
    assert_eq!(vault.stand_in.asked().len(), 3);
}

/// Why nothing is wrapped; never a word of what was sent or answered.
async fn problem(azure: &AzureKeyVault) -> String {
    let key = DataKey::generate().unwrap();
    let error = azure.wrap(&key, BOUND).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains("canary") && !error.to_string().contains('\n'), "{told}");
    error.to_string()
}

#[tokio::test]
async fn whatever_the_vault_answers_is_told_in_a_sentence_of_ours() {
    let vault = Vault::start().await;
    let azure = vault.asked_by_app();
    wrapped(&azure).await;
    let other = |kid: &str| Answer::Text(json!({ "kid": kid, "value": "AAAA" }).to_string());
    for (answer, told) in [
        (Answer::Status(400), "must name an RSA key"),
        (Answer::Status(403), "the role Key Vault Crypto User"),
        (Answer::Status(404), "there is no such key (status 404)"),
        (Answer::Busy, "try again in 17 seconds"),
        (Answer::Status(500), "it does not work at present (status 500)"),
        (Answer::Status(204), "it answered with status 204"),
        (Answer::Text("<html>canary</html>".to_owned()), "cannot be understood"),
        (Answer::Text("{\"kid\": \"canary\"}".to_owned()), "cannot be understood"),
        (Answer::Text("[".repeat(100_000)), "cannot be understood"),
        (other("https://evil.example/keys/sluice/1"), "of another key"),
        (other(&format!("{}/keys/other/1", vault.stand_in.address)), "of another key"),
        (other(&format!("{}/keys/sluice", vault.stand_in.address)), "of another key"),
        (Answer::Endless, "longer than"),
    ] {
        vault.stand_in.next("/wrapkey", answer);
        let error = problem(&azure).await;
        assert!(error.starts_with("Azure Key Vault: ") && error.contains(told), "{error}");
    }
    wrapped(&azure).await;
}

#[tokio::test]
async fn whatever_gives_out_tokens_answers_is_told_in_a_sentence_of_ours() {
    let vault = Vault::start().await;
    let azure = vault.asked_by_app();
    for (answer, told) in [
        (Answer::Status(400), "set AZURE_CLIENT_ID"),
        (Answer::Busy, "try again in 17 seconds"),
        (Answer::Status(503), "it does not work at present (status 503)"),
        (Answer::Text("<html>canary</html>".to_owned()), "cannot be understood"),
        (Answer::Endless, "longer than"),
    ] {
        vault.stand_in.next("/msi/token", answer);
        let error = problem(&azure).await;
        assert!(error.starts_with("the managed identity of this app: ") && error.contains(told), "{error}");
    }
    vault.stand_in.next("/msi/token", Answer::Text("{\"access_token\": \"canary\\n\"}".to_owned()));
    assert!(problem(&azure).await.contains("signs that no token has"));
    let secret = [
        ("AZURE_TENANT_ID", "tenant-2"),
        ("AZURE_CLIENT_ID", "client-1"),
        ("AZURE_CLIENT_SECRET", "canary"),
        ("AZURE_AUTHORITY_HOST", "AT"),
    ];
    assert!(problem(&vault.asked_by(&secret)).await.contains("look at AZURE_TENANT_ID"));
    let file = [secret[0], secret[1], secret[3], ("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/token")];
    assert!(problem(&vault.asked_by(&file)).await.contains("token file `/nowhere/token` cannot be read"));
}

#[tokio::test]
async fn a_vault_that_never_answers_is_given_up() {
    let vault = Vault::start().await;
    let azure = vault.asked_within(Duration::from_millis(200), &[MSI, ("IDENTITY_ENDPOINT", "AT/msi/token")]);
    vault.stand_in.next("/msi/token", Answer::Never);
    assert!(problem(&azure).await.contains("did not answer in time"));
}

#[tokio::test]
async fn a_token_never_goes_where_an_answer_or_a_wrapped_key_points() {
    let vault = Vault::start().await;
    let elsewhere = StandIn::start(|_| (200, "{}".to_owned())).await;
    let azure = vault.asked_by_app();
    let (_, kept) = wrapped(&azure).await;
    vault.stand_in.next("/wrapkey", Answer::Redirect(format!("{}/keys/sluice/wrapkey", elsewhere.address)));
    assert!(problem(&azure).await.contains("it points elsewhere (status 307)"));
    vault.clock.advance(4000);
    vault.stand_in.next("/msi/token", Answer::Redirect(format!("{}/msi/token", elsewhere.address)));
    assert!(problem(&azure).await.contains("it points elsewhere (status 307)"));
    let at = vault.stand_in.address.strip_prefix("http://").unwrap();
    for key in [
        format!("{}/keys/sluice/v1", elsewhere.address),
        format!("{}@{at}/keys/sluice/v1", elsewhere.address),
        format!("http://{at}/keys/sluice/v1/more"),
        format!("http://{at}/secrets/sluice/v1"),
        format!("http://{at}/keys/sluice/v1?x=y"),
        format!("https://{at}/keys/sluice/v1"),
    ] {
        let mut pointing = kept.clone();
        pointing.key = key;
        assert!(
            refusal(&azure, &pointing, BOUND).await.contains("a key of another vault in Azure"),
            "{}",
            pointing.key
        );
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn what_is_missing_or_would_travel_unencrypted_is_told() {
    let key = ("SLUICE_AZURE_KEY", "https://acme.vault.azure.net/keys/sluice");
    let problem = |variables: &[(&str, &str)]| {
        settings(&[&[("SLUICE_CONFIG_DIR", "/nowhere"), key], variables].concat()).keys().err().unwrap().to_string()
    };
    let secret = ("AZURE_CLIENT_SECRET", "canary");
    let (client, tenant) = (("AZURE_CLIENT_ID", "client-1"), ("AZURE_TENANT_ID", "tenant-1"));
    for (variables, told) in [
        (vec![secret], "AZURE_CLIENT_ID"),
        (vec![secret, client], "AZURE_TENANT_ID"),
        (vec![secret, client, ("AZURE_TENANT_ID", "a/b")], "AZURE_TENANT_ID"),
        (vec![secret, client, tenant, ("AZURE_AUTHORITY_HOST", "http://login.example.com")], "AZURE_AUTHORITY_HOST"),
        (vec![("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://10.0.0.1")], "AZURE_POD_IDENTITY_AUTHORITY_HOST"),
        (vec![MSI, ("IDENTITY_ENDPOINT", "http://10.0.0.1/msi/token")], "IDENTITY_ENDPOINT"),
        (vec![("SLUICE_AZURE_KEY", "http://acme.vault.azure.net/keys/sluice")], "azure_key"),
    ] {
        let error = problem(&variables);
        assert!(error.contains(told) && !error.contains("canary"), "{error}");
    }
    for near in [
        vec![],
        vec![MSI, ("IDENTITY_ENDPOINT", "http://169.254.129.5:8081/msi/token")],
        vec![secret, client, tenant, ("AZURE_AUTHORITY_HOST", "login.microsoftonline.us")],
    ] {
        let all = [&[("SLUICE_CONFIG_DIR", "/nowhere"), key], near.as_slice()].concat();
        assert!(settings(&all).keys().unwrap().azure.is_some());
    }
}
