//! Watching: without a terminal, each request and each change of it is a line, whoever owns the data directory.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout};

use super::{ASKS_AND_LEAVES, Place, id_in};

struct Watcher {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Watcher {
    fn start(place: &Place) -> Self {
        let mut process = place.command(&[], &["approvals", "watch"]).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self { process, lines }
    }

    /// Reads on to the line that says this of the write.
    fn until(&mut self, id: &str, state: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "watching ended before {id} was {state}");
            if line.starts_with(&format!("{id}  {state} ")) {
                return line;
            }
        }
    }

    fn end(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_and_decisions_appear_as_they_happen() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let mut agent = place.serve();
    let first = id_in(&agent.call("update_page", &place.page().update("x")).0);
    let mut watcher = Watcher::start(&place);
    assert!(watcher.until(&first, "pending").contains("local  update_page  change page"));
    let second = id_in(&agent.call("update_page", &place.page().update("y")).0);
    watcher.until(&second, "pending");
    assert_eq!(place.run(&["approvals", "deny", &first, "--reason", "no"]).code, Some(0));
    assert!(watcher.until(&first, "denied").contains("denied by"));
    watcher.end();
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watching_goes_on_when_the_server_goes_and_serves_those_who_come() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let mut agent = place.serve();
    let first = id_in(&agent.call("update_page", &place.page().update("x")).0);
    let mut watcher = Watcher::start(&place);
    watcher.until(&first, "pending");
    agent.leave();
    // The watcher is the owner now, and the next server goes through it.
    watcher.until(&first, "pending");
    let mut agent = place.serve();
    let second = id_in(&agent.call("update_page", &place.page().update("y")).0);
    watcher.until(&second, "pending");
    let ran = place.run(&["approvals", "approve", &second, "--yes"]);
    assert_eq!((ran.code, place.writes()), (Some(0), 1), "{}{}", ran.output, ran.errors);
    assert!(watcher.until(&second, "succeeded").contains("approved by"));
    agent.leave();
    watcher.end();
}
