//! One owner for a data directory: a server for many agents takes it over, and keeps it from its like.

use std::process::Command;

use serde_json::json;

use super::house::House;
use crate::program::{LEGACY, MODERN, Start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_for_agents_is_refused_and_names_the_first() {
    let house = House::new(&[("one", "read-only")]).await;
    let second = Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(["serve", "--http", "127.0.0.1:0", "--data-dir"])
        .arg(&house.folder)
        .env_clear()
        .env("SLUICE_SYNC", "off")
        .env("SLUICE_CONFIG_DIR", house.folder.join("configuration"))
        .envs([("SLUICE_SITE", house.site.url().as_str()), ("SLUICE_EMAIL", "admin@example.com")])
        .env("SLUICE_API_TOKEN", "sandbox-token")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by `serve --http`"), "{said}");
    assert!(!house.agent("one").tools().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_over_standard_input_hands_the_directory_over_and_is_served_on() {
    let site =
        sluice::sandbox::Sandbox::start(sluice::sandbox::SandboxOptions::new(sluice::sandbox::seed::service_desk()))
            .await
            .unwrap();
    let folder = crate::program::data_dir();
    std::fs::create_dir_all(folder.join("configuration")).unwrap();
    std::fs::write(folder.join("configuration/agents.toml"), "").unwrap();
    for era in [MODERN, LEGACY[2]] {
        let mut program = Start::new(&site, "read-only", era, &folder).start();
        let (text, failed) = program.call("list_spaces", &json!({}));
        assert!(!failed, "{text}");
        let mut server = Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(["serve", "--http", "127.0.0.1:0", "--data-dir"])
            .arg(&folder)
            .env_clear()
            .env("SLUICE_SYNC", "off")
            .env("SLUICE_CONFIG_DIR", folder.join("configuration"))
            .envs([("SLUICE_SITE", site.url().as_str()), ("SLUICE_EMAIL", "admin@example.com")])
            .env("SLUICE_API_TOKEN", "sandbox-token")
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let holder = || std::fs::read_to_string(folder.join("lock")).unwrap_or_default();
        super::house::until(|| async { holder().contains("serve --http") }).await;
        // The client notices nothing, whoever serves it.
        let (text, failed) = program.call("list_spaces", &json!({}));
        assert!(!failed && text.contains("IT"), "{text}");
        server.kill().unwrap();
        server.wait().unwrap();
        let (text, failed) = program.call("list_spaces", &json!({}));
        assert!(!failed, "{text}");
        assert!(holder().contains("serve --stdio"));
        program.leave();
    }
}
