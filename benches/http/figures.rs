//! Figures as they are printed.

use std::time::Duration;

use jiff::Timestamp;

/// Times in order.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    pub(crate) fn count(&self) -> f64 {
        f64::from(u32::try_from(self.0.len()).unwrap())
    }

    /// The time that so many percent of all are not longer than, in ms.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// A title, and the head of the table beneath it.
pub(crate) fn table(title: &str, note: &str, columns: &[&str]) {
    println!("\n## {title}\n\n{note}\n");
    println!("| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
}

/// A row of it.
pub(crate) fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// What was measured, and on what.
pub(crate) fn head(seconds: u64) {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (processors, load) = (read("/proc/cpuinfo"), read("/proc/loadavg"));
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unnamed processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().unwrap();
    println!("# Sluice {} over HTTP", env!("CARGO_PKG_VERSION"));
    println!();
    #[expect(clippy::disallowed_methods, reason = "figures say when they were taken")]
    let now = Timestamp::now();
    println!("- {}, {cores} cores of {model}", now.strftime("%Y-%m-%d %H:%M UTC"));
    println!("- Linux {}", read("/proc/sys/kernel/osrelease").trim());
    println!("- load average before: {}", load.split(' ').take(3).collect::<Vec<_>>().join(", "));
    println!("- server, simulated site and clients share these cores; CPU is in percent of one core");
    println!(
        "- each row of calls lasts {seconds} s; every client has one connection, and a call begins when the one before is answered"
    );
    println!(
        "- agents' keys are hashed as `sluice agents add` does; each agent's first call, which costs that hash, is not timed"
    );
}
