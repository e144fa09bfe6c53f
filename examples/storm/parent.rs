//! The process that survives: the simulated site, the weather, and whoever kills the worker and starts it again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use jiff::Timestamp;
use sluice::clock::Clock as _;
use sluice::domain::ids::ApprovalId;
use sluice::sandbox::{Sandbox, SandboxOptions};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::check::{self, Acknowledged};
use crate::items::{self, Item};
use crate::time::Fast;
use crate::weather::Weather;
use crate::{Failure, Options};

/// How often the weather changes.
const WEATHER: Duration = Duration::from_millis(15);

/// What the worker said so far.
#[derive(Default)]
struct Heard {
    next: u32,
    begun: BTreeSet<Item>,
    undecided: BTreeMap<ApprovalId, Item>,
    acknowledged: Acknowledged,
    everything: bool,
    calm: bool,
}

impl Heard {
    fn line(&mut self, line: &str) -> Result<(), Failure> {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["B", number] => {
                let item = Item(number.parse()?);
                self.next = self.next.max(item.0 + 1);
                self.begun.insert(item);
            }
            ["P", id, number] => {
                let (id, item): (ApprovalId, _) = (id.parse()?, Item(number.parse()?));
                self.begun.remove(&item);
                self.acknowledged.proposed.insert(id.clone(), item);
                self.undecided.insert(id, item);
            }
            ["E", number, ..] => {
                self.begun.remove(&Item(number.parse()?));
                if line.ends_with("gave_up") {
                    self.acknowledged.given_up += 1;
                }
            }
            ["D", id, says] => {
                let id: ApprovalId = id.parse()?;
                self.undecided.remove(&id);
                self.acknowledged.decided.insert(id, (*says).to_owned());
            }
            ["O", id, state] => drop(self.acknowledged.ended.insert(id.parse()?, (*state).to_owned())),
            ["ALL"] => self.everything = true,
            ["CALM"] => self.calm = true,
            ["READY"] => {}
            // A line that was cut off by a kill is not acknowledged; nothing else is expected.
            _ => return Err(format!("the worker said `{line}`").into()),
        }
        Ok(())
    }

    fn orders(&self) -> String {
        let again = self.begun.iter().map(|item| format!("again {}\n", item.0));
        let undecided = self.undecided.iter().map(|(id, item)| format!("decide {id} {}\n", item.0));
        again.chain(undecided).collect()
    }
}

/// One storm.
struct Storm {
    site: Arc<Sandbox>,
    folder: PathBuf,
    began: Timestamp,
    pace: u32,
    total: u32,
    agents: u32,
    kills: u32,
    random: Rng,
    weather: Weather,
    heard: Heard,
    killed: u32,
    lives: u32,
    until: Instant,
}

