//! What the doctor finds at a simulated site, and what it never prints.

use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use super::{Ran, run_in};

async fn doctor(site: &str, variables: &[(&str, &str)]) -> Ran {
    let environment: Vec<_> =
        [("SLUICE_SITE", site), ("SLUICE_GATEWAY", site)].iter().chain(variables).copied().collect();
    run_in(&environment, &["doctor"]).await
}

async fn site() -> Sandbox {
    Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap()
}

#[tokio::test]
async fn all_is_well_with_the_right_token() {
    let sandbox = site().await;
    let ran =
        doctor(&sandbox.url(), &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "sandbox-token")]).await;
    assert_eq!(ran.exit_code, 0, "{}", ran.output);
    assert!(ran.output.contains("signed in as Avery Admin (API token of admin@example.com)"), "{}", ran.output);
    for group in ["pages", "spaces", "search", "attachments", "users"] {
        assert!(ran.output.contains(&format!("✓ {group}: ok")), "{}", ran.output);
    }
    assert!(!ran.output.contains("sandbox-token"), "{}", ran.output);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_wrong_token_is_told_and_not_repeated() {
    let sandbox = site().await;
    let ran =
        doctor(&sandbox.url(), &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "canary-4711")]).await;
    assert_eq!(ran.exit_code, 1);
    assert!(ran.output.contains("✗ Confluence does not accept the credentials"), "{}", ran.output);
    assert!(!ran.output.contains("canary"), "{}", ran.output);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_bearer_token_goes_to_the_gateway_whose_id_is_looked_up() {
    let sandbox = site().await;
    let ran = doctor(&sandbox.url(), &[("SLUICE_BEARER_TOKEN", "sandbox-token")]).await;
    assert_eq!(ran.exit_code, 0, "{}", ran.output);
    assert!(ran.output.contains("(OAuth token)") && ran.output.contains("points are left"), "{}", ran.output);
    assert!(sandbox.log().iter().any(|request| request.path.starts_with("/ex/confluence/")), "{:?}", sandbox.log());
    sandbox.stop().await;
}

#[tokio::test]
async fn a_scope_the_token_lacks_is_named_for_each_group() {
    let sandbox = site().await;
    let account = seed::ADMIN;
    let token = sandbox.issue_token(account, &["read:page:confluence", "read:attachment:confluence"]);
    let ran = doctor(&sandbox.url(), &[("SLUICE_BEARER_TOKEN", &token)]).await;
    assert_eq!(ran.exit_code, 1);
    assert!(ran.output.contains("✓ pages: ok") && ran.output.contains("✓ attachments: ok"), "{}", ran.output);
    assert!(ran.output.contains("✗ spaces: the token lacks a scope; it needs read:space:confluence"), "{}", ran.output);
    assert!(!ran.output.contains(&token), "{}", ran.output);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_site_that_is_not_there_is_told() {
    let sandbox = site().await;
    let url = sandbox.url();
    sandbox.stop().await;
    let ran = doctor(&url, &[("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "canary-4711")]).await;
    assert_eq!(ran.exit_code, 1);
    assert!(ran.output.contains("could not be reached") && !ran.output.contains("canary"), "{}", ran.output);
}

#[tokio::test]
async fn a_certificate_is_trusted_only_when_its_authority_is_named() {
    let options = SandboxOptions { tls: true, ..SandboxOptions::new(seed::service_desk()) };
    let sandbox = Sandbox::start(options).await.unwrap();
    let file = super::folder("authority").join("authority.pem");
    std::fs::write(&file, sandbox.ca_pem().unwrap()).unwrap();
    let account = [("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "sandbox-token")];
    let ran = doctor(&sandbox.url(), &account).await;
    assert!(ran.exit_code == 1 && ran.output.contains("certificate is not trusted"), "{}", ran.output);
    let file = ("SLUICE_CA_FILE", file.to_str().unwrap());
    let ran = doctor(&sandbox.url(), &[account[0], account[1], file]).await;
    assert_eq!(ran.exit_code, 0, "{}", ran.output);
    sandbox.stop().await;
}
