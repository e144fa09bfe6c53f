//! `sluice permissions`: checks profile files, prints what they come to and need, says which line decides.

use std::path::PathBuf;

use clap::Subcommand;

use crate::cli::console::Colour;
use crate::cli::{CliError, Console, Verdict};
use crate::config::{ProfileError, read_profile};
use crate::domain::place::SpaceName;
use crate::domain::spelling::nearest;
use crate::domain::text::quoted;
use crate::policy::ToolFacts;
use crate::policy::file::Source;
use crate::policy::table::{columns, explain, table};
use crate::tools::catalog;
use crate::tools::scopes::needed;

/// `sluice permissions check|table|explain|scopes`. Each takes a file or the name of a shipped profile.
#[derive(Subcommand)]
pub(in crate::cli) enum Question {
    /// Check profile files: every mistake with its line, its column and the right word
    Check {
        /// Profile files, or names of shipped profiles
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print what becomes of every tool under a profile: allow, approve or deny, and why
    Table {
        /// A profile file, or the name of a shipped profile
        file: PathBuf,
    },
    /// Say which line of a profile decides about a tool
    Explain {
        /// A profile file, or the name of a shipped profile
        file: PathBuf,
        /// The tool, such as `update_page`
        tool: String,
        /// In this space, by key or id
        #[arg(long, value_name = "KEY")]
        space: Option<SpaceName>,
    },
    /// Print the OAuth scopes that agents under these profiles need, one a line
    Scopes {
        /// Profile files, or names of shipped profiles
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

pub(in crate::cli) fn run(question: &Question, console: &mut Console) -> Result<Verdict, CliError> {
    match question {
        Question::Check { files } => check(files, console),
        Question::Table { file } => {
            let source = read(file)?;
            let tools: Vec<ToolFacts> = catalog().map(|entry| entry.facts).collect();
            console.text(&columns(&table(&source.profile, &tools)))?;
            Ok(Verdict::Well)
        }
        Question::Scopes { files } => {
            let sources = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
            for scope in needed(sources.iter().map(|source| &source.profile)) {
                console.line(scope)?;
            }
            Ok(Verdict::Well)
        }
        Question::Explain { file, tool, space } => {
            let source = read(file)?;
            console.line(explain(&source, &facts(tool)?, space.as_ref()))?;
            Ok(Verdict::Well)
        }
    }
}

fn check(files: &[PathBuf], console: &mut Console) -> Result<Verdict, CliError> {
    let mut verdict = Verdict::Well;
    for file in files {
        match read(file) {
            Ok(source) => {
                let name = &source.profile.name;
                console.line(format_args!("{} {}: {name}", console.paint(Colour::Green, "✓"), file.display()))?;
            }
            Err(error) => {
                verdict = Verdict::Wrong;
                console.line(format_args!("{} {error}", console.paint(Colour::Red, "✗")))?;
            }
        }
    }
    Ok(verdict)
}

fn read(file: &std::path::Path) -> Result<Source, ProfileError> {
    read_profile(file, &tool_names())
}

/// Every tool's name: what a profile file may name.
pub(in crate::cli) fn tool_names() -> Vec<&'static str> {
    catalog().map(|entry| entry.facts.name).collect()
}

fn facts(tool: &str) -> Result<ToolFacts, CliError> {
    crate::tools::find(tool).map(|entry| entry.facts).ok_or_else(|| {
        let meant = nearest(tool, tool_names()).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
        CliError::Usage(format!("there is no tool {}{meant}", quoted(tool, 60)))
    })
}
