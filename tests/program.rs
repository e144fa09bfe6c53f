//! The program as a client starts it: a process that is spoken to over its standard streams.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use serde_json::{Value, json};
use sluice::sandbox::Sandbox;

use crate::world::{initialize, modern};

const EMAIL: &str = "admin@example.com";
const TOKEN: &str = "sandbox-token";
pub(crate) const LEGACY: [&str; 3] = ["2024-11-05", "2025-06-18", "2025-11-25"];
pub(crate) const MODERN: &str = "2026-07-28";

/// How many data directories and logs were made, so that each is one program's own.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// A data directory that nobody has used, which only its owner may enter.
pub(crate) fn data_dir() -> PathBuf {
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("data-{number}"));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// How a program is started.
pub(crate) struct Start<'a> {
    pub(crate) site: &'a Sandbox,
    pub(crate) profile: &'a str,
    pub(crate) era: &'static str,
    pub(crate) data_dir: &'a Path,
    pub(crate) token: &'a str,
    /// Where it shall have its dashboard.
    pub(crate) dashboard: Option<&'a str>,
    /// Where agents and approvers are named.
    pub(crate) config_dir: Option<&'a Path>,
}

impl<'a> Start<'a> {
    /// The administrator's token.
    pub(crate) fn new(site: &'a Sandbox, profile: &'a str, era: &'static str, data_dir: &'a Path) -> Self {
        Self { site, profile, era, data_dir, token: TOKEN, config_dir: None, dashboard: None }
    }

    /// Starts the program with nothing in its environment but what it needs.
    pub(crate) fn without_greeting(self) -> Program {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("binary-{number}.log"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(["serve", "--stdio", "--profile", self.profile, "--log", "json,trace", "--data-dir"])
            .arg(self.data_dir)
            .args(self.dashboard.iter().flat_map(|address| ["--dashboard", address]))
            .env_clear()
            .env("SLUICE_SYNC", "off")
            .envs([
                ("SLUICE_SITE", self.site.url().as_str()),
                ("SLUICE_EMAIL", EMAIL),
                ("SLUICE_API_TOKEN", self.token),
            ])
            .envs(self.config_dir.map(|folder| ("SLUICE_CONFIG_DIR", folder)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        Program { process, input, output, log, era: self.era, token: self.token.to_owned(), last_id: 0 }
    }

    /// Starts the program and shakes hands where the era does.
    pub(crate) fn start(self) -> Program {
        let mut program = self.without_greeting();
        program.greet();
        program
    }
}

/// A running program and the client that started it.
pub(crate) struct Program {
    process: Child,
    pub(crate) input: ChildStdin,
    pub(crate) output: BufReader<ChildStdout>,
    log: PathBuf,
    era: &'static str,
    token: String,
    last_id: u64,
}

impl Program {
    fn greet(&mut self) {
        if self.era == MODERN {
            let result = self.ask("server/discover", json!({}));
            assert!(result["supportedVersions"].as_array().unwrap().contains(&json!(MODERN)), "{result}");
            assert_eq!(result["resultType"], "complete");
            return;
        }
        let result = self.ask("initialize", initialize(self.era));
        assert_eq!(result["protocolVersion"], self.era);
        assert_eq!(result["serverInfo"]["name"], "sluice");
        writeln!(self.input, "{}", json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).unwrap();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a request.
    pub(crate) fn send(&mut self, method: &str, params: Value) {
        let params = if self.era == MODERN { modern(params) } else { params };
        self.last_id += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params });
        writeln!(self.input, "{request}").unwrap();
    }

    /// Reads the next line, which must answer the last request.
    pub(crate) fn receive(&mut self) -> Value {
        let answer = self.receive_unasked();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(self.last_id)), "{answer}");
        answer
    }

    /// Reads the next line, whatever it answers.
    pub(crate) fn receive_unasked(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line} {}", self.log.display()))
    }

    /// Sends a request and reads the next line, which must be its answer.
    pub(crate) fn answer(&mut self, method: &str, params: Value) -> Value {
        self.send(method, params);
        self.receive()
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer["result"].is_object(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Calls a tool; its text and whether it is an error.
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> (String, bool) {
        self.begin(tool, arguments);
        self.end()
    }

    /// Asks for a call of a tool and does not wait for its answer.
    pub(crate) fn begin(&mut self, tool: &str, arguments: &Value) {
        self.send("tools/call", json!({ "name": tool, "arguments": arguments }));
    }

    /// What the call came to.
    pub(crate) fn end(&mut self) -> (String, bool) {
        let answer = self.receive();
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
        (text.to_owned(), result["isError"] == true)
    }

    /// Ends the program as nothing else does: it has no say in it.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.read_log();
    }

    /// Closes the input and waits for the end: nothing more is said, the exit code is 0, the log is clean.
    pub(crate) fn leave(self) -> Vec<Value> {
        let (status, log) = self.close();
        assert_eq!(status.code(), Some(0));
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// Closes the input and waits for the end, whatever it is; how it ended and what it logged.
    pub(crate) fn close(self) -> (ExitStatus, String) {
        let (status, log, more) = self.hang_up();
        assert_eq!(more, Vec::<String>::new());
        (status, log)
    }

    /// Waits for the end, which comes by itself; how it ended, what it logged, and what it said.
    pub(crate) fn wait(self) -> (ExitStatus, String, Vec<String>) {
        let Self { mut process, input, output, log, token, .. } = self;
        let said: Vec<String> = output.lines().map(Result::unwrap).collect();
        let status = process.wait().unwrap();
        drop(input);
        (status, clean(&log, &token), said)
    }

    /// Closes the input and waits for the end; how it ended, what it logged, and what it still said.
    pub(crate) fn hang_up(self) -> (ExitStatus, String, Vec<String>) {
        let Self { mut process, input, output, log, token, .. } = self;
        drop(input);
        let more: Vec<String> = output.lines().map(Result::unwrap).collect();
        (process.wait().unwrap(), clean(&log, &token), more)
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.read_log()
    }

    fn read_log(&self) -> String {
        clean(&self.log, &self.token)
    }
}

/// The log, in which no credential stands.
fn clean(log: &Path, token: &str) -> String {
    let text = std::fs::read_to_string(log).unwrap();
    let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{EMAIL}:{token}"));
    assert!(!text.contains(token) && !text.contains(&credentials), "{}", log.display());
    text
}
