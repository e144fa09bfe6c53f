//! What to do after the demo: a configuration for one's own client, and the next commands.

use serde_json::{Value, json};

use crate::cli::console::Colour;
use crate::cli::{CliError, Console};
use crate::sandbox::Sandbox;

/// The site stays up: says how to reach it.
pub(super) fn keep(sandbox: &Sandbox, [email, token]: [&str; 2], console: &mut Console) -> Result<(), CliError> {
    let url = sandbox.url();
    console.line("")?;
    console.line(console.paint(Colour::Bold, "The simulated site stays up"))?;
    console.line(format_args!("  {url}/wiki   {email}   {token}"))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Configuration for your own client"))?;
    let configuration = for_client(&url, [email, token], &program());
    console.line(format_args!("{configuration:#}"))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "From another terminal"))?;
    let sluice = invoked();
    console.line(format_args!("  SLUICE_EMAIL={email} SLUICE_API_TOKEN={token} {sluice} doctor --site {url}"))?;
    console.line(format_args!("  curl -u {email}:{token} {url}/wiki/api/v2/spaces"))?;
    console.line("")?;
    console.line("Ctrl-C ends it; nothing is kept.")?;
    Ok(())
}

/// The site is gone: says where to go on.
pub(super) fn next_steps(console: &mut Console) -> Result<(), CliError> {
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Next"))?;
    let sluice = invoked();
    for (arguments, what) in [
        ("demo --keep", "the same, and your own client may play with the simulated site"),
        ("permissions table read-only", "what a profile allows, tool by tool"),
        ("doctor --site https://acme.atlassian.net", "check the way to your own site"),
        ("serve --stdio --help", "every setting of the server"),
    ] {
        let what = console.paint(Colour::Dim, what);
        console.line(format_args!("  {sluice} {arguments:<40} {what}"))?;
    }
    Ok(())
}

/// The entry of Sluice among the servers of an MCP client.
fn for_client(url: &str, [email, token]: [&str; 2], program: &str) -> Value {
    json!({
        "mcpServers": {
            "confluence": {
                "command": program,
                "args": ["serve", "--stdio"],
                "env": {
                    "SLUICE_SITE": url,
                    "SLUICE_EMAIL": email,
                    "SLUICE_API_TOKEN": token,
                    "SLUICE_PROFILE": "documentation-manager"
                }
            }
        }
    })
}

/// The program as it was called.
fn invoked() -> String {
    std::env::args().next().unwrap_or_else(|| "sluice".to_owned())
}

/// This very program, so that the configuration works where Sluice is not installed.
fn program() -> String {
    std::env::current_exe().map_or_else(|_| "sluice".to_owned(), |path| path.display().to_string())
}
