//! The queue of writes in a storm, shortened; `tests/crash/run storm` has it in full.

use std::path::Path;
use std::process::Command;

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
