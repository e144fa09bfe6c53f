//! The flags of the settings, made from their one declaration.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};

use crate::config::Flags;
use crate::config::declared::ALL;

const CONFIG: &str = "config";

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.config = matches.get_one::<PathBuf>(CONFIG).cloned();
        for setting in ALL.iter().filter(|setting| setting.flag.is_some()) {
            if let Some(value) = matches.get_one::<String>(setting.key) {
                self.values.insert(setting.key, value.clone());
            }
        }
        Ok(())
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("Settings file, instead of `sluice.toml` in the configuration folder")
            .help_heading(HEADING);
        ALL.iter().fold(command.arg(config), |command, setting| match setting.flag {
            None => command,
            Some(flag) => command.arg(
                Arg::new(setting.key)
                    .long(flag)
                    .value_name(setting.value)
                    .help(match setting.default {
                        Some(default) => format!("{} [{}; default: {default}]", setting.help, setting.variable),
                        None => format!("{} [{}]", setting.help, setting.variable),
                    })
                    .help_heading(HEADING),
            ),
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

const HEADING: &str = "Settings (also by variable and in sluice.toml)";
