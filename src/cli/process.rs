//! The process: reads the command line, sets up logs and signals, runs the command, says how it ended.

pub(super) mod flags;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use tokio_util::sync::CancellationToken;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::declared::LOG;
use crate::config::{Environment, Format, Log, Origin, Settings};

use super::{CliError, CommandLine, Console, Verdict};

/// The whole program.
pub fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let environment = Environment::of_process();
    match started(command_line, &environment) {
        Ok(verdict) => verdict.into(),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where even this cannot be written.
            let _ = writeln!(std::io::stderr(), "sluice: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn started(command_line: CommandLine, environment: &Environment) -> Result<Verdict, CliError> {
    let settings = command_line.settings(environment)?;
    // Commands for people say what they have to say on the console; their logs hold warnings alone.
    let quiet = Log { level: LevelFilter::WARN, ..Log::default() };
    let serves = command_line.serves();
    let said = |settings: &&Settings| settings.get(&LOG).is_some_and(|given| given.origin != Origin::Default);
    let log = settings.as_ref().filter(|settings| serves || said(settings)).map_or(Ok(quiet), Settings::log)?;
    write_logs(log, environment);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut console = Console::of_process(environment);
    let verdict = runtime.block_on(async {
        let shutdown = CancellationToken::new();
        let signals = watch_signals(shutdown.clone());
        tokio::select! {
            biased;
            verdict = command_line.run(settings, &mut console, shutdown) => verdict,
            verdict = signals => verdict,
        }
    });
    // A read of standard input that never ends must not hold the process up.
    runtime.shutdown_background();
    verdict
}

/// Logs go to standard error: standard output belongs to the protocol. Other people's code is heard only when it warns.
fn write_logs(log: Log, environment: &Environment) {
    let colours = std::io::stderr().is_terminal() && !environment.has("NO_COLOR");
    let targets = Targets::new().with_default(log.level.min(LevelFilter::WARN)).with_target("sluice", log.level);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match log.format {
        Format::Text => lines.with_filter(targets).boxed(),
        Format::Json => lines.json().flatten_event(true).with_filter(targets).boxed(),
    };
    // Somebody else's subscriber is as good; that happens only in tests.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

/// The first signal asks for an orderly end, the second ends at once.
async fn watch_signals(shutdown: CancellationToken) -> Result<Verdict, CliError> {
    let mut signals = Signals::new()?;
    signals.next().await;
    shutdown.cancel();
    signals.next().await;
    Err(CliError::Interrupted)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without the signal there is nothing to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
