//! MCP clients that others wrote, over HTTP; `tests/clients/run` runs them by hand, over stdio as well.

use std::process::Command;

/// Runs one of them against the program that `cargo test` built. Where it cannot be installed this says loudly that it
/// is skipped, and fails under `CI=true`.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn run(client: &str) {
    let built = std::env::current_exe().unwrap();
    let target = built.ancestors().nth(3).unwrap();
    let output = Command::new("tests/clients/run")
        .arg(client)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SLUICE", env!("CARGO_BIN_EXE_sluice"))
        .env("CLIENTS", target.join("clients"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    if said.contains("SKIPPED: ") {
        eprintln!("{said}");
        return;
    }
    assert!(said.contains(" over HTTP\n"), "{said}");
}

#[test]
fn the_python_sdk_lives_with_a_served_profile_in_both_eras() {
    run("python-http");
}

#[test]
fn the_python_sdk_before_the_newer_era_lives_with_a_served_profile() {
    run("python-1-http");
}

#[test]
fn the_typescript_client_lives_with_a_served_profile_in_both_eras() {
    run("typescript-http");
}

#[test]
fn the_inspector_lists_reads_writes_and_is_refused_over_http_in_every_era() {
    run("inspector-http");
}
