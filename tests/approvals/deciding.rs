//! Who may decide, what the agent is told, and that the first decision stands.

use serde_json::json;
use sluice::approval::record::{Says, Via};
use sluice::approval::rules::NotYours;
use sluice::approval::{DecideError, Decider, Record, Rights, State};
use sluice::domain::access::AccessClass;
use sluice::policy::ports::Verdict;

use crate::desk::{Desk, FULL};

/// Everything allowed, every write after a person's yes; `rest` goes into `[approval]`.
pub(super) fn careful(rest: &str) -> String {
    let writes = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    format!("{writes}\n[approval]\n{rest}\n")
}

/// A desk and a write on it that waits.
pub(super) async fn waiting(rest: &str) -> (Desk, Record) {
    let desk = Desk::under(&careful(rest)).await;
    let page = desk.page("Escalation matrix");
    desk.data("add_labels", json!({ "page_id": page, "labels": ["waits"] })).await;
    let record = only(&desk).await;
    assert_eq!(record.state, State::Pending);
    (desk, record)
}

/// The one record there is.
pub(super) async fn only(desk: &Desk) -> Record {
    let mut all = desk.approvals.list(None, |_| true, 10).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

pub(super) fn maria() -> Decider {
    Decider::Approver { name: "maria".into(), via: Via::Terminal, rights: Rights::all() }
}

/// How often the site was asked to add labels.
pub(super) fn sent(desk: &Desk) -> u64 {
    desk.site.requests().get("POST /wiki/rest/api/content/{id}/label").copied().unwrap_or_default()
}

#[tokio::test]
async fn an_approved_write_is_sent_whether_or_not_the_agent_waits() {
    let (desk, record) = waiting("").await;
    let id = record.asked.id.clone();
    desk.approvals.decide(&id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Succeeded, 1));
    let told = desk.data("get_approval", json!({ "approval_id": id, "wait_seconds": 0 })).await;
    assert_eq!(
        (&told["outcome"], &told["executed"], &told["decided_by"]),
        (&json!("succeeded"), &json!(true), &json!("maria"))
    );
    assert_eq!(told["result"]["status"], "done");
}

#[tokio::test]
async fn the_first_decision_stands_and_later_ones_are_told_by_whom() {
    for (first, says) in [(Says::Yes, "approved it"), (Says::No, "denied it")] {
        let (desk, record) = waiting("").await;
        let (id, seal) = (&record.asked.id, record.seal);
        let decide = async |says| desk.approvals.decide(id, seal, &maria_or_paul(says), says, None).await;
        decide(first).await.unwrap();
        desk.approvals.finish().await;
        let other = if first == Says::Yes { Says::No } else { Says::Yes };
        for later in [first, other] {
            let error = decide(later).await.unwrap_err();
            assert!(matches!(error, DecideError::Decided { .. }), "{error:?}");
            assert!(error.to_string().contains(&format!("has already {says}")), "{error}");
        }
        assert_eq!(sent(&desk), u64::from(first == Says::Yes));
    }
}

fn maria_or_paul(says: Says) -> Decider {
    let name = if says == Says::Yes { "maria" } else { "paul" };
    Decider::Approver { name: name.into(), via: Via::Dashboard, rights: Rights::all() }
}

#[tokio::test]
async fn each_profile_says_who_may_approve_and_anybody_may_deny() {
    let owner = Decider::Approver { name: "nobody".into(), via: Via::Terminal, rights: Rights::all() };
    let anyone = || Decider::Anyone { name: "paul".into(), via: Via::Terminal };
    let no = Err::<(), _>;
    let cases = [
        ("human", maria(), Ok(())),
        ("human", anyone(), Ok(())),
        ("human", Decider::Client, no(NotYours::NotInTheClient)),
        ("human", Decider::Hook, no(NotYours::NotAPerson)),
        ("four-eyes", maria(), Ok(())),
        ("four-eyes", anyone(), no(NotYours::NotAPerson)),
        ("four-eyes", Decider::Client, no(NotYours::NotInTheClient)),
        ("four-eyes", Decider::Hook, no(NotYours::NotAPerson)),
        ("client", Decider::Client, Ok(())),
        ("client", maria(), Ok(())),
        ("client", Decider::Hook, no(NotYours::NotAPerson)),
        ("hook", Decider::Hook, Ok(())),
        ("hook", maria(), Ok(())),
        ("hook", Decider::Client, no(NotYours::NotInTheClient)),
        ("four-eyes", owner, Ok(())),
    ];
    for (by, who, expected) in cases {
        let (desk, record) = waiting(&format!("by = \"{by}\"")).await;
        let said = desk.approvals.decide(&record.asked.id, record.seal, &who, Says::Yes, None).await;
        match expected {
            Ok(()) => assert_eq!(said.unwrap().state, State::Approved, "{by} {who:?}"),
            Err(why) => {
                assert_eq!(said.unwrap_err(), DecideError::NotYours(why), "{by} {who:?}");
                assert_eq!(only(&desk).await.state, State::Pending);
                desk.approvals.decide(&record.asked.id, record.seal, &who, Says::No, None).await.unwrap();
                assert_eq!((only(&desk).await.state, sent(&desk)), (State::Denied, 0));
            }
        }
    }
}

