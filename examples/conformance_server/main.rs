//! A server with the fixtures that the official conformance suite asks for, behind the transport of the Model Context
//! Protocol, and a proxy that signs in for the suite.
//!
//! `conformance_server [--listen ADDR]` serves the fixtures at `/mcp`. `conformance_server proxy --to URL [--listen
//! ADDR]` passes everything on to the URL's origin with the key in `BEARER`, since the suite sends no keys. Both print
//! one line with their address once they listen. `tests/conformance/run` runs the suite against either.

#![expect(clippy::print_stdout, reason = "the line with the address is what starts the suite")]

mod definitions;
mod elicitation;
mod fixtures;
mod input_required;
mod logging;
mod prompts;
mod proxy;
mod resources;
mod tasks;
mod tools;

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::tower::StreamableHttpService;
use tokio::net::TcpListener;

use fixtures::{Fixtures, Shared};

/// Whatever ends the program early, in words.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where to listen unless told otherwise: any free port of this machine.
const LISTEN: &str = "127.0.0.1:0";

#[tokio::main]
async fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("{failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Result<(), Failure> {
    let (proxies, options) = match words.split_first() {
        Some((first, rest)) if first == "proxy" => (true, rest),
        _ => (false, words),
    };
    let (mut listen, mut to) = (LISTEN, None);
    for pair in options.chunks(2) {
        match pair {
            [name, value] if name == "--listen" => listen = value,
            [name, value] if name == "--to" && proxies => to = Some(value.parse()?),
            _ => return Err(format!("`{}` is no option", pair.join(" ")).into()),
        }
    }
    let routes = match (proxies, to) {
        (true, Some(to)) => proxy::routes(&to)?,
        (true, None) => return Err("`--to` is missing".into()),
        (false, _) => fixtures()?,
    };
    let listener = TcpListener::bind(listen).await?;
    println!("http://{}/mcp", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}

fn fixtures() -> Result<Router, Failure> {
    let shared = Arc::new(Shared::new()?);
    let settings = StreamableHttpServerConfig::default()
        .with_allowed_origins(["http://localhost:*", "http://127.0.0.1:*"])
        .enforce_origin_validation();
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(Fixtures::new(&shared)), sessions, settings);
    Ok(Router::new().route_service("/mcp", service))
}
