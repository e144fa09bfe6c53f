//! The simulated site with the same pages, asked by CQL.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sluice::confluence::cql::{Clause, Condition, Query, Words};
use sluice::sandbox::model::{ContentKind, Id};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use crate::{Page, SHOWN};

/// What a search goes by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// Words of the page, which its title belongs to: what `search_text` asks for.
    Text,
    /// Words of the title or of the page: what `search_cql` can ask for besides.
    TitleOrText,
}

/// The site, as long as it is.
pub(crate) struct Site {
    sandbox: Sandbox,
    pages: BTreeMap<Id, usize>,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    pub(crate) fn of(pages: &[Page]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut site = seed::generate(1, 1);
        let (template, first) = {
            let mut all = site.contents.values().filter(|content| content.kind == ContentKind::Page);
            (all.next().unwrap().clone(), site.next_id)
        };
        site.contents.clear();
        let mut numbers = BTreeMap::new();
        for ((number, page), id) in pages.iter().enumerate().zip(first..) {
            let mut content = template.clone();
            content.id = id;
            content.labels.clear();
            content.versions.truncate(1);
            for version in &mut content.versions {
                (version.title, version.body) = (page.title.clone(), storage(&page.body));
            }
            site.contents.insert(id, content);
            site.next_id = id + 1;
            numbers.insert(id, number);
        }
        let sandbox = runtime.block_on(Sandbox::start(SandboxOptions::new(site))).unwrap();
        Self { sandbox, pages: numbers, _runtime: runtime }
    }

    /// The pages that the site finds, best first.
    pub(crate) fn search(&self, words: &str, by: By) -> Vec<usize> {
        let Some(words) = Words::of(words) else { return Vec::new() };
        let clause = |field| Condition::Clause(Clause::contains(field, &words));
        let sought = match by {
            By::Text => clause("text"),
            By::TitleOrText => Condition::Any(vec![clause("title"), clause("text")]),
        };
        let of_kind = Condition::Clause(Clause::one_of("type", &["page", "blogpost"]));
        let cql = Query::from(Condition::All(vec![sought, of_kind])).to_string();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("cql", &cql)
            .append_pair("limit", &SHOWN.to_string())
            .finish();
        let found = self.answer(&format!("/wiki/rest/api/search?{query}"));
        let hits = found.get("results").and_then(Value::as_array).unwrap();
        let id = |hit: &Value| hit.pointer("/content/id").unwrap().as_str().unwrap().parse::<Id>().unwrap();
        hits.iter().map(|hit| *self.pages.get(&id(hit)).unwrap()).collect()
    }

    fn answer(&self, path: &str) -> Value {
        let address = self.sandbox.url().trim_start_matches("http://").to_owned();
        let mut stream = TcpStream::connect(&address).unwrap();
        let who = STANDARD.encode("admin@example.com:sandbox-token");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Basic {who}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

/// The same words in storage format.
fn storage(markdown: &str) -> String {
    let escaped = |line: &str| line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines = markdown.lines().map(|line| match line.strip_prefix("## ") {
        Some(heading) => format!("<h2>{}</h2>", escaped(heading)),
        None => format!("<p>{}</p>", escaped(line)),
    });
    lines.collect()
}
