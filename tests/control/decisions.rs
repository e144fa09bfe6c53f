//! Approving and denying, with a server running: what is shown, who may, what the agent is told.

use super::{ASKS, ASKS_AND_LEAVES, Place, id_in, id_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_until_another_process_approves_it_and_then_takes_effect_once() {
    let place = Place::new(ASKS).await;
    let secret = place.approver(&["anna"]);
    let mut agent = place.serve();
    let page = place.page();
    agent.begin("update_page", &page.update("Call the on-call engineer first."));
    let id = id_of(&place.waiting());
    let shown = place.run(&["approvals", "show", &id]);
    for part in [
        "Escalation matrix",
        "+Call the on-call engineer first.",
        "PUT /wiki/api/v2/pages/",
        "seal",
        "agent      local of ",
    ] {
        assert!(shown.output.contains(part), "{part}: {}{}", shown.output, shown.errors);
    }
    assert_eq!(place.writes(), 0);
    let ran = place.run_as(&secret, &["approvals", "approve", &id]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.output, ran.errors);
    assert!(ran.output.contains(&format!("{id} is succeeded: approved by anna (terminal)")), "{}", ran.output);
    let (answer, failed) = agent.end();
    assert!(!failed && answer.contains("done"), "{answer}");
    assert_eq!((place.page().version, place.writes()), (page.version + 1, 1));
    let again = place.run_as(&secret, &["approvals", "approve", &id]);
    assert_eq!(again.code, Some(1));
    assert_eq!(again.errors, "sluice: anna has already approved it: it is succeeded\n");
    let [approved] = place.audited("approved").try_into().unwrap();
    assert_eq!((approved["who"].as_str(), approved["why"].as_str()), (Some("anna"), Some("in the terminal")));
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denial_is_told_to_the_agent_with_its_reason_and_nothing_is_sent() {
    let place = Place::new(ASKS).await;
    let secret = place.approver(&["anna", "--classes", "create"]);
    let mut agent = place.serve();
    agent.begin("update_page", &place.page().update("x"));
    let id = id_of(&place.waiting());
    assert_eq!(place.run(&["approvals", "deny", &id]).code, Some(2), "a denial has a reason");
    // Stopping a write is no power over the site: the class does not matter.
    let ran = place.run_as(&secret, &["approvals", "deny", &id, "--reason", "not on a\u{1b}[2J Sunday"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.output, ran.errors);
    let (answer, failed) = agent.end();
    assert!(failed && answer.contains("anna denied this write: not on a [2J Sunday"), "{answer}");
    assert_eq!(place.writes(), 0);
    let later = place.run_as(&secret, &["approvals", "approve", &id]);
    assert_eq!(later.errors, "sluice: anna has already denied it: it is denied\n");
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_decides_without_the_right_secret_and_after_five_failures_nobody_does() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let secret = place.approver(&["anna"]);
    let mut agent = place.serve();
    let id = id_in(&agent.call("update_page", &place.page().update("x")).0);
    let ran = place.run(&["approvals", "approve", &id, "--yes"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains("approvers have been set up: set SLUICE_APPROVER_SECRET"), "{}", ran.errors);
    for _ in 0..5 {
        let ran = place.run_as("sla_wrong-canary", &["approvals", "approve", &id]);
        assert!(ran.code == Some(1) && ran.errors.contains("this is no approver's secret"), "{}", ran.errors);
        assert!(!ran.errors.contains("canary"));
    }
    let ran = place.run_as(&secret, &["approvals", "approve", &id]);
    assert!(ran.errors.contains("too many attempts failed; try again in"), "{}", ran.errors);
    assert_eq!((place.show(&id)["state"].as_str(), place.writes()), (Some("pending"), 0));
    assert_eq!(place.audited("not_proven").len(), 5);
    let log = agent.leave();
    assert!(!log.iter().any(|line| line.to_string().contains("canary") || line.to_string().contains(&secret)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_secret_without_the_class_or_the_space_does_not_approve() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let without = [
        (place.approver(&["class", "--classes", "create,delete"]), "of this class"),
        (place.approver(&["space", "--spaces", "NOWHERE"]), "in this space"),
    ];
    let with = place.approver(&["both", "--classes", "update", "--spaces", "IT"]);
    let mut agent = place.serve();
    let id = id_in(&agent.call("update_page", &place.page().update("x")).0);
    for (secret, why) in without {
        let ran = place.run_as(&secret, &["approvals", "approve", &id]);
        assert!(ran.code == Some(1) && ran.errors.contains(why), "{}{}", ran.output, ran.errors);
    }
    assert_eq!(place.writes(), 0);
    let ran = place.run_as(&with, &["approvals", "approve", &id]);
    assert_eq!((ran.code, place.writes()), (Some(0), 1), "{}{}", ran.output, ran.errors);
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_seal_of_another_write_approves_nothing() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let secret = place.approver(&["anna"]);
    let mut agent = place.serve();
    let [one, other] = ["x", "y"].map(|body| id_in(&agent.call("update_page", &place.page().update(body)).0));
    let seal = |id: &str| place.show(id)["seal"].as_str().unwrap().to_owned();
    let ran = place.run_as(&secret, &["approvals", "approve", &one, "--seal", &seal(&other)]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.errors.contains("this is not what was shown; look at it again, then decide"), "{}", ran.errors);
    assert_eq!(place.writes(), 0);
    let ran = place.run_as(&secret, &["approvals", "approve", &one, "--seal", &seal(&one)]);
    assert_eq!((ran.code, place.writes()), (Some(0), 1), "{}{}", ran.output, ran.errors);
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_writing_is_paused_no_write_is_taken_and_what_was_approved_waits() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let secret = place.approver(&["anna"]);
    let mut agent = place.serve();
    let page = place.page();
    let id = id_in(&agent.call("update_page", &page.update("x")).0);
    assert_eq!(place.run(&["pause"]).code, Some(1), "a pause is somebody's");
    let ran = place.run_as(&secret, &["pause"]);
    assert_eq!(ran.output, "no write is sent any more; `sluice resume` ends that\n", "{}", ran.errors);
    let (refused, failed) = agent.call("update_page", &page.update("y"));
    assert!(failed && refused.starts_with("paused: writing is paused by anna"), "{refused}");
    assert!(place.run(&["approvals", "list"]).output.contains("! writing is paused by anna since"));
    assert_eq!((place.show(&id)["state"].as_str(), place.writes()), (Some("pending"), 0));
    assert_eq!(place.run_as(&secret, &["resume"]).code, Some(0));
    let ran = place.run_as(&secret, &["approvals", "approve", &id]);
    assert_eq!((ran.code, place.writes()), (Some(0), 1), "{}{}", ran.output, ran.errors);
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_lets_one_tool_pass_in_one_space_until_it_is_taken_back() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let secret = place.approver(&["anna", "--classes", "update", "--spaces", "IT"]);
    let mut agent = place.serve();
    let grant = |tool: &str, space: &str, time: &str| {
        place.run_as(
            &secret,
            &["approvals", "grant", "--agent", "local", "--tool", tool, "--space", space, "--for", time],
        )
    };
    assert!(grant("update_page", "HR", "1h").errors.contains("in this space"));
    assert!(grant("delete_page", "IT", "1h").errors.contains("of this class"));
    assert!(grant("update_pag", "IT", "1h").errors.contains("did you mean `update_page`?"));
    assert!(grant("confluence_request", "IT", "1h").errors.contains("grant the tools that are meant"));
    assert!(grant("update_page", "IT", "8d").errors.contains("at most 7 days"));
    let granted = grant("update_page", "IT", "1h");
    assert_eq!(granted.code, Some(0), "{}", granted.errors);
    let (answer, failed) = agent.call("update_page", &place.page().update("x"));
    assert!(!failed && place.writes() == 1, "{answer}");
    let (answer, _) = agent.call("delete_page", &serde_json::json!({ "page_id": place.page().id }));
    assert!(answer.contains("pending_approval"), "{answer}");
    let listed = place.run(&["approvals", "grants"]).output;
    assert_eq!(listed, granted.output);
    let id = listed.split(' ').next().unwrap();
    assert_eq!(place.run_as(&secret, &["approvals", "revoke-grant", id]).code, Some(0));
    assert_eq!(place.run_as(&secret, &["approvals", "revoke-grant", id]).code, Some(1));
    let (answer, _) = agent.call("update_page", &place.page().update("z"));
    assert!(answer.contains("pending_approval"), "{answer}");
    agent.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_rid_of_the_approvers_by_asking_from_another_configuration_folder() {
    let place = Place::new(ASKS_AND_LEAVES).await;
    let secret = place.approver(&["anna"]);
    let mut agent = place.serve();
    let id = id_in(&agent.call("update_page", &place.page().update("x")).0);
    agent.leave();
    let elsewhere = crate::program::data_dir();
    let elsewhere = [("SLUICE_CONFIG_DIR", elsewhere.to_str().unwrap())];
    let ran = place.run_with(&elsewhere, &["approvals", "approve", &id, "--yes"]);
    assert_eq!(ran.code, Some(1), "{}", ran.output);
    assert!(ran.errors.contains("approvers have been set up"), "{}", ran.errors);
    assert_eq!(place.writes(), 0);
    let ran = place.run_as(&secret, &["approvals", "approve", &id]);
    assert_eq!((ran.code, place.writes()), (Some(0), 1), "{}", ran.errors);
}
