//! The same load on another MCP server for Confluence, mcp-atlassian, beside Sluice.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::calls::cells;
use crate::client::{Client, Door, Style};
use crate::crowd::Folder;
use crate::figures::{row, table};
use crate::load::{measure, ready};
use crate::process::{Memory, Process, free_address, listens};
use crate::server::Limits;
use crate::{Bench, Server};

/// Clients at once, each in its own session.
const CROWDS: [usize; 2] = [1, 64];

pub(crate) async fn run(bench: &Bench) {
    table(
        "Beside mcp-atlassian, 2025-11-25",
        "The same page over streamable HTTP, each client in a session of its own; Sluice with its rates raised, the \
         other has none. Started: from spawning the process until a session is open. Sluice wants each client's key; \
         mcp-atlassian is set to let in anyone.",
        &[
            "server",
            "clients",
            "calls/s",
            "p50 ms",
            "p99 ms",
            "failed",
            "CPU server %",
            "CPU site %",
            "CPU clients %",
            "started ms",
            "resident MiB started",
            "resident MiB after",
        ],
    );
    let name = format!("Sluice {}", env!("CARGO_PKG_VERSION"));
    for clients in CROWDS {
        let began = Instant::now();
        let server = Server::start(bench, Limits::Raised).await;
        let keys: Vec<_> = bench.crowd.keys.iter().map(|key| Some(key.as_str())).collect();
        compare(bench, &name, &server.process, &server.legacy(), &keys, clients, began).await;
    }
    #[expect(clippy::disallowed_methods, reason = "the one setting of the benchmark")]
    let program = std::env::var("RIVAL");
    let Ok(program) = program else {
        println!("\nSKIPPED: mcp-atlassian; give its path as `RIVAL`, after `pip install mcp-atlassian==0.23.1`");
        return;
    };
    let name = version(&program);
    for clients in CROWDS {
        let (began, folder) = (Instant::now(), Folder::new());
        let (process, door) = start(bench, &program, &folder).await;
        compare(bench, &name, &process, &door, &[None], clients, began).await;
    }
}

async fn compare(
    bench: &Bench,
    name: &str,
    process: &Process,
    door: &Door,
    keys: &[Option<&str>],
    count: usize,
    began: Instant,
) {
    drop(Client::open(door, keys[0]).await);
    let (started, fresh) = (began.elapsed(), process.memory());
    let clients = ready(door, keys, count).await;
    let load = measure(bench, process, clients).await;
    let resident = |memory: Memory| format!("{:.1}", memory.resident);
    let mut all = vec![name.to_owned(), count.to_string()];
    all.extend(cells(&load));
    all.extend([format!("{:.0}", started.as_secs_f64() * 1e3), resident(fresh), resident(process.memory())]);
    row(&all);
}

fn version(program: &str) -> String {
    let said = Command::new(program).arg("--version").output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    said.rsplit(' ').next().map(|version| format!("mcp-atlassian {version}")).unwrap()
}

/// It takes a site for Cloud by its host name, so it is told one and given the simulated site as its HTTP proxy.
async fn start(bench: &Bench, program: &str, folder: &Folder) -> (Process, Door) {
    let address = free_address();
    let mut command = Command::new(program);
    command
        .args(["--transport", "streamable-http", "--host", "127.0.0.1", "--port", &address.port().to_string()])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", &folder.0)
        .env("CONFLUENCE_URL", "http://acme.atlassian.net/wiki")
        .env("HTTP_PROXY", &bench.site.url)
        .env("CONFLUENCE_USERNAME", "admin@example.com")
        .env("CONFLUENCE_API_TOKEN", "sandbox-token")
        .env("ALLOW_GLOBAL_CRED_FALLBACK", "true")
        .env("TOOLSETS", "all")
        .env("FASTMCP_CHECK_FOR_UPDATES", "off")
        .env("FASTMCP_SHOW_SERVER_BANNER", "false")
        .current_dir(&folder.0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let process = Process::start(&mut command);
    listens(address).await;
    let page = bench.site.page.clone();
    (process, Door { address, tool: "confluence_get_page", page, style: Style::Legacy })
}
