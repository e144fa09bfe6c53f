//! `sluice agents` and `sluice approvers`, and what the doctor says about their files.

use std::path::{Path, PathBuf};

use super::{Ran, folder, run_in};

fn fresh(name: &str) -> PathBuf {
    let folder = folder(name);
    std::fs::remove_dir_all(&folder).unwrap();
    folder
}

async fn run(folder: &Path, arguments: &[&str]) -> Ran {
    run_in(&[("SLUICE_CONFIG_DIR", folder.to_str().unwrap())], arguments).await
}

#[tokio::test]
async fn an_agent_is_added_listed_and_revoked() {
    let folder = fresh("agents");
    let ran = run(&folder, &["agents", "add", "bot", "--profile", "documentation-manager", "--owner", "maria|x"]).await;
    assert_eq!(ran.exit_code, 0, "{:?}", ran.end);
    let key = ran.output.lines().last().unwrap().to_owned();
    assert!(key.starts_with("slk_") && key.len() == 47, "{}", ran.output);
    let own = folder.join("own.toml");
    std::fs::write(&own, "name = \"Own\"\n").unwrap();
    let ran = run(&folder, &["agents", "add", "second", "--profile", own.to_str().unwrap(), "--owner", "jo"]).await;
    assert_eq!(ran.exit_code, 0, "{:?}", ran.end);
    let text = std::fs::read_to_string(folder.join("agents.toml")).unwrap();
    assert!(text.contains("profile = \"own.toml\"") && !text.contains(&key), "{text}");
    assert_eq!(run(&folder, &["agents", "revoke", "bot"]).await.exit_code, 0);
    let listed = run(&folder, &["agents", "list"]).await.output;
    assert!(listed.contains("| bot | maria\\|x | documentation-manager | a key | revoked |"), "{listed}");
    assert!(listed.contains("| second | jo |") && listed.contains("own.toml | a key | valid |"), "{listed}");
    assert!(!listed.contains("argon2id") && !listed.contains("slk_"), "{listed}");
    let ran = run(&folder, &["serve", "--stdio", "--agent", "bot"]).await;
    assert_eq!(ran.exit_code, 2);
    assert!(ran.end.unwrap_err().starts_with("the agent `bot` is revoked"));
}

#[tokio::test]
async fn a_key_is_rotated_with_an_overlap_and_an_agent_with_tokens_has_none() {
    let folder = fresh("agents_rotate");
    std::fs::create_dir_all(&folder).unwrap();
    let table = "[issuers.login]\nissuer = \"https://login.example.com\"\naudience = \"a\"\n";
    std::fs::write(folder.join("agents.toml"), table).unwrap();
    run(&folder, &["agents", "add", "bot", "--profile", "read-only", "--owner", "jo"]).await;
    let tokens = ["--issuer", "https://login.example.com", "--subject", "s"];
    let add = [&["agents", "add", "signed", "--profile", "read-only", "--owner", "jo"], tokens.as_slice()].concat();
    let ran = run(&folder, &add).await;
    assert_eq!(ran.exit_code, 0, "{:?}", ran.end);
    assert!(ran.output.ends_with("; it proves itself with tokens\n"), "{}", ran.output);
    let ran = run(&folder, &["agents", "rotate", "bot"]).await;
    assert!(ran.output.contains("ends in 24h") && ran.output.contains("\nslk_"), "{}", ran.output);
    let listed = run(&folder, &["agents", "list"]).await.output;
    assert!(listed.contains("| bot | jo | read-only | a key | valid, former key until 2"), "{listed}");
    assert!(listed.contains("| signed | jo | read-only | tokens of https://login.example.com | valid |"), "{listed}");
    let ran = run(&folder, &["agents", "rotate", "bot", "--overlap", "0s"]).await;
    assert!(ran.output.contains("ends now"), "{}", ran.output);
    assert!(run(&folder, &["agents", "list"]).await.output.contains("| a key | valid |"));
    let ran = run(&folder, &["agents", "rotate", "signed"]).await;
    assert!(ran.end.unwrap_err().starts_with("the agent `signed` proves itself with tokens"));
    for bad in ["-1h", "91d", "soon"] {
        assert_eq!(run(&folder, &["agents", "rotate", "bot", &format!("--overlap={bad}")]).await.exit_code, 2, "{bad}");
    }
}

#[tokio::test]
async fn an_agent_needs_a_profile_that_can_be_used() {
    let folder = fresh("agents_profile");
    for arguments in
        [["agents", "add", "bot", "--profile", "absent.toml"], ["agents", "add", "b t", "--profile", "read-only"]]
    {
        let ran = run(&folder, &arguments).await;
        assert_eq!(ran.exit_code, 2, "{}", ran.output);
    }
    assert!(!folder.join("agents.toml").exists());
    let ran = run_in(&[], &["agents", "list"]).await;
    assert_eq!(ran.end.unwrap_err(), "there is no configuration folder; set SLUICE_CONFIG_DIR");
}

#[tokio::test]
async fn an_approver_is_added_listed_and_removed() {
    let folder = fresh("approvers");
    let ran = run(&folder, &["approvers", "add", "anna", "--classes", "create,update", "--spaces", "IT,123"]).await;
    assert_eq!(ran.exit_code, 0, "{:?}", ran.end);
    let secret = ran.output.lines().last().unwrap().to_owned();
    assert!(secret.starts_with("sla_"), "{}", ran.output);
    let listed = run(&folder, &["approvers", "list"]).await.output;
    assert!(listed.contains("| anna | create, update | IT, 123 |"), "{listed}");
    assert!(!listed.contains("argon2id") && !listed.contains(&secret), "{listed}");
    assert_eq!(run(&folder, &["approvers", "add", "anna"]).await.exit_code, 2);
    assert_eq!(run(&folder, &["approvers", "add", "ben", "--classes", "read"]).await.exit_code, 2);
    assert_eq!(run(&folder, &["approvers", "remove", "anna"]).await.exit_code, 0);
    assert_eq!(run(&folder, &["approvers", "list"]).await.output.lines().count(), 2);
    assert_eq!(run(&folder, &["approvers", "remove", "anna"]).await.exit_code, 2);
}

#[cfg(unix)]
#[tokio::test]
async fn the_doctor_warns_of_files_that_others_can_write() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = fresh("open_files");
    std::fs::create_dir_all(folder.join("data")).unwrap();
    let opened = ["agents.toml", "approvers.toml", "own.toml", "data"];
    std::fs::write(folder.join("own.toml"), "name = \"Own\"\n").unwrap();
    for name in ["agents.toml", "approvers.toml"] {
        std::fs::write(folder.join(name), "").unwrap();
    }
    let (own, data) = (folder.join("own.toml"), folder.join("data"));
    let settings = [
        ("SLUICE_CONFIG_DIR", folder.to_str().unwrap()),
        ("SLUICE_PROFILE", own.to_str().unwrap()),
        ("SLUICE_DATA_DIR", data.to_str().unwrap()),
    ];
    for (mode, warned) in [(0o755, 0), (0o775, 4), (0o757, 4)] {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        for name in opened {
            std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let output = run_in(&settings, &["doctor"]).await.output;
        let warnings = output.lines().filter(|line| line.contains("can be written by others than its owner"));
        assert_eq!(warnings.count(), warned, "{output}");
    }
}
