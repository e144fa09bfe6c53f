//! The flags of the settings, made from their one declaration.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};

use crate::config::declared::{ALL, DATA_DIR};
use crate::config::{Flags, Kind, Setting};

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
        ALL.iter().filter_map(|setting| flag(setting)).fold(command.arg(config()), Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The flags of commands that need no more than the data directory.
pub(in crate::cli) struct DataFlags(Flags);

impl DataFlags {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        &self.0
    }
}

impl FromArgMatches for DataFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self(Flags::default());
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.config = matches.get_one::<PathBuf>(CONFIG).cloned();
        self.0.values.extend(matches.get_one::<String>(DATA_DIR.key).map(|value| (DATA_DIR.key, value.clone())));
        Ok(())
    }
}

impl Args for DataFlags {
    fn augment_args(command: Command) -> Command {
        flag(&DATA_DIR).into_iter().fold(command.arg(config()), Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn config() -> Arg {
    Arg::new(CONFIG)
        .long(CONFIG)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("Settings file, instead of `sluice.toml` in the configuration folder")
        .help_heading(HEADING)
}

fn flag(setting: &'static Setting) -> Option<Arg> {
    let help = match setting.default {
        Some(default) => format!("{} [{}; default: {default}]", setting.help, setting.variable),
        None => format!("{} [{}]", setting.help, setting.variable),
    };
    let flag = Arg::new(setting.key).long(setting.flag?).value_name(setting.value);
    let flag = match setting.kind {
        Kind::Switch => flag.num_args(0..=1).require_equals(true).default_missing_value("true"),
        _ => flag,
    };
    Some(flag.help(help).help_heading(HEADING))
}

const HEADING: &str = "Settings (also by variable and in sluice.toml)";
