//! Commands of an administrator: what is typed, what is printed, and what is left behind.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use sluice::sandbox::signin::{App, CLIENT_ID, CLIENT_SECRET};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use super::browser::free_port;
use crate::program::data_dir;

/// An administrator's machine, and the simulated sites.
pub(crate) struct Office {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: PathBuf,
    pub(crate) callback: String,
}

/// A command that is running.
pub(crate) struct Running {
    process: Child,
    output: BufReader<ChildStdout>,
    log: PathBuf,
    /// Everything printed so far.
    pub(crate) printed: String,
}

/// A command that has ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    pub(crate) log: String,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
        let callback = format!("http://127.0.0.1:{}/callback", free_port());
        sandbox.register_app(App {
            client_id: CLIENT_ID.into(),
            client_secret: CLIENT_SECRET.into(),
            callback: callback.clone(),
            name: "Sluice".into(),
        });
        let folder = data_dir();
        fs::create_dir_all(folder.join("conf")).unwrap();
        Self { sandbox, folder, callback }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let log = self.folder.join("logs");
        fs::create_dir_all(&log).unwrap();
        let log = log.join(format!("{}.log", fs::read_dir(&log).unwrap().count()));
        let url = self.sandbox.url();
        let mut process = Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(arguments)
            .env_clear()
            .env("SLUICE_SYNC", "off")
            // No desktop opens a browser.
            .env("PATH", "/nowhere")
            .env("SLUICE_CONFIG_DIR", self.folder.join("conf"))
            .env("SLUICE_DATA_DIR", self.data())
            .envs([
                ("SLUICE_AUTH_HOST", url.as_str()),
                ("SLUICE_GATEWAY", &url),
                ("SLUICE_CALLBACK", &self.callback),
                ("SLUICE_LOG", "json,trace"),
            ])
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Running { process, output, log, printed: String::new() }
    }

    /// Runs a command to its end, with these lines typed.
    pub(crate) fn run(&self, arguments: &[&str], typed: &str) -> Ended {
        let mut running = self.start(arguments, &[]);
        running.types(typed);
        running.end()
    }

    /// Starts a sign-in and gives the address that the browser is sent to.
    pub(crate) fn connect(&self, arguments: &[&str]) -> (Running, String) {
        let arguments = [&["connect"], arguments].concat();
        let client = [("SLUICE_CLIENT_ID", CLIENT_ID), ("SLUICE_CLIENT_SECRET", CLIENT_SECRET)];
        let mut running = self.start(&arguments, &client);
        let address = running.until(|line| line.starts_with("http"));
        (running, address)
    }

    /// The bytes of every file below the configuration and data folders.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.data(), self.folder.join("conf")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    files.push((entry.path(), fs::read(entry.path()).unwrap()));
                }
            }
        }
        files
    }

    /// Whether some file holds these bytes.
    pub(crate) fn holds(&self, bytes: &[u8]) -> Option<PathBuf> {
        let holds = |text: &[u8]| text.windows(bytes.len()).any(|window| window == bytes);
        self.files().into_iter().find(|(_, text)| holds(text)).map(|(path, _)| path)
    }

    /// Everything that was logged.
    pub(crate) fn logs(&self) -> String {
        let entries = fs::read_dir(self.folder.join("logs")).unwrap().flatten();
        entries.map(|entry| fs::read_to_string(entry.path()).unwrap()).collect()
    }
}

impl Running {
    /// The first line that is like this.
    pub(crate) fn until(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let mut line = String::new();
            let length = self.output.read_line(&mut line).unwrap();
            let log = || fs::read_to_string(&self.log).unwrap();
            assert!(length > 0, "it ended: {}\n{}", self.printed, log());
            self.printed.push_str(&line);
            if is_it(line.trim()) {
                return line.trim().to_owned();
            }
        }
    }

    pub(crate) fn types(&mut self, text: &str) {
        let input = self.process.stdin.as_mut().unwrap();
        // It may have ended without asking.
        let _ = input.write_all(text.as_bytes()).and_then(|()| input.flush());
    }

    pub(crate) fn end(mut self) -> Ended {
        drop(self.process.stdin.take());
        self.output.read_to_string(&mut self.printed).unwrap();
        let code = self.process.wait().unwrap().code();
        Ended { code, printed: self.printed, log: read(&self.log) }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