/// Runs a storm and says what came of it.
pub(crate) async fn run(options: &Options) -> Result<String, Failure> {
    let (total, kills) = (options.count("--total", 1500)?, options.count("--kills", 30)?);
    let seed = u64::from(options.count("--seed", 1)?);
    let pace = options.count("--speed", 20)?;
    let base = std::env::temp_dir().join(format!("sluice-storm-{}", std::process::id()));
    let folder = options.text("--folder").map_or(base, PathBuf::from);
    std::fs::create_dir_all(&folder)?;
    let began = Fast::real();
    let clock = Fast::new(began, pace, 0);
    let mut open = SandboxOptions::new(items::site(total, began));
    open.clock = Arc::new(move || clock.now());
    let mut storm = Storm {
        site: Arc::new(Sandbox::start(open).await?),
        folder: folder.join("store"),
        began,
        pace,
        total,
        agents: options.count("--agents", 48)?,
        kills,
        random: Rng::with_seed(seed),
        weather: Weather::new(seed, pace),
        heard: Heard::default(),
        killed: 0,
        lives: 0,
        until: Instant::now() + Duration::from_secs(60 * u64::from(options.count("--minutes", 30)?)),
    };
    let start = Instant::now();
    let rate = storm.pass().await?;
    let took = start.elapsed().as_secs_f64();
    storm.site.late_arrive().await;
    let header = format!(
        "storm seed={seed} total={total} kills={}/{kills} lives={} pace={pace} took={took:.1}s rate={rate:.0}/s \
         spoilt={:?}",
        storm.killed, storm.lives, storm.weather.ordered
    );
    let verdict = check::check(&storm.folder, &storm.site, &storm.heard.acknowledged).await?;
    if storm.killed < kills {
        return Err(format!("{header}\nonly {} kills in the time", storm.killed).into());
    }
    if !verdict.violations.is_empty() {
        let violations = verdict.violations.iter().take(50).cloned().collect::<Vec<_>>().join("\n");
        return Err(format!("{header}\n{verdict}\n{violations}\nkept in {}", folder.display()).into());
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(format!("{header}\n{verdict}\nOK"))
}

impl Storm {
    /// Goes through the worker's lives; how many proposals were done each second until all were.
    async fn pass(&mut self) -> Result<f64, Failure> {
        let start = Instant::now();
        let mut rate = None;
        while !self.heard.calm {
            if Instant::now() > self.until {
                return Err(format!("not calm in time: {} open orders", self.heard.begun.len()).into());
            }
            self.live().await?;
            if self.heard.everything && rate.is_none() {
                rate = Some(f64::from(self.total) / start.elapsed().as_secs_f64());
            }
        }
        Ok(rate.unwrap_or_default())
    }

    async fn start(&mut self) -> Result<Child, Failure> {
        let skew = if self.lives == 0 { 0 } else { self.random.i64(-45..=45) };
        self.lives += 1;
        let words = |name: &str, value: &dyn ToString| [name.to_owned(), value.to_string()];
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("work").args(words("--folder", &self.folder.display())).args(words("--site", &self.site.url()));
        command.args(words("--began", &self.began)).args(words("--speed", &self.pace)).args(words("--skew", &skew));
        command.args(words("--next", &self.heard.next)).args(words("--total", &self.total));
        command.args(words("--agents", &self.agents));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let mut stdin = child.stdin.take().ok_or("no standard input")?;
        stdin.write_all(self.heard.orders().as_bytes()).await?;
        stdin.write_all(b"go\n").await?;
        Ok(child)
    }

    /// One life of the worker, to its end or until it is killed.
    async fn live(&mut self) -> Result<(), Failure> {
        let left = self.kills - self.killed;
        let ahead = self.total.saturating_sub(self.heard.next);
        // A life lasts so many proposals; near the end, so many milliseconds.
        let mut proposals = (left > 0 && ahead > 0).then(|| self.random.u32(0..=2 * (ahead / (left + 1)).max(1)));
        let mut deadline = (left > 0 && ahead == 0).then(|| Instant::now() + self.instants(400));
        let mut child = self.start().await?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        loop {
            if !self.heard.everything || self.killed < self.kills {
                self.weather.sow(&self.site);
            } else {
                self.site.clear_faults();
            }
            if Instant::now() > self.until {
                return Err("out of time".into());
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                child.start_kill()?;
                deadline = None;
                self.killed += 1;
            }
            match timeout(WEATHER, lines.next_line()).await {
                Err(_) => {}
                Ok(line) => match line? {
                    Some(line) => {
                        self.heard.line(&line)?;
                        if line.starts_with("B ") && proposals.is_some() {
                            proposals = proposals.and_then(|left| left.checked_sub(1));
                            if proposals.is_none() {
                                deadline = Some(Instant::now() + self.instants(25));
                            }
                        }
                        if line == "ALL" && self.killed < self.kills && deadline.is_none() {
                            proposals = None;
                            deadline = Some(Instant::now() + self.instants(25));
                        }
                    }
                    None => break,
                },
            }
        }
        child.wait().await?;
        sleep(Duration::from_millis(1)).await;
        Ok(())
    }

    fn instants(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.random.u64(0..=most))
    }
}
