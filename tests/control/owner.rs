//! Where no server runs, the command line is the owner meanwhile; and what a command that is cut off leaves.

use sluice::sandbox::{Effect, Fault};

use super::{ASKS_AND_LEAVES, Place, exists, id_in};

const WRITE: &str = "PUT /wiki/api/v2/pages/{id}";

/// A place where a write waits and nobody is there.
async fn left_waiting() -> (Place, String) {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let mut agent = place.serve();
    let id = id_in(&agent.call("update_page", &place.page().update("Call first.")).0);
    agent.leave();
    assert!(!exists(&place.data.join("control.sock")));
    (place, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_the_command_line_carries_out_what_it_approves() {
    let (place, id) = left_waiting().await;
    let before = place.page();
    let ran = place.run(&["approvals", "approve", &id]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.output.contains("! no approver has been set up"), "{}", ran.output);
    assert!(ran.errors.contains("nobody is there to be asked: give `--yes`"), "{}", ran.errors);
    let ran = place.run(&["approvals", "approve", &id, "--yes"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.output, ran.errors);
    assert!(
        ran.output.contains("! no approver has been set up") && ran.output.contains("is succeeded"),
        "{}",
        ran.output
    );
    assert_eq!((place.page().version, place.writes()), (before.version + 1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_server_a_write_of_another_account_is_not_approved() {
    let (place, id) = left_waiting().await;
    let ran = place.run_with(&[("SLUICE_EMAIL", "other@example.com")], &["approvals", "approve", &id, "--yes"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.errors.contains("give the same site and account"), "{}", ran.errors);
    let show = place.run_with(&[("SLUICE_API_TOKEN", ""), ("SLUICE_SITE", "")], &["approvals", "show", &id]);
    assert_eq!(show.code, Some(0), "showing needs no credentials: {}", show.errors);
    let deny = [("SLUICE_API_TOKEN", ""), ("SLUICE_SITE", "")];
    let ran = place.run_with(&deny, &["approvals", "deny", &id, "--reason", "no"]);
    assert_eq!((ran.code, place.writes()), (Some(0), 0), "{}", ran.errors);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking_an_agent_cancels_what_it_has_waiting_with_and_without_a_server() {
    for served in [true, false] {
        let place = Place::new(ASKS_AND_LEAVES).await;
        let profile = place.profile();
        assert_eq!(place.run(&["agents", "add", "local", "--profile", &profile]).code, Some(0));
        let secret = place.approver(&["anna"]);
        let mut agent = place.serve();
        let id = id_in(&agent.call("update_page", &place.page().update("x")).0);
        let agent = if served {
            Some(agent)
        } else {
            agent.leave();
            None
        };
        let ran = place.run(&["agents", "revoke", "local"]);
        assert_eq!(ran.code, Some(0), "{}", ran.errors);
        assert!(ran.output.ends_with("cancelled the one write it had waiting\n"), "{}", ran.output);
        assert_eq!(place.show(&id)["state"], "cancelled");
        let ran = place.run_as(&secret, &["approvals", "approve", &id]);
        assert_eq!((ran.errors.as_str(), place.writes()), ("sluice: it no longer waits: it is cancelled\n", 0));
        agent.map(crate::program::Program::leave);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_killed_half_way_leaves_what_the_next_one_can_finish() {
    let (place, id) = left_waiting().await;
    let version = place.page().version;
    let effect = Effect::Slow { milliseconds: 600_000 };
    place.site.set_fault(Fault { template: Some(WRITE.into()), times: 1, effect });
    let mut command = place.command(&[], &["approvals", "approve", &id, "--yes"]).spawn().unwrap();
    while !place.site.requests().contains_key(WRITE) {
        tokio::task::yield_now().await;
    }
    command.kill().unwrap();
    command.wait().unwrap();
    let ran = place.run(&["approvals", "approve", &id, "--yes"]);
    assert!(ran.code == Some(1) && ran.errors.contains("has already approved it: it is unknown"), "{}", ran.errors);
    // Whoever looks after it finds the one effect there is, or sends it now.
    let mut agent = place.serve();
    let wait = serde_json::json!({ "approval_id": id, "wait_seconds": 25 });
    let (answer, _) = agent.call("get_approval", &wait);
    assert!(answer.contains("succeeded"), "{answer}");
    assert_eq!(place.page().version, version + 1);
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trail_and_store_are_looked_at_through_the_server_that_owns_them() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let mut agent = place.serve();
    let id = id_in(&agent.call("update_page", &place.page().update("x")).0);
    let verify = place.run(&["audit", "verify"]);
    assert!(verify.output.starts_with("✓ rows 1 to "), "{}{}", verify.output, verify.errors);
    let shown = place.run(&["audit", "show", "--approval", &id]);
    assert!(shown.output.contains("  asked  update_page  "), "{}", shown.output);
    let exported = place.run(&["audit", "export", "-"]).output;
    assert!(exported.lines().count() >= 2 && exported.contains(&id), "{exported}");
    let check = place.run(&["store", "check"]);
    assert!(check.output.starts_with("✓ sound: "), "{}{}", check.output, check.errors);
    let file = place.data.join("backup");
    let backup = place.run(&["store", "backup", file.to_str().unwrap()]);
    assert!(backup.output.starts_with("✓ backed up: ") && exists(&file), "{}", backup.errors);
    let restore = place.run(&["store", "restore", file.to_str().unwrap()]);
    assert!(restore.code == Some(1) && restore.errors.contains("is in use by `serve --stdio`"), "{}", restore.errors);
    agent.leave();
}
