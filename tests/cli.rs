//! The command line and its settings, run inside the test process against a simulated site.

mod commands;
mod doctor;
mod documents;
mod people;
mod settings;
mod store;

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::Parser as _;
use sluice::cli::{CommandLine, Console, Verdict};
use sluice::config::Environment;
use tokio_util::sync::CancellationToken;

/// What a command came to.
struct Ran {
    /// Everything it wrote.
    output: String,
    /// How it ended: the verdict, or what kept it from running.
    end: Result<Verdict, String>,
    /// What the shell would see.
    exit_code: u8,
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs a command in this environment; a command that stays up is told to end at once.
async fn run_in(environment: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let environment: Environment = environment.iter().copied().collect();
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    let paper = Paper::default();
    let mut console = Console::plain(Box::new(paper.clone()));
    let command_line = match CommandLine::try_parse_from(std::iter::once(&"sluice").chain(arguments)) {
        Ok(command_line) => command_line,
        Err(error) => return Ran { output: error.to_string(), end: Err("not understood".into()), exit_code: 2 },
    };
    let ended = match command_line.settings(&environment) {
        Ok(settings) => command_line.run(settings, &mut console, shutdown).await,
        Err(error) => Err(error.into()),
    };
    let output = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let exit_code = match &ended {
        Ok(Verdict::Well) => 0,
        Ok(Verdict::Wrong) => 1,
        Err(error) => error.exit_code(),
    };
    Ran { output, end: ended.map_err(|error| error.to_string()), exit_code }
}

/// Runs a command with no environment at all.
async fn run(arguments: &[&str]) -> Ran {
    run_in(&[], arguments).await
}

/// A folder of one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
