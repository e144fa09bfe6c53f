//! Disconnecting a site takes what pausing takes: an approver's secret, where there are approvers.

use std::sync::Arc;

use serde_json::json;
use sluice::approval::State;
use sluice::audit::Trail;
use sluice::control::{self, Claim, Connections, ControlError, Question, Reply};

use crate::desk::{Desk, FULL};
use crate::people::cheap_hash;
use crate::program::data_dir;

fn forget(who: Claim) -> Question {
    Question::ForgetConnection { connection: "the service desk".into(), who }
}

#[tokio::test]
async fn a_site_is_forgotten_by_an_approver_alone_and_its_app_is_let_go_of() {
    let profile = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    let desk = Desk::under(&profile).await;
    let folder = data_dir();
    std::fs::create_dir_all(&folder).unwrap();
    let approvers = folder.join("approvers.toml");
    std::fs::write(&approvers, format!("[approvers.anna]\nsecret_hash = \"{}\"\n", cheap_hash("sla_anna"))).unwrap();
    let connections = Arc::new(Connections::default());
    connections.keep(Arc::clone(&desk.app));
    let asked = control::Desk::new(control::Parts {
        approvals: Arc::clone(&desk.approvals),
        trail: Arc::new(Trail::new(Arc::clone(&desk.store), Arc::clone(&desk.clock), None)),
        store: None,
        connections: Arc::clone(&connections),
        copied: None,
        dashboard: None,
        approvers,
        agents: folder.join("agents.toml"),
        user: "somebody".into(),
        hand_over: Box::new(|| false),
        mistakes: Box::new(Vec::new),
        clock: Arc::clone(&desk.clock),
    });
    let page = desk.page("Escalation matrix");
    desk.data("add_labels", json!({ "page_id": page, "labels": ["waits"] })).await;
    for claim in [Claim::Anyone, Claim::Secret("sla_other".to_owned().into())] {
        let refused = asked.answer(forget(claim)).await.unwrap_err();
        assert!(matches!(refused, ControlError::NoSecret | ControlError::NotProven(_)), "{refused:?}");
    }
    assert!(connections.get("the service desk").is_some());
    assert_eq!(desk.approvals.unfinished().await.unwrap()[0].state, State::Pending);
    let other =
        Question::ForgetConnection { connection: "another".into(), who: Claim::Secret("sla_anna".to_owned().into()) };
    assert_eq!(asked.answer(other).await.unwrap(), Reply::Forgotten { closed: 0, removed: 0, left: 0 });
    assert!(connections.get("the service desk").is_some());
    let reply = asked.answer(forget(Claim::Secret("sla_anna".to_owned().into()))).await.unwrap();
    assert_eq!(reply, Reply::Forgotten { closed: 1, removed: 1, left: 0 });
    assert!(connections.get("the service desk").is_none());
    assert!(!connections.remove("the service desk"));
}
