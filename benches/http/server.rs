//! Sluice as a server over HTTP, in a process of its own.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::Bench;
use crate::client::{Door, Style};
use crate::crowd::Folder;
use crate::process::{Process, free_address, listens};

/// What no row comes near.
const PLENTY: &str = "1000000";

/// How much the server lets through.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limits {
    /// As much as it can.
    Raised,
    /// What it does where nothing is set.
    Usual,
}

/// The server.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) door: Door,
    _home: Folder,
}

impl Server {
    /// Started, and listening.
    pub(crate) async fn start(bench: &Bench, limits: Limits) -> Self {
        let (home, address) = (Folder::new(), free_address());
        let file = home.0.join("agents.toml");
        std::fs::write(&file, &bench.crowd.file).unwrap();
        // What was written a moment ago is read again, and keys that wait for their hash meanwhile are hashed twice.
        let written = File::options().write(true).open(file).unwrap();
        #[expect(clippy::disallowed_methods, reason = "files go by the machine's clock")]
        let now = SystemTime::now();
        written.set_modified(now - Duration::from_hours(1)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.args(["serve", "--http", &address.to_string(), "--site", &bench.site.url, "--log", "error"]);
        command
            .env("SLUICE_CONFIG_DIR", &home.0)
            .env("SLUICE_DATA_DIR", home.0.join("data"))
            .env("SLUICE_EMAIL", "admin@example.com")
            .env("SLUICE_API_TOKEN", "sandbox-token")
            // What is measured is calls.
            .env("SLUICE_SYNC", "off")
            .stdin(Stdio::null());
        if limits == Limits::Raised {
            let raised = ["REQUESTS_PER_SECOND", "AGENT_REQUESTS_PER_SECOND", "AGENT_REQUESTS_AT_ONCE"];
            command.envs(raised.map(|name| (format!("SLUICE_{name}"), PLENTY)));
        }
        let process = Process::start(&mut command);
        listens(address).await;
        let page = bench.site.page.clone();
        Self { process, door: Door { address, tool: "get_page", page, style: Style::Modern }, _home: home }
    }

    /// Its door for clients of the older era.
    pub(crate) fn legacy(&self) -> Door {
        Door { style: Style::Legacy, ..self.door.clone() }
    }
}
