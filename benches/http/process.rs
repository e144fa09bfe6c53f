//! A process of the benchmark: what it takes of memory and of the cores, and its end.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Ticks of a processor's time in a second, as Linux shows it to everyone.
const TICKS: u32 = 100;

/// A process that ends with this value.
pub(crate) struct Process(Child);

/// What a process has in memory, in MiB.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// All that is in memory.
    pub(crate) resident: f64,
    /// What is its own, and no file's.
    pub(crate) anonymous: f64,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub(crate) fn memory(&self) -> Memory {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.0.id())).unwrap();
        let read = |field: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(field)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
        };
        Memory { resident: read("Rss:"), anonymous: read("Anonymous:") }
    }

    /// Time on a core so far.
    pub(crate) fn busy(&self) -> Duration {
        busy(&self.0.id().to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Time that this process has been on a core so far.
pub(crate) fn own_busy() -> Duration {
    busy("self")
}

fn busy(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, which may hold anything, ends with the last bracket; user and system time are fields 14 and 15.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: u32 = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u32>().unwrap()).sum();
    Duration::from_secs(1) * ticks / TICKS
}

/// An address of this machine that nobody listens at.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

/// Waits until somebody takes connections.
pub(crate) async fn listens(address: SocketAddr) {
    let began = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(began.elapsed() < Duration::from_mins(1), "nobody listens at {address}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
