//! `sluice completions`: completions for a shell, from the declaration of the command line.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::{CliError, CommandLine, Console, Verdict};

/// `sluice completions SHELL`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Which shell
    shell: Shell,
}

pub(in crate::cli) fn run(arguments: &Arguments, console: &mut Console) -> Result<Verdict, CliError> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut CommandLine::command(), "sluice", &mut script);
    console.text(&String::from_utf8_lossy(&script))?;
    Ok(Verdict::Well)
}