#[tokio::test]
async fn the_agents_owner_is_not_the_second_pair_of_eyes() {
    let desk = Desk::under(&careful("by = \"four-eyes\"")).await;
    let caller = sluice::policy::Caller { owner: "maria".into(), ..desk.caller() };
    let labels = json!({ "page_id": desk.page("Escalation matrix"), "labels": ["waits"] });
    desk.call_as(caller, "add_labels", labels).await.unwrap();
    let record = only(&desk).await;
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!(error, DecideError::NotYours(NotYours::OwnAgent));
    let paul = Decider::Approver { name: "paul".into(), via: Via::Terminal, rights: Rights::all() };
    desk.approvals.decide(&record.asked.id, record.seal, &paul, Says::Yes, None).await.unwrap();
}

#[tokio::test]
async fn an_approver_decides_only_on_the_classes_and_spaces_he_was_given() {
    let (desk, record) = waiting("").await;
    let spaces = |name: &str| Some([name.parse().unwrap()].into());
    let create = || [AccessClass::Create].into();
    let cases = [
        (Rights { classes: [AccessClass::Update, AccessClass::Delete].into(), spaces: None }, Some(NotYours::Class)),
        (Rights { classes: create(), spaces: spaces("HR") }, Some(NotYours::Space)),
        (Rights { classes: create(), spaces: Some([].into()) }, Some(NotYours::Space)),
        (Rights { classes: create(), spaces: spaces("it") }, None),
    ];
    for (rights, expected) in cases {
        let who = Decider::Approver { name: "maria".into(), via: Via::Terminal, rights };
        let said = desk.approvals.decide(&record.asked.id, record.seal, &who, Says::Yes, None).await;
        assert_eq!(said.err(), expected.map(DecideError::NotYours));
    }
}

#[tokio::test]
async fn deletes_are_approved_in_the_client_only_where_the_profile_says_so() {
    for (rest, expected) in [("", Some(NotYours::NotInTheClient)), ("client_may_delete = true", None)] {
        let desk = Desk::under(&careful(&format!("by = \"client\"\n{rest}"))).await;
        desk.data("delete_page", json!({ "page_id": desk.page("Escalation matrix") })).await;
        let record = only(&desk).await;
        let said = desk.approvals.decide(&record.asked.id, record.seal, &Decider::Client, Says::Yes, None).await;
        assert_eq!(said.err(), expected.map(DecideError::NotYours), "{rest}");
    }
}

#[tokio::test]
async fn a_standing_grant_says_yes_in_advance_and_only_for_what_it_names() {
    let desk = Desk::under(&careful("")).await;
    let page = desk.page("Escalation matrix");
    let agent = desk.caller().agent;
    let soon = desk.approvals.now() + std::time::Duration::from_hours(1);
    let space = "IT".parse().unwrap();
    let grant = desk.approvals.grant(agent, "add_labels".into(), space, soon, &maria()).await.unwrap();
    let labels = |name: &str| json!({ "page_id": page, "labels": [name] });
    assert_eq!(desk.data("add_labels", labels("one")).await["status"], "done");
    let decision = desk.approvals.list(None, |_| true, 1).await.unwrap().remove(0).decision.unwrap();
    assert_eq!((decision.via, decision.by), (Via::Grant, format!("maria in advance ({})", grant.id)));
    let comment = desk.data("add_comment", json!({ "page_id": page, "body": "x" })).await;
    assert_eq!(comment["status"], "pending_approval", "another tool");
    assert!(desk.approvals.revoke_grant(&grant.id, "maria").await.unwrap());
    assert!(!desk.approvals.revoke_grant(&grant.id, "maria").await.unwrap());
    assert_eq!(desk.data("add_labels", labels("two")).await["status"], "pending_approval");
    assert_eq!(desk.approvals.grants().await.unwrap(), []);
}

#[tokio::test]
async fn a_denial_says_who_and_why_and_to_stop() {
    let desk = Desk::under(&careful("")).await;
    desk.approver_says(Verdict::Denied { by: "maria".into(), reason: "wrong page".into() });
    let labels = json!({ "page_id": desk.page("Escalation matrix"), "labels": ["waits"] });
    let error = desk.error("add_labels", labels).await;
    assert_eq!((&*error.code, error.message.as_str()), ("denied", "maria denied this write: wrong page"));
    assert!(error.hint.starts_with("stop"), "{error:?}");
}
