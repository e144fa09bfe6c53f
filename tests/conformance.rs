//! The official conformance suite of the protocol; `tests/conformance/run` runs it by hand.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// The folder with everything that `cargo test` built: beside the folder of the test binary lie the examples.
fn built() -> PathBuf {
    std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().to_owned()
}

fn server() -> PathBuf {
    let server = built().join("examples").join("conformance_server");
    assert!(server.is_file(), "{} is not built; `cargo build --examples` builds it", server.display());
    server
}

/// Runs the suite with what `cargo test` has built, and says what it counted. Where the suite cannot be installed this
/// says loudly that it is skipped, and fails under `CI=true`.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn run(target: &str) {
    // Both install into the same folder.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let output = Command::new("tests/conformance/run")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SERVER", server())
        .env("SLUICE", env!("CARGO_BIN_EXE_sluice"))
        .env("CLIENTS", built().parent().unwrap().join("conformance-clients"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(3) {
        eprintln!("{said}");
        return;
    }
    assert!(output.status.success(), "{said}");
    for revision in ["2026-07-28", "2025-11-25"] {
        assert!(said.contains(&format!("{revision} {target}: ")), "{said}");
    }
}

#[test]
fn sluice_itself_passes_every_check_that_needs_no_fixture() {
    run("product");
}

#[test]
fn the_fixtures_pass_every_check_of_the_conformance_suite_in_both_revisions() {
    run("fixtures");
}

/// A proxy in front of a listener of ours, and a client of it that has sent a request.
struct Proxied {
    proxy: Child,
    client: TcpStream,
    upstream: TcpStream,
    head: String,
}

impl Proxied {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = format!("http://{}/mcp", listener.local_addr().unwrap());
        let mut proxy = Command::new(server())
            .args(["proxy", "--to", &to])
            .env("BEARER", "slk_key")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(proxy.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|line| line.strip_suffix("/mcp")).unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        let request =
            "POST /mcp?a=b HTTP/1.1\r\nhost: evil.example\r\norigin: http://evil.example\r\ncontent-length: 2";
        client.write_all(format!("{request}\r\n\r\n{{}}").as_bytes()).unwrap();
        let mut upstream = listener.accept().unwrap().0;
        let head = until(&mut upstream, "{}");
        Self { proxy, client, upstream, head }
    }

    /// Waits until the proxy has hung up on the other side, however it does.
    fn let_go(mut self) {
        let Self { client, upstream, .. } = &mut self;
        client.shutdown(std::net::Shutdown::Both).unwrap();
        assert!(!upstream.read(&mut [0; 64]).is_ok_and(|read| read > 0));
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        self.proxy.kill().unwrap();
        self.proxy.wait().unwrap();
    }
}

/// What comes up to and including these words.
fn until(stream: &mut TcpStream, end: &str) -> String {
    let (mut text, mut byte) = (String::new(), [0]);
    while !text.ends_with(end) {
        stream.read_exact(&mut byte).unwrap();
        text.push(char::from(byte[0]));
    }
    text
}

#[test]
fn the_proxy_of_the_suite_adds_the_key_and_keeps_even_a_false_host_and_origin() {
    let proxied = Proxied::new();
    let head = &proxied.head;
    assert!(head.starts_with("POST /mcp?a=b HTTP/1.1\r\n") && head.ends_with("\r\n\r\n{}"), "{head}");
    for header in ["authorization: Bearer slk_key", "host: evil.example", "origin: http://evil.example"] {
        assert!(head.contains(&format!("{header}\r\n")), "{head}");
    }
    proxied.let_go();
}

#[test]
fn the_proxy_of_the_suite_streams_answers_and_hangs_up_when_the_client_does() {
    let mut proxied = Proxied::new();
    let answer = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nmcp-session-id: 1\r\n\r\ndata: first\n\n";
    proxied.upstream.write_all(answer.as_bytes()).unwrap();
    let said = until(&mut proxied.client, "data: first\n\n");
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("mcp-session-id: 1\r\n"), "{said}");
    proxied.let_go();
}
