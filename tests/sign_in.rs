//! An administrator connects a site, comes back to it, and leaves it.

mod browser;
mod command;
mod leaving;

use std::fs;
use std::sync::Arc;

use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use sluice::clock::{Clock, SystemClock};
use sluice::config::{Environment, Flags, Settings};
use sluice::connect::secrets::Secrets;
use sluice::connect::{Cabinet, establish};
use sluice::sandbox::signin::{CLIENT_SECRET, Steering};

use browser::Browser;
use command::{Ended, Office};

const ACCOUNT: &str = "712020:0a5c7f11-6d1e-4c39-9a52-1f0b7d2e4a01";

fn visitor() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Tokens that hold ten seconds are renewed for every request.
const SHORT: i64 = -3590;

/// Consents without a browser: the address that it would be sent to.
async fn consented(office: &Office, address: &str) -> String {
    let auto_consent = Some(ACCOUNT.into());
    office.sandbox.steer(Steering { auto_consent, expires_in_skew: SHORT, ..Steering::default() });
    let answer = visitor().get(address).send().await.unwrap();
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// A connection that is made without a browser, to the first site.
async fn connect(office: &Office) -> Ended {
    let (mut running, address) = office.connect(&[]);
    let back = consented(office, &address).await;
    assert_eq!(visitor().get(back).send().await.unwrap().status(), StatusCode::OK);
    running.types("1\n");
    running.end()
}

/// What the kept connection proves itself with, opened as Sluice opens it.
async fn secrets(office: &Office, name: &str) -> Vec<String> {
    let (conf, data) = (office.folder.join("conf"), office.data());
    let variables = [("SLUICE_CONFIG_DIR", conf.as_os_str()), ("SLUICE_DATA_DIR", data.as_os_str())];
    let environment: Environment = variables.into_iter().collect();
    let settings = Settings::load(&Flags::default(), &environment).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let keys = sluice::keys::provider(&settings, &clock).unwrap();
    let cabinet = Cabinet::of(&settings.data_folder().unwrap());
    let Some(Secrets::OAuth { client, tokens, former }) =
        establish::secrets(&cabinet, &name.parse().unwrap(), &keys).await.unwrap()
    else {
        panic!("no grant")
    };
    let secret = |kept: &sluice::connect::secrets::Kept| kept.secret().expose_secret().to_owned();
    let former = former.map(|former| secret(&former.refresh));
    [Some(secret(&client.secret)), Some(secret(&tokens.access)), tokens.refresh.as_ref().map(secret), former]
        .into_iter()
        .flatten()
        .collect()
}

fn record(office: &Office, name: &str) -> Value {
    let file = office.data().join("connections").join(format!("{name}.connection"));
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_accepts_in_a_browser_picks_the_second_site_and_stays_connected_until_leaving() {
    if !browser::is_there() {
        return;
    }
    let office = Office::open().await;
    office.sandbox.steer(Steering { expires_in_skew: SHORT, ..Steering::default() });
    let (mut running, address) = office.connect(&[]);
    let browser = Browser::open(&office.folder.join("browser")).await;
    browser.go(&address).await;
    browser.click("#accept").await;
    assert_eq!(browser.title().await, "Sluice: Back to the terminal");
    drop(browser);
    running.types("2\n");
    let ended = running.end();
    let second = office.sandbox.second_url();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.printed, ended.log);
    assert!(ended.printed.contains(&format!("connected to {second} as Avery Admin (OAuth)")), "{}", ended.printed);

    // Each process renews for every request it makes, and the next one goes on from there.
    let before = record(&office, "site")["connection"]["generation"].as_u64().unwrap();
    let mut seen = secrets(&office, "site").await;
    for _ in 0..2 {
        let doctor = office.run(&["doctor"], "");
        assert_eq!(doctor.code, Some(0), "{}", doctor.printed);
        seen.extend(secrets(&office, "site").await);
    }
    let rotations = record(&office, "site")["connection"]["generation"].as_u64().unwrap() - before;
    assert!(rotations >= 3, "{rotations} rotations");
    assert_eq!(office.sandbox.requests()["POST /oauth/token#refresh_token"], rotations);
    office.sandbox.steer(Steering::default());
    assert_eq!(office.run(&["doctor"], "").code, Some(0));
    seen.extend(secrets(&office, "site").await);

    // What proves it stands in no log and no file.
    let logs = office.logs();
    for secret in &seen {
        assert!(!logs.contains(secret.as_str()), "a secret is logged");
        assert_eq!(office.holds(secret.as_bytes()), None, "a secret is on disk");
    }
    assert!(seen.contains(&CLIENT_SECRET.to_owned()) && logs.contains("\"DEBUG\""));

    let sealed = record(&office, "site");
    let id = sealed["connection"]["id"].as_str().unwrap();
    let index = office.data().join("index").join(id);
    fs::create_dir_all(&index).unwrap();
    fs::write(index.join("segment"), "pages of the second site").unwrap();
    let left = office.run(&["disconnect", "--yes"], "");
    assert_eq!(left.code, Some(0), "{}\n{}", left.printed, left.log);
    assert!(left.printed.contains("id.atlassian.com/manage-profile/apps"), "{}", left.printed);
    for part in [&sealed["secrets"], &sealed["key"]["wrapped"]] {
        let part = part.as_str().unwrap();
        assert_eq!(office.holds(&part.as_bytes()[..32]), None, "what was sealed is still there");
    }
    assert!(index.join("segment").exists());

    // The other site: what is left of the second one goes, after asking.
    let (mut running, address) = office.connect(&[]);
    let back = consented(&office, &address).await;
    visitor().get(back).send().await.unwrap();
    running.types("1\ny\n");
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.printed, ended.log);
    assert!(ended.printed.contains(&format!("index of {second} is left")), "{}", ended.printed);
    assert!(!index.exists());
    office.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_with_another_state_from_elsewhere_or_twice_connects_nothing() {
    let office = Office::open().await;
    let (mut running, address) = office.connect(&[]);
    let back = consented(&office, &address).await;
    let visitor = visitor();
    let path = back.split_once('?').unwrap().0;
    for query in ["", "?code=x", "?code=x&state=wrong", "?error=access_denied&state=wrong", "?state="] {
        let answer = visitor.get(format!("{path}{query}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert!(!answer.text().await.unwrap().contains("wrong"));
    }
    let foreign = visitor.get(&back).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(visitor.get(&back).send().await.unwrap().status(), StatusCode::OK);
    // The state is used, and the address with it.
    if let Ok(again) = visitor.get(&back).send().await {
        assert_eq!(again.status(), StatusCode::GONE);
    }
    running.types("1\n");
    assert_eq!(running.end().code, Some(0));

    // The code is used as well.
    let (mut running, address) = office.connect(&["--name", "again", "--no-browser"]);
    let state = url::Url::parse(&address).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.to_string();
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    running.types(&format!("{path}?code={code}&state={state}\n"));
    let ended = running.end();
    assert_eq!(ended.code, Some(1), "{}", ended.printed);
    assert!(ended.log.contains("authorization_code is invalid"), "{}", ended.log);
    office.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_was_declined_or_brings_no_site_says_so() {
    let office = Office::open().await;
    let (running, address) = office.connect(&[]);
    let state = address.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let back = format!("{}?error=access_denied&error_description=%3Cb%3Eno%3C%2Fb%3E&state={state}", office.callback);
    let page = visitor().get(back).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Not connected") && !page.contains("<b>"), "{page}");
    let ended = running.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.log.contains("was not completed: `access_denied`"), "{}", ended.log);

    let (mut running, address) = office.connect(&["--no-browser"]);
    let back = consented(&office, &address).await;
    office.sandbox.steer(Steering { resources: Some(serde_json::json!([])), ..Steering::default() });
    running.types(&format!("{back}\n"));
    let ended = running.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.log.contains("no Confluence site was granted"), "{}", ended.log);
    office.sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_consent_is_told_by_every_command_and_mended_by_reconnecting() {
    let office = Office::open().await;
    assert_eq!(connect(&office).await.code, Some(0));
    let id = record(&office, "site")["connection"]["id"].clone();
    office.sandbox.revoke(&sluice::sandbox::signin::Revocation { client_id: None, account: None });
    let doctor = office.run(&["doctor"], "");
    assert_eq!(doctor.code, Some(1), "{}", doctor.printed);
    assert!(doctor.printed.contains("sluice connect --reconnect site"), "{}", doctor.printed);
    let status = office.run(&["status"], "");
    assert_eq!(status.code, Some(1));
    assert!(
        status.printed.contains("reconnect needed") && status.printed.contains("invalid_grant"),
        "{}",
        status.printed
    );

    let (mut running, address) = office.connect(&["--reconnect", "site"]);
    let back = consented(&office, &address).await;
    visitor().get(back).send().await.unwrap();
    running.types("");
    let ended = running.end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.printed, ended.log);
    // Nobody had to pick the site again, and what belongs to the connection still does.
    assert_eq!(record(&office, "site")["connection"]["id"], id);
    assert_eq!(office.run(&["doctor"], "").code, Some(0));
    let status = office.run(&["status"], "");
    assert_eq!(status.code, Some(0), "{}", status.printed);
    assert!(status.printed.contains("connected") && status.printed.contains("read:page:confluence"));
    office.sandbox.stop().await;
}

/// A method, what is in the environment, the exit code, and what is told.
type Try = (&'static str, &'static [(&'static str, &'static str)], i32, &'static str);

const TRIES: [Try; 5] = [
    ("api-token", &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "sandbox-token")], 0, "(API token)"),
    (
        "api-token",
        &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "sandbox-scoped-token")],
        0,
        "(scoped API token)",
    ),
    (
        "service-account",
        &[("SLUICE_CLIENT_ID", "sandbox-service"), ("SLUICE_CLIENT_SECRET", "sandbox-service-secret")],
        0,
        "(service account)",
    ),
    (
        "api-token",
        &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "canary-4711")],
        1,
        "takes this API token",
    ),
    (
        "api-token",
        &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "NjA1MTAwNzQyMTIxOgcHBwcHBwcHBwcHBwcHBwcHBwcH")],
        1,
        "Cloud only",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_service_accounts_connect_without_a_question() {
    let office = Office::open().await;
    let site = office.sandbox.url();
    for (method, variables, code, told) in TRIES {
        let running = office.start(&["connect", "--method", method, "--yes", "--site", &site], variables);
        let ended = running.end();
        assert_eq!(ended.code, Some(code), "{}\n{}", ended.printed, ended.log);
        assert!(ended.printed.contains(told) || ended.log.contains(told), "{}\n{}", ended.printed, ended.log);
        assert!(!ended.printed.contains("canary") && !ended.log.contains("canary-4711"));
    }
    let listed = office.run(&["sites", "list"], "");
    assert!(
        ["| site |", "| site-2 |", "| site-3 |"].iter().all(|name| listed.printed.contains(name)),
        "{}",
        listed.printed
    );
    // What was connected first stays the default, until it goes; then nobody is sent elsewhere unasked.
    let defaults: Vec<_> = listed.printed.lines().filter(|line| line.ends_with("| default |")).collect();
    assert!(matches!(defaults.as_slice(), [only] if only.starts_with("| site |")), "{}", listed.printed);
    for name in ["site", "site-2", "site-3"] {
        let doctor = office.run(&["doctor", "--connection", name], "");
        assert_eq!(doctor.code, Some(0), "{}", doctor.printed);
    }
    assert_eq!(office.run(&["sites", "rewrap"], "").code, Some(0));
    assert_eq!(office.run(&["doctor", "--connection", "site-2"], "").code, Some(0));
    assert_eq!(office.run(&["sites", "remove", "site-2", "--yes"], "").code, Some(0));
    assert_eq!(office.run(&["doctor", "--connection", "site-2"], "").code, Some(1));
    assert_eq!(office.run(&["doctor"], "").code, Some(0));
    assert_eq!(office.run(&["disconnect", "site", "--yes"], "").code, Some(0));
    let doctor = office.run(&["doctor"], "");
    assert_eq!(doctor.code, Some(1));
    assert!(doctor.printed.contains("sluice sites use"), "{}", doctor.printed);
    office.sandbox.stop().await;
}
