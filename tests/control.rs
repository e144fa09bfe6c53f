//! People decide in the terminal, with the program itself: an agent's write waits, another process decides.
#![cfg(unix)]

mod decisions;
mod forgetting;
mod hostile;
mod owner;
mod undone;
mod watched;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use crate::program::{LEGACY, Program, Start, data_dir};

/// Every write of a page waits for a person.
const ASKS: &str = r#"
name = "Asks"
[pages]
mode = "read-write"
allow_delete = true
require_approval = true
[approval]
hold = "5m"
"#;

/// The same, and calls are not held.
const ASKS_AND_LEAVES: &str = r#"
name = "Asks"
[pages]
mode = "read-write"
allow_delete = true
require_approval = true
[approval]
hold = "0s"
"#;

/// A site, a data directory, a configuration folder.
struct Place {
    site: Sandbox,
    data: PathBuf,
    config: PathBuf,
}

/// How a command ended.
struct Ran {
    output: String,
    errors: String,
    code: Option<i32>,
}

impl Place {
    async fn new(profile: &str) -> Self {
        let site = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
        let (data, config) = (data_dir(), data_dir());
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(config.join("asks.toml"), profile).unwrap();
        Self { site, data, config }
    }

    fn profile(&self) -> String {
        self.config.join("asks.toml").to_str().unwrap().to_owned()
    }

    /// An agent's server.
    fn serve(&self) -> Program {
        let profile = self.profile();
        Start { config_dir: Some(&self.config), ..Start::new(&self.site, &profile, LEGACY[2], &self.data) }.start()
    }

    /// Runs a command as a person would, with these variables besides.
    fn run_with(&self, variables: &[(&str, &str)], words: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(variables, words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { output: text(stdout), errors: text(stderr), code: status.code() }
    }

    fn command(&self, variables: &[(&str, &str)], words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        let site = self.site.url();
        command
            .args(words)
            .env_clear()
            .env("SLUICE_SYNC", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.env("SLUICE_DATA_DIR", &self.data).env("SLUICE_CONFIG_DIR", &self.config);
        command.envs([("SLUICE_SITE", site.as_str()), ("SLUICE_EMAIL", "admin@example.com")]);
        command.env("SLUICE_API_TOKEN", "sandbox-token").envs(variables.iter().copied());
        command
    }

    fn run(&self, words: &[&str]) -> Ran {
        self.run_with(&[], words)
    }

    /// Runs a command with an approver's secret.
    fn run_as(&self, secret: &str, words: &[&str]) -> Ran {
        self.run_with(&[("SLUICE_APPROVER_SECRET", secret)], words)
    }

    /// Names an approver; the secret.
    fn approver(&self, words: &[&str]) -> String {
        let ran = self.run(&[&["approvers", "add"], words].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.errors);
        ran.output.lines().last().unwrap().to_owned()
    }

    /// The only write that waits, once there is one.
    fn waiting(&self) -> Value {
        loop {
            let ran = self.run(&["approvals", "list", "--json"]);
            let list: Vec<Value> = serde_json::from_str(&ran.output).unwrap_or_default();
            if let Some(listed) = list.into_iter().find(|listed| listed["state"] == "pending") {
                return listed;
            }
        }
    }

    fn show(&self, id: &str) -> Value {
        let ran = self.run(&["approvals", "show", id, "--json"]);
        serde_json::from_str(&ran.output).unwrap_or_else(|error| panic!("{error}: {} {}", ran.output, ran.errors))
    }

    /// Rows of the trail about who did what.
    fn audited(&self, event: &str) -> Vec<Value> {
        let ran = self.run(&["audit", "show", "--json", "--event", event]);
        ran.output.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"].take()).collect()
    }

    /// The page that tests write to: id, version, body and title.
    fn page(&self) -> Page {
        self.page_titled("Escalation matrix")
    }

    fn page_titled(&self, title: &str) -> Page {
        self.site.with_site(|site| {
            let now = |content: &sluice::sandbox::model::Content| content.versions.last().unwrap().clone();
            let content = site.contents.values().find(|content| now(content).title == title).unwrap();
            let version = now(content);
            Page { id: content.id.to_string(), version: version.number, body: version.body }
        })
    }

    /// How often the site was asked to change something.
    fn writes(&self) -> usize {
        let changes = |sent: &sluice::sandbox::Logged| sent.method != "GET" && !sent.path.ends_with("/users-bulk");
        self.site.log().into_iter().filter(changes).count()
    }
}

/// A page as the site has it.
#[derive(Clone, Debug, PartialEq)]
struct Page {
    id: String,
    version: u32,
    body: String,
}

impl Page {
    /// Arguments that add a paragraph, and take nothing away.
    fn update(&self, words: &str) -> Value {
        let body = format!("{}<p>{words}</p>", self.body);
        json!({ "page_id": self.id, "version": self.version, "body": body, "body_format": "storage" })
    }
}

fn id_of(listed: &Value) -> String {
    listed["id"].as_str().unwrap().to_owned()
}

/// The id in the answer of a call whose write waits.
fn id_in(answer: &str) -> String {
    let start = answer.find("ap-").unwrap_or_else(|| panic!("{answer}"));
    answer[start..start + 29].to_owned()
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
