//! The dashboard of a running program: its address in the log, its links in answers, and one owner alone has it.
#![cfg(unix)]

use serde_json::json;
use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use crate::program::{LEGACY, Start, data_dir};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_serves_the_dashboard_and_whoever_comes_later_is_told_who_it_is() {
    let site = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
    let folder = data_dir();
    std::fs::create_dir_all(&folder).unwrap();
    let profile = folder.join("waits.toml");
    let text = "name = \"Waits\"\n[pages]\nmode = \"read-write\"\nrequire_approval = true\n[approval]\nhold = \"0s\"\n";
    std::fs::write(&profile, text).unwrap();
    let profile = profile.to_str().unwrap();
    let start = || Start { dashboard: Some("localhost:0"), ..Start::new(&site, profile, LEGACY[2], &folder) };
    let mut owner = start().start();
    let later = start().start();
    let (told, failed) = owner.call("create_page", &json!({ "space": "IT", "title": "New here", "body": "Hello" }));
    let log = owner.log();
    let said =
        log.lines().find(|line| line.contains("people decide at the dashboard")).unwrap_or_else(|| panic!("{log}"));
    let said: serde_json::Value = serde_json::from_str(said).unwrap();
    let address = said["address"].as_str().unwrap();
    assert!(address.starts_with("http://127.0.0.1:") && !address.ends_with(":0"), "{address}");
    assert!(!failed && told.contains(&format!("{address}/approvals/ap-")), "{told}");
    let told = later.leave();
    let whose = told.iter().find(|line| line.to_string().contains("this process has no dashboard")).unwrap();
    assert!(whose["owner"].as_str().unwrap().contains(&format!("process {}", owner.id())), "{whose}");
    owner.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_others_reach_is_refused_at_start_with_a_sentence() {
    let site = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
    let folder = data_dir();
    let start = Start { dashboard: Some("0.0.0.0:7433"), ..Start::new(&site, "read-only", LEGACY[2], &folder) };
    let (status, log, said) = start.without_greeting().wait();
    assert_eq!((status.code(), said.len()), (Some(2), 0), "{log}");
    assert!(log.contains("dashboard from --dashboard") && log.contains("cannot be served to others yet"), "{log}");
}
