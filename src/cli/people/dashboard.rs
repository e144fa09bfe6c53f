//! `sluice dashboard`: prints a link that lets one browser into the dashboard, where nobody can sign in yet.

use clap::Args;

use crate::cli::data::way::asked_of_owner;
use crate::cli::{CliError, Console, Verdict};
use crate::config::{Flags, Settings};
use crate::control::{Line, Question, Reply};

/// `sluice dashboard`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    flags: Flags,
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        &self.flags
    }
}

pub(in crate::cli) async fn run(settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    match asked_of_owner(settings, &Question::Link).await {
        Some(Line::Reply(Reply::Link(link))) => {
            console.line(link)?;
            console.line("It lets one browser in, once, within ten minutes.")?;
            Ok(Verdict::Well)
        }
        Some(Line::Error(why)) => Err(CliError::Usage(why)),
        Some(Line::Reply(_)) | None => Err(CliError::Usage(
            "nobody serves the data directory at the moment: `sluice serve --dashboard 127.0.0.1:7433` does".to_owned(),
        )),
    }
}
