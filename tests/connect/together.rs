//! However many need a new token at once, in one process or several, one exchange leaves.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use futures_util::future::{join, join_all};
use sluice::clock::Clock;
use sluice::connect::Keeper;
use tokio::task::JoinSet;

use super::house::{HOUR, House, Time, acme, authorized, cabinet, key_file, way};

/// Tells a child of this test which data directory is its parent's.
const FOLDER: &str = "SLUICE_TEST_CONNECTIONS";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_tasks_at_the_end_of_a_token_make_one_exchange() {
    let house = House::new().await;
    let keeper = house.connected().await;
    for round in 1..=5 {
        house.pass(HOUR);
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let keeper = Arc::clone(&keeper);
            tasks.spawn(async move { authorized(&keeper).await.unwrap() });
        }
        assert_eq!(tasks.join_all().await, [round + 1; 20]);
        assert_eq!(house.exchanges(), round);
    }
}

#[tokio::test]
async fn keepers_of_the_same_folder_make_one_exchange_together() {
    let house = House::new().await;
    let (one, other) = (house.connected().await, house.keeper().await);
    for round in 1..=10 {
        house.pass(HOUR);
        let renewed = join(authorized(&one), authorized(&other)).await;
        assert_eq!((renewed.0.unwrap(), renewed.1.unwrap()), (round + 1, round + 1));
        assert_eq!(house.exchanges(), round);
    }
    house.pass(HOUR);
    let many = [one, other, house.keeper().await, house.keeper().await];
    join_all(many.iter().flat_map(|keeper| [authorized(keeper), authorized(keeper), authorized(keeper)])).await;
    assert_eq!(house.exchanges(), 11);
}

/// A child of this test that keeps the connection of `data`, and waits to be told to begin.
pub(super) fn child(test: &str, data: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Where the parent of this process keeps its connection, where it has one.
pub(super) fn of_parent() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// The parent's connection in this process, which has a clock of its own.
pub(super) async fn keeper_of(data: &Path, time: &Arc<Time>) -> Keeper {
    let clock = Arc::clone(time) as Arc<dyn Clock>;
    Keeper::open(cabinet(data), acme(), key_file(data), &way(), clock).await.unwrap()
}

/// The next line that begins with this word.
fn said(child: &mut BufReader<ChildStdout>, word: &str) -> String {
    child.lines().map(Result::unwrap).find(|line| line.contains(word)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_make_one_exchange_together() {
    let house = House::new().await;
    house.connected().await;
    let name = "connect::together::one_of_the_processes";
    let mut children: Vec<Child> = (0..4).map(|_| child(name, &house.data)).collect();
    let mut outputs: Vec<_> = children.iter_mut().map(|child| BufReader::new(child.stdout.take().unwrap())).collect();
    tokio::task::block_in_place(|| {
        for output in &mut outputs {
            said(output, "ready");
        }
        for child in &mut children {
            child.stdin.take().unwrap().write_all(b"\n").unwrap();
        }
        for (child, output) in children.iter_mut().zip(&mut outputs) {
            assert_eq!(said(output, "generation"), "generation 2");
            assert!(child.wait().unwrap().success());
        }
    });
    assert_eq!((house.exchanges(), house.generation()), (1, 2));
}

#[expect(clippy::print_stdout, reason = "its parent waits for these words")]
#[ignore = "a child of the test before it"]
#[tokio::test]
async fn one_of_the_processes() {
    let Some(data) = of_parent() else { return };
    let time = Time::new();
    let keeper = keeper_of(&data, &time).await;
    println!("\nready");
    std::io::stdin().lines().next().unwrap().unwrap();
    time.pass(HOUR);
    println!("generation {}", authorized(&keeper).await.unwrap());
}
