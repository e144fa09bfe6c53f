//! `sluice convert`: a page body from one format into another, without a site.

use std::io::{self, Read, Write as _};
use std::ops::Range;
use std::path::PathBuf;

use clap::Args;

use crate::cli::console::harmless;
use crate::cli::{CliError, Console, Verdict};
use crate::domain::limits::ANSWER;
use crate::markup::{Converted, Grade, NoNames, SourceFormat, TargetFormat, blocks, convert};

/// `sluice convert FILE`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The body; `-` reads standard input
    file: PathBuf,
    /// What it is written in; without it, what the file's ending says
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<SourceFormat>,
    /// What to write
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    to: TargetFormat,
    /// List the blocks of storage format instead: id, kind, what Markdown can hold of it, and its bytes
    #[arg(long, conflicts_with = "to")]
    blocks: bool,
}

pub(in crate::cli) async fn run(arguments: Arguments, console: &mut Console) -> Result<Verdict, CliError> {
    let shown = harmless(&arguments.file.to_string_lossy(), 200);
    let from = arguments.from.or_else(|| guessed(&arguments.file)).ok_or_else(|| {
        CliError::Usage(format!(
            "the name `{shown}` does not say what is in it: add --from storage, adf, html or markdown"
        ))
    })?;
    // Reading blocks, and standard input may never end.
    let read = tokio::task::spawn_blocking(move || read(&arguments.file)).await;
    let body = read.unwrap_or_else(|error| Err(io::Error::other(error)));
    let body = body.map_err(|error| CliError::Usage(format!("`{shown}` cannot be read: {error}")))?;
    if arguments.blocks {
        return listed(&body, from, console);
    }
    let converted = match convert(&body, from, arguments.to, &NoNames) {
        Ok(converted) => converted,
        Err(error) => {
            said(&error.to_string())?;
            return Ok(Verdict::Wrong);
        }
    };
    let Converted { text, notes, warnings } = converted;
    console.text(&text)?;
    for line in notes.iter().chain(&warnings) {
        said(line)?;
    }
    Ok(if warnings.is_empty() { Verdict::Well } else { Verdict::Wrong })
}

/// Every block on a line of its own.
fn listed(body: &str, from: SourceFormat, console: &mut Console) -> Result<Verdict, CliError> {
    if from != SourceFormat::Storage {
        return Err(CliError::Usage("--blocks lists the blocks of storage format alone".to_owned()));
    }
    let blocks = match blocks(body) {
        Ok(blocks) => blocks,
        Err(error) => {
            said(&error.to_string())?;
            return Ok(Verdict::Wrong);
        }
    };
    let mut text = String::new();
    for block in blocks {
        let (indent, kind, grade) = ("  ".repeat(block.depth), block.kind.word(), block.grade.word());
        let lost = match &block.grade {
            Grade::Lossy(lost) => format!(": {}", lost.join(", ")),
            Grade::Exact | Grade::Opaque => String::new(),
        };
        let Range { start, end } = block.range;
        text.push_str(&harmless(&format!("{indent}{} {kind} {start}..{end} {grade}{lost}", block.id), 2_000));
        text.push('\n');
    }
    console.text(&text)?;
    Ok(Verdict::Well)
}

/// One line on standard error.
fn said(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "sluice: {}", harmless(text, 2_000))
}

/// What the ending of a file's name says is in it.
fn guessed(file: &std::path::Path) -> Option<SourceFormat> {
    let ending = file.extension()?.to_str()?.to_ascii_lowercase();
    Some(match ending.as_str() {
        "xml" | "xhtml" | "storage" => SourceFormat::Storage,
        "json" | "adf" => SourceFormat::Adf,
        "html" | "htm" => SourceFormat::Html,
        "md" | "markdown" => SourceFormat::Markdown,
        _ => return None,
    })
}

fn read(file: &std::path::Path) -> io::Result<String> {
    let most = u64::try_from(ANSWER).unwrap_or(u64::MAX);
    let source: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(std::fs::File::open(file)?) };
    let mut bytes = Vec::new();
    source.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() > ANSWER {
        return Err(io::Error::other(format!("it has more than {ANSWER} bytes")));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
