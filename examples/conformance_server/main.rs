//! A server with the fixtures that the official conformance suite asks for, behind everything that stands before
//! Sluice's own tools, and a proxy that signs in for the suite.
//!
//! `conformance_server [--listen ADDR]` serves the fixtures at `/mcp`, adding the key of the one agent they let in. `conformance_server proxy --to URL [--listen
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
mod stack;
mod tasks;
mod tools;

use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use stack::Stack;

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
    match (proxies, to) {
        (true, Some(to)) => {
            #[expect(clippy::disallowed_methods, reason = "a program of its own, whose one setting this is")]
            let bearer = std::env::var("BEARER").map_err(|_| "`BEARER` does not hold the key to add")?;
            serve(listen, proxy::routes(&to, &bearer)?).await
        }
        (true, None) => Err("`--to` is missing".into()),
        (false, _) => {
            let (stack, shutdown) = (Stack::new().await?, CancellationToken::new());
            let routes = proxy::routes(&stack.url, &stack.bearer)?;
            let serving = stack.serve(shutdown.clone());
            let (ended, ()) = tokio::join!(
                async {
                    let ended = tokio::select! {
                        ended = serve(listen, routes) => ended,
                        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
                    };
                    shutdown.cancel();
                    ended
                },
                serving
            );
            ended
        }
    }
}

async fn serve(listen: &str, routes: Router) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await?;
    println!("http://{}/mcp", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}
