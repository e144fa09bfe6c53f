//! Commands that answer, and commands that do anything but.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::{Ticks, notice};
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::config::{CommandSettings, Environment};
use crate::notice::{CommandHook, HookAnswer};

fn hook(script: &str, clock: Arc<dyn Clock>) -> CommandHook {
    let arguments = vec!["-c".to_owned(), script.to_owned()];
    let settings = CommandSettings { program: "/bin/sh".into(), arguments, timeout: Duration::from_secs(30) };
    let environment: Environment =
        [("PATH", "/usr/bin:/bin"), ("SLUICE_API_TOKEN", "canary"), ("sluice_x", "canary"), ("KEPT", "yes")]
            .into_iter()
            .collect();
    CommandHook::new(&settings, &environment, clock)
}

async fn answer(script: &str) -> HookAnswer {
    hook(script, Arc::new(SystemClock::new())).ask(&notice(1)).await
}

#[tokio::test]
async fn a_command_hears_the_request_and_approves_or_denies() {
    let told = r#"case "$(cat)" in *'"tool":"update_page"'*) echo '{"verdict":"approve"}';; esac"#;
    assert_eq!(answer(told).await, HookAnswer::Approve);
    let deaf = r#"printf '{"verdict":"deny","reason":"on\\nSunday \\u001b[2J"}'"#;
    assert_eq!(answer(deaf).await, HookAnswer::Deny { reason: "on Sunday [2J".into() });
    assert_eq!(answer(r#"echo '{"verdict":"deny"}'"#).await, HookAnswer::Deny { reason: String::new() });
}

#[tokio::test]
async fn what_is_not_exactly_an_answer_decides_nothing() {
    let garbage = [
        "",
        "yes",
        "approve",
        "[\"approve\"]",
        r#"{"verdict":"approved"}"#,
        r#"{"verdict":"APPROVE"}"#,
        r#"{"verdict":true}"#,
        r#"{"reason":"fine"}"#,
        r#"{"verdict":"approve"} {"verdict":"deny"}"#,
        r#"{"verdict":"approve","verdict":"approve"}"#,
        r#"{"verdict":"approve","reason":"fine","by":"root"}"#,
        r#"{"verdict":"approve""#,
    ];
    for text in garbage {
        assert_eq!(answer(&format!("cat <<'END'\n{text}\nEND")).await, HookAnswer::None, "{text}");
    }
    assert_eq!(answer(r#"echo '{"verdict":"approve"}'; exit 1"#).await, HookAnswer::None);
    assert_eq!(answer(r#"echo '{"verdict":"approve"}'; kill -9 $$"#).await, HookAnswer::None);
}

#[tokio::test]
async fn a_command_that_never_stops_talking_is_ended() {
    assert_eq!(answer("yes '{\"verdict\":\"approve\"}'").await, HookAnswer::None);
    let complaining = r#"head -c 1000000 /dev/zero >&2; echo '{"verdict":"approve"}'"#;
    assert_eq!(answer(complaining).await, HookAnswer::Approve, "a long complaint is no answer");
}

#[tokio::test]
async fn a_command_that_hangs_is_ended_at_its_timeout() {
    let clock = Arc::new(ManualClock::at("2026-11-22T10:30:00Z"));
    assert_eq!(hook("while :; do :; done", clock).ask(&notice(1)).await, HookAnswer::None);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_a_command_has_started_ends_with_it() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tmp/hook-child");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&file);
    let clock = Arc::new(Ticks::new());
    let script = format!("sleep 1000 & echo $! > '{0}.new'; mv '{0}.new' '{0}'; wait", file.display());
    let hook = hook(&script, Arc::<Ticks>::clone(&clock));
    let late = async {
        while !file.exists() {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(31));
    };
    let request = notice(1);
    let (answer, ()) = tokio::join!(hook.ask(&request), late);
    assert_eq!(answer, HookAnswer::None);
    let process = std::fs::read_to_string(&file).unwrap();
    let status = Path::new("/proc").join(process.trim()).join("stat");
    // Gone, or dead and not yet collected by whoever inherited it.
    while std::fs::read_to_string(&status).is_ok_and(|status| !status.contains(") Z ")) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_command_sees_no_variable_of_ours() {
    let script = r#"[ "$KEPT" = yes ] && ! env | grep -qi canary && echo '{"verdict":"approve"}'"#;
    assert_eq!(answer(script).await, HookAnswer::Approve);
}

#[tokio::test]
async fn a_command_that_cannot_be_run_decides_nothing() {
    let settings =
        CommandSettings { program: "/no/such".into(), arguments: Vec::new(), timeout: Duration::from_secs(1) };
    let hook = CommandHook::new(&settings, &Environment::default(), Arc::new(SystemClock::new()));
    assert_eq!(hook.ask(&notice(1)).await, HookAnswer::None);
}
