//! `sluice tools`: every tool with its group and what it does to the site, and how far they all reach.

use std::fmt::Write as _;

use crate::cli::{CliError, Console, Verdict};
use crate::published::coverage;
use crate::tools::catalog;

/// What is listed.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// Count instead how much of Confluence's published API is reached, and say why the rest is not
    #[arg(long)]
    coverage: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments, console: &mut Console) -> Result<Verdict, CliError> {
    console.text(&if arguments.coverage { coverage() } else { markdown() })?;
    Ok(Verdict::Well)
}

/// The tools in reading order, as a Markdown table.
pub(in crate::cli) fn markdown() -> String {
    let mut table = String::from("| tool | group | access | what it does |\n|---|---|---|---|\n");
    for entry in catalog() {
        let facts = entry.facts;
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| `{}` | {} | {} | {} |",
            facts.name,
            facts.group,
            facts.class,
            first_sentence(entry.description).replace('|', "\\|")
        );
    }
    table
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}
