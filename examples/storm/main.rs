//! A storm over the queue of writes: agents propose, people decide, the network lies, and the process is killed.
//!
//! `storm run [--total N] [--kills N] [--agents N] [--seed N] [--minutes N] [--folder DIR]` starts a simulated site and
//! a worker beside it, spoils what passes between them, kills the worker again and again, lets everything settle, and
//! then compares what the worker acknowledged, what its store says and what the site holds. It ends with 1 if anything
//! happened twice, got lost, or is said to be what it is not. `storm latency [--total N] [--agents N]` measures how
//! long an approved write takes. `storm deciders [--rounds N]` lets two people decide at the same moment. The key is
//! fixed: nothing is secret here.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

mod check;
mod deciders;
mod items;
mod latency;
mod parent;
mod time;
mod weather;
mod worker;

use std::collections::BTreeMap;
use std::process::ExitCode;

/// Whatever ends the program early, in words.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// `--name value` pairs.
pub(crate) struct Options(BTreeMap<String, String>);

impl Options {
    fn read(words: &[String]) -> Result<Self, Failure> {
        let mut options = BTreeMap::new();
        for pair in words.chunks(2) {
            match pair {
                [name, value] if name.starts_with("--") => options.insert(name.clone(), value.clone()),
                _ => return Err(format!("`{}` is no pair of name and value", pair.join(" ")).into()),
            };
        }
        Ok(Self(options))
    }

    /// A number, or what stands for it.
    pub(crate) fn number(&self, name: &str, usual: i64) -> Result<i64, Failure> {
        Ok(self.0.get(name).map(|value| value.parse()).transpose()?.unwrap_or(usual))
    }

    /// How many, or what stands for it.
    pub(crate) fn count(&self, name: &str, usual: u32) -> Result<u32, Failure> {
        Ok(u32::try_from(self.number(name, i64::from(usual))?)?)
    }

    /// A text that has to be there.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Failure> {
        Ok(self.0.get(name).ok_or_else(|| format!("`{name}` is missing"))?)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(run(&words)));
    match ended {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("ERR {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Result<String, Failure> {
    let (command, rest) = words.split_first().ok_or("use run, latency or deciders")?;
    let options = Options::read(rest)?;
    match command.as_str() {
        "run" => parent::run(&options).await,
        "work" => worker::work(&options).await,
        "latency" => latency::measure(&options).await,
        "deciders" => deciders::race(&options).await,
        _ => Err("use run, latency or deciders".into()),
    }
}
