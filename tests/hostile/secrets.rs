//! Planted tokens come out nowhere: not in logs at their most talkative, not in errors, not in replies.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use serde_json::{Value, json};
use sluice::sandbox::{Effect, Fault, seed};
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::{Desk, Opening};
use crate::world::World;

const EMAIL: &str = "admin@example.com";
const TOKEN: &str = "canary+4711/secret=token&x";

/// Keeps every line that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// The token in every form it might be written in.
fn forms() -> Vec<String> {
    let pair = format!("{EMAIL}:{TOKEN}");
    let mut forms = vec![TOKEN.to_owned(), form_urlencoded(TOKEN), hex(TOKEN)];
    for text in [TOKEN, &pair] {
        forms.extend([STANDARD.encode(text), STANDARD_NO_PAD.encode(text), URL_SAFE.encode(text)]);
    }
    forms
}

fn form_urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn calls(desk: &Desk) -> Vec<(&'static str, Value)> {
    let page = desk.page("Escalation matrix");
    let file = desk.site.with_site(|site| format!("att{}", site.attachments.keys().next().unwrap()));
    vec![
        ("get_page", json!({ "page_id": page })),
        ("get_page", json!({ "page_id": "777777777" })),
        ("search_text", json!({ "query": "vpn" })),
        ("search_cql", json!({ "cql": "nonsense" })),
        ("download_attachment", json!({ "attachment_id": file })),
        ("get_current_user", json!({})),
        ("create_page", json!({ "space": "IT", "title": "Canary", "body": "x" })),
        ("create_page", json!({ "space": "IT", "title": "Canary", "body": "x" })),
        ("upload_attachment", json!({ "page_id": page, "file_name": "a.txt", "text": "x" })),
        ("delete_page", json!({ "page_id": page, "version": 99 })),
    ]
}

#[tokio::test]
async fn a_planted_token_comes_out_nowhere() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let mut said = String::new();
    let known = || {
        let mut site = seed::service_desk();
        site.users.values_mut().find(|user| user.email == EMAIL).unwrap().api_token = TOKEN.to_owned();
        site
    };
    let openings = [
        Opening { site: known(), account: (EMAIL, TOKEN), ..Opening::usual() },
        Opening { site: known(), account: (EMAIL, TOKEN), tls: true, trusts: true, ..Opening::usual() },
        Opening { account: (EMAIL, TOKEN), ..Opening::usual() },
        Opening { account: (EMAIL, TOKEN), tls: true, ..Opening::usual() },
        Opening { account: (EMAIL, TOKEN), absent: true, ..Opening::usual() },
    ];
    for opening in openings {
        let desk = Desk::opened(opening).await;
        write!(said, "{:?}", desk.app.context().client).unwrap();
        for (tool, arguments) in calls(&desk) {
            write!(said, "{:?}", desk.call(tool, arguments).await).unwrap();
        }
        for effect in [Effect::LoginPage, Effect::Truncated, Effect::NotFound, Effect::EdgeRefusal] {
            desk.site.set_fault(Fault { template: None, times: 6, effect });
            write!(said, "{:?}", desk.call("get_current_user", json!({})).await).unwrap();
            desk.site.clear_faults();
        }
        let mut wire = World::at(&desk).legacy().await;
        for (tool, arguments) in calls(&desk) {
            said += &wire.ask("tools/call", json!({ "name": tool, "arguments": arguments })).await.to_string();
        }
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("TRACE") && logged.contains("answered"));
    assert!(said.contains("Escalation matrix") && said.contains("not_signed_in") && said.contains("not_started"));
    for form in forms() {
        assert!(!logged.contains(&form), "the log holds {form}");
        assert!(!said.contains(&form), "an answer holds {form}");
    }
}
