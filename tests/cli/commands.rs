//! What commands print and how they end.

use expect_test::expect;
use sluice::sandbox::signin::{
    CALLBACK, CLIENT_ID, CLIENT_SECRET, SCOPED_TOKEN, SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET,
};
use sluice::sandbox::{CLOUD_ID, SECOND_CLOUD_ID};

use super::{folder, run};

#[tokio::test]
async fn help_says_what_there_is() {
    expect![[r#"
        An MCP server for Confluence Cloud in which every call passes one gate

        Usage: sluice <COMMAND>

        Commands:
          serve        Serve agents over MCP
          demo         Show what Sluice does: a simulated site, a server and an agent in one process
          sandbox      Run a simulated Confluence Cloud site
          connect      Connect a site: sign in, pick it, done
          disconnect   Forget a site's tokens
          sites        List the connected sites, choose the one to use, remove one
          status       Show the state of every connection
          sources      Add other documentation to search, list it, look at it, remove it
          permissions  Check and explain permission profiles
          agents       Give agents keys of their own, list them, revoke them
          approvers    Name the people who may approve
          dashboard    Print a link that lets a browser into the dashboard
          approvals    List writes that wait, show them, decide on them
          undo         Take a write back
          pause        Stop every write until `resume`
          resume       Let writes be sent again
          sync         Copy what changed at the sites into the local index now
          audit        Show, check and write out the audit trail
          convert      Convert a page body between formats, without a site
          tools        List the tools as a Markdown table
          doctor       Check settings, credentials and what the site answers
          store        Check, back up and restore what Sluice keeps
          completions  Print completions for a shell
          help         Print this message or the help of the given subcommand(s)

        Options:
          -h, --help     Print help
          -V, --version  Print version

        New here? `sluice demo` needs no account and no network.

        Exit codes: 0 all is well, 1 something is wrong, 2 a flag or setting is wrong.
    "#]]
    .assert_eq(&run(&["--help"]).await.output);
}

#[tokio::test]
async fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&["completions", shell]).await;
        assert!(ran.output.contains("permissions") && ran.output.contains("sandbox"), "{shell}");
    }
}

#[tokio::test]
async fn serving_without_saying_how_is_refused() {
    let ran = run(&["serve"]).await;
    assert_eq!((ran.exit_code, ran.output.as_str()), (2, ""));
    expect!["say how to serve: `sluice serve --stdio` for the one client that starts it, `sluice serve --http 127.0.0.1:7979` for many agents"].assert_eq(&ran.end.unwrap_err());
}

#[tokio::test]
async fn profiles_are_checked_and_mistakes_told_with_line_and_column() {
    let file = folder("profiles").join("mine.toml");
    std::fs::write(&file, "name = \"Mine\"\n\n[pages]\nmod = \"read-only\"\n").unwrap();
    let file = file.to_str().unwrap();
    let ran = run(&["permissions", "check", "read-only", file, "absent.toml"]).await;
    assert_eq!(ran.exit_code, 1);
    expect![[r"
        ✓ read-only: Read only
        ✗ mine.toml:4:1: unknown key `mod`; did you mean `mode`?
        ✗ there is no profile file `absent.toml`, and no shipped profile of that name (read-only, documentation-manager, full-access)
    "]].assert_eq(&ran.output.replace(file, "mine.toml"));
}

#[tokio::test]
async fn the_table_of_a_profile_says_what_becomes_of_each_tool() {
    let ran = run(&["permissions", "table", "read-only"]).await;
    assert_eq!(ran.exit_code, 0);
    let line = |tool: &str| ran.output.lines().find(|line| line.contains(&format!(" {tool} "))).unwrap().to_owned();
    assert!(line("get_page").starts_with("allow"), "{}", ran.output);
    assert!(line("update_page").starts_with("deny"), "{}", ran.output);
}

#[tokio::test]
async fn the_scopes_of_profiles_are_one_a_line_and_of_all_of_them_together() {
    let ran = run(&["permissions", "scopes", "read-only"]).await;
    assert!(ran.output.contains("offline_access\n") && !ran.output.contains("write:"), "{}", ran.output);
    let both = run(&["permissions", "scopes", "read-only", "documentation-manager"]).await;
    assert!(both.output.contains("write:page:confluence\n") && both.exit_code == 0, "{}", both.output);
}

#[tokio::test]
async fn a_profile_is_explained_by_its_line_and_an_unknown_tool_by_the_nearest() {
    let ran = run(&["permissions", "explain", "documentation-manager", "update_page", "--space", "IT"]).await;
    expect![[r#"
        documentation-manager:7: [pages] mode = "read-write" → update_page is allowed
    "#]]
    .assert_eq(&ran.output);
    let ran = run(&["permissions", "explain", "read-only", "update_pge"]).await;
    expect!["there is no tool `update_pge`; did you mean `update_page`?"].assert_eq(&ran.end.unwrap_err());
    assert_eq!(ran.exit_code, 2);
}

#[tokio::test]
async fn the_simulated_site_says_how_to_reach_it_and_ends_when_told() {
    let ran = run(&["sandbox", "--listen", "127.0.0.1:0", "--pages", "20", "--tls"]).await;
    assert_eq!(ran.exit_code, 0);
    for part in
        ["https://127.0.0.1:", "admin@example.com", "sandbox-token", "BEGIN CERTIFICATE", "--site https://127.0.0.1:"]
    {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
    for part in [CLIENT_ID, CLIENT_SECRET, CALLBACK, SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET, SCOPED_TOKEN] {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
    for part in [CLOUD_ID, SECOND_CLOUD_ID, "sluice connect --auth-host https://127.0.0.1:"] {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
}

#[tokio::test]
async fn the_demo_goes_as_told() {
    let ran = run(&["demo", "--keep"]).await;
    assert_eq!(ran.end.as_ref(), Ok(&sluice::cli::Verdict::Well), "{}", ran.output);
    for part in ["→ search_text", "✗ refused", "→ update_page", "mcpServers", "calls ·", "over MCP 2026-07-28"] {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
    assert!(!ran.output.contains("not what should have happened"), "{}", ran.output);
}
