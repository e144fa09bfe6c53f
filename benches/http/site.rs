//! The simulated site, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{ChildStdout, Command, Stdio};

use sluice::sandbox::seed;

use crate::process::Process;

/// The page that every call reads.
const TITLE: &str = "Connect to the VPN from home";

/// The site.
pub(crate) struct Site {
    pub(crate) process: Process,
    /// Where it is, such as `http://127.0.0.1:1`.
    pub(crate) url: String,
    /// The id of the page that every call reads.
    pub(crate) page: String,
    /// Open as long as the site is, which writes to it.
    _output: BufReader<ChildStdout>,
}

impl Site {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.args(["sandbox", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut process = Process::start(&mut command);
        let mut output = BufReader::new(process.child().stdout.take().unwrap());
        let url = loop {
            let mut line = String::new();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "the simulated site did not say where it is");
            if let Some(address) = line.trim().strip_prefix("site ") {
                break address.trim().trim_end_matches("/wiki").to_owned();
            }
        };
        // The same pages with the same ids, every time.
        let seeded = seed::service_desk();
        let named = |title: &str| title == TITLE;
        let page = seeded.contents.values().find(|content| named(&content.versions.last().unwrap().title));
        Self { process, url, page: page.unwrap().id.to_string(), _output: output }
    }
}
