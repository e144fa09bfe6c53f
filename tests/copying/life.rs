//! One connection's life, as a client of others sees it: connected, copied, searched, cut off, back, forgotten.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::service::{RoleClient, RunningService};
use serde_json::{Value, json};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};
use tokio::process::{Child, Command};

use super::house::{House, now, said};
use crate::sync::edits::{pages, rewrite};

/// How long something may take that nobody tells of.
const PATIENCE: Duration = Duration::from_mins(2);

/// A client of the program, which runs as long as the client does.
struct Client {
    process: Child,
    speaking: RunningService<RoleClient, ()>,
}

impl Client {
    async fn start(house: &House) -> Self {
        let log = std::fs::File::create(house.folder.join("log")).unwrap();
        let mut process = Command::from(kept(house, &["serve", "--stdio", "--profile", "read-only"]))
            .stdin(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let ends = (process.stdout.take().unwrap(), process.stdin.take().unwrap());
        let speaking = ().serve(ends).await.unwrap();
        Self { process, speaking }
    }

    /// What a tool says.
    async fn call(&self, tool: &'static str, arguments: Value) -> String {
        let arguments = arguments.as_object().cloned().unwrap();
        let result = self.speaking.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await.unwrap();
        let result = serde_json::to_value(&result).unwrap();
        result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{result}")).to_owned()
    }

    async fn search(&self, words: &str) -> String {
        self.call("search_docs", json!({ "query": words })).await
    }

    /// Asks until the answer is like this.
    async fn until(&self, tool: &'static str, arguments: Value, is_it: impl Fn(&str) -> bool) -> String {
        let mut last = String::new();
        let asking = async {
            loop {
                last = self.call(tool, arguments.clone()).await;
                if is_it(&last) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, asking).await;
        assert!(ended.is_ok(), "{tool} says: {last}");
        last
    }

    async fn leave(mut self) {
        self.speaking.cancel().await.unwrap();
        assert!(self.process.wait().await.unwrap().success());
    }
}

/// The program by its kept connection.
fn kept(house: &House, arguments: &[&str]) -> std::process::Command {
    let mut command = house.program(env!("CARGO_BIN_EXE_sluice"), arguments, &house.data());
    for variable in ["SLUICE_SITE", "SLUICE_EMAIL", "SLUICE_API_TOKEN"] {
        command.env_remove(variable);
    }
    command
}

fn connect(house: &House) {
    let arguments = ["connect", "--method", "api-token", "--yes", "--no-sync"];
    let output = house.program(env!("CARGO_BIN_EXE_sluice"), &arguments, &house.data()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

/// Stops the site; what it held, and where it was.
async fn stop(house: &mut House) -> SandboxOptions {
    let mut options = SandboxOptions::new(house.site.with_site(|site| site.clone()));
    options.listen = house.site.url().strip_prefix("http://").unwrap().parse().unwrap();
    let elsewhere = Sandbox::start(SandboxOptions::new(sluice::sandbox::model::Site::default())).await.unwrap();
    std::mem::replace(&mut house.site, elsewhere).stop().await;
    options
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).into_iter().flatten().flatten().all(|entry| entry.path().extension().is_none())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_copied_searched_cut_off_found_again_and_forgotten() {
    let mut house = House::of(seed::generate(80, 91)).await;
    let ids = house.site.with_site(|site| {
        let ids = pages(site);
        rewrite(site, ids[0], "<p>walrus</p>", now());
        ids
    });
    connect(&house);
    let client = Client::start(&house).await;

    // Nobody asked for the first sync.
    client.until("get_sync_status", json!({}), |said| said.starts_with("copies as of")).await;
    let found = client.search("walrus").await;
    assert!(found.contains(&format!("page {} ", ids[0])) && !found.contains("down"), "{found}");

    // The site goes, and a sync notices.
    let options = stop(&mut house).await;
    let output = kept(&house, &["sync"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let found = client.search("walrus").await;
    assert!(found.contains(&format!("page {} ", ids[0])), "{found}");
    assert!(found.contains("the connection to the site has been down since 20"), "{found}");
    let standing = client.call("get_sync_status", json!({})).await;
    assert!(standing.contains("the connection to the site has been down since 20"), "{standing}");
    let since = |text: &str| text.split_once("down since ").unwrap().1.get(..16).unwrap().to_owned();
    let first = since(&found);
    assert_eq!(kept(&house, &["sync"]).output().unwrap().status.code(), Some(1));
    assert_eq!(since(&client.search("walrus").await), first);

    // It comes back, and somebody edits a page.
    house.site = Sandbox::start(options).await.unwrap();
    house.site.with_site(|site| rewrite(site, ids[1], "<p>platypus</p>", now()));
    client.call("sync_now", json!({})).await;
    let found = client.until("search_docs", json!({ "query": "platypus" }), |said| said.contains(" found,")).await;
    assert!(found.contains(&format!("page {} ", ids[1])), "{found}");
    let done = |said: &str| !said.contains("under way") && !said.contains("down");
    client.until("get_sync_status", json!({}), done).await;

    // Somebody disconnects it while it is served.
    let output = kept(&house, &["disconnect", "--yes", "--purge-index"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(is_empty(&house.data().join("connections")));
    house.site.reset_counts();
    let output = kept(&house, &["sync"]).output().unwrap();
    assert_ne!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(house.site.total_requests(), 0, "{:?}", house.site.log());
    client.leave().await;
}
