//! The queue of writes in a storm, shortened; `tests/crash/run storm` has it in full.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use sluice::approval::State;
use sluice::domain::ids::ApprovalId;
use sluice::policy::ports::Verdict;
use sluice::sandbox::{Effect, Fault};

use crate::desk::Desk;

#[test]
fn nothing_happens_twice_and_nothing_is_lost_in_a_storm() {
    // Beside the folder of the test binary lie the examples, which the test command builds too.
    let binary = std::env::current_exe().unwrap();
    let storm = binary.parent().and_then(Path::parent).unwrap().join("examples").join("storm");
    assert!(storm.is_file(), "{} is not built; `cargo build --examples` builds it", storm.display());
    let folder = std::env::temp_dir().join(format!("sluice-test-storm-{}", std::process::id()));
    let options = ["run", "--total", "600", "--kills", "12", "--seed", "7", "--folder"];
    let output = Command::new(storm).args(options).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let zeros = "double_effects=0 lost_approvals=0 false_successes=0 false_failures=0";
    assert!(said.contains("kills=12/12") && said.contains(zeros), "{said}");
}

#[tokio::test]
async fn a_write_withdrawn_while_an_earlier_sending_is_on_its_way_is_not_called_cancelled() {
    let desk = Desk::hurried().await;
    let template = Some("POST /wiki/api/v2/pages".to_owned());
    desk.site.set_fault(Fault { template: template.clone(), times: 1, effect: Effect::Late { milliseconds: 600_000 } });
    let effect = Effect::TooManyRequests { retry_after: None };
    desk.site.set_fault(Fault { template, times: 5, effect });
    desk.approver_says(Verdict::Approved { by: "Ada".to_owned() });
    let asks =
        "name = \"Asks\"\n[spaces]\nmode = \"read-only\"\n[pages]\nmode = \"read-write\"\nrequire_approval = true\n";
    let desk = desk.narrowed_by(asks);
    let arguments = json!({ "space": "IT", "title": "On its way", "body": "Words" });
    let answer = desk.data("create_page", arguments).await;
    let id: ApprovalId = answer["approval_id"].as_str().unwrap_or_else(|| panic!("{answer}")).parse().unwrap();
    let state = || async { desk.approvals.get(&id).await.unwrap().unwrap().state };
    assert_eq!(state().await, State::Approved);
    desk.approvals.withdraw(&desk.caller().agent, &id).await.unwrap();
    assert_eq!(state().await, State::Unknown);
    desk.site.late_arrive().await;
    desk.approvals.take_up().await;
    desk.approvals.finish().await;
    assert_eq!(state().await, State::Succeeded);
    let made = |site: &mut sluice::sandbox::model::Site| {
        site.contents.values().filter(|content| content.versions.iter().any(|one| one.title == "On its way")).count()
    };
    assert_eq!(desk.site.with_site(made), 1);
}
