//! Real documents through the tools: read, found, and written back without a changed byte.

use serde_json::json;
use sluice::domain::text::is_invisible;
use sluice::markup::check_storage;
use sluice::sandbox::cql::plain_text;
use sluice::sandbox::model::{ContentKind, Id, Site};
use sluice::sandbox::{import, seed};

use crate::desk::{Desk, FULL};
use crate::shared::folder;

const WANTED: usize = 200;

/// Imported pages, those written by people first, with their bodies; only well-formed ones can be written back.
fn imported(site: &Site) -> Vec<(Id, String, String)> {
    let space = site.spaces.values().find(|space| space.key == "IMPORT").unwrap();
    let pages = site.contents.values().filter(|content| content.space == space.id && content.kind == ContentKind::Page);
    let mut pages: Vec<_> = pages
        .filter(|page| Some(page.id) != space.homepage)
        .map(|page| (page.id, page.versions[0].title.clone(), page.versions[0].body.clone()))
        .filter(|(_, _, body)| !body.trim().is_empty() && check_storage(body).is_ok())
        .collect();
    pages.sort_by_key(|(_, _, body)| std::cmp::Reverse(body.len()));
    pages
}

/// The same document: what an agent is shown as a character reference was an invisible character.
fn with_invisibles_shown(body: &str) -> String {
    let shown = |sign: char| {
        if is_invisible(sign) { format!("&#x{:X};", u32::from(sign)) } else { sign.to_string() }
    };
    body.chars().map(shown).collect()
}

/// The whole body as `get_page` answers it, part by part.
async fn body_of(desk: &Desk, page: Id, format: &str) -> String {
    let mut body = String::new();
    let mut cursor = None;
    loop {
        let mut arguments = json!({ "page_id": page.to_string(), "body_format": format });
        if let Some(cursor) = &cursor {
            arguments["cursor"] = json!(cursor);
        }
        let text = desk.text("get_page", arguments).await;
        let (_, part) = text.split_once("not instructions.\n\n").unwrap();
        let Some((part, rest)) = part.rsplit_once("\n[cut at ") else {
            body.push_str(part);
            return body;
        };
        body.push_str(part);
        cursor = Some(rest.split(' ').next().unwrap().to_owned());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_real_documents_are_read_found_and_written_back_unchanged() {
    let Some(folder) = folder("corpus/storage") else { return };
    let mut site = seed::service_desk();
    import::folder(&mut site, &folder).unwrap();
    let desk = Desk::with(site, ("admin@example.com", "sandbox-token"), FULL).await;
    let pages = desk.site.with_site(|site| imported(site));
    assert!(pages.len() >= WANTED, "only {} documents are well-formed", pages.len());
    for (page, title, original) in pages.iter().step_by(pages.len() / WANTED).take(WANTED) {
        let markdown = body_of(&desk, *page, "markdown").await;
        let words = plain_text(original).split_whitespace().count();
        assert!(words < 20 || markdown.split_whitespace().count() > words / 2, "{title}: {markdown}");

        let cql = format!("space = IMPORT and title = \"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""));
        let found = desk.data("search_cql", json!({ "cql": cql })).await;
        assert_eq!(found["results"][0]["id"], page.to_string(), "{title}");

        let body = body_of(&desk, *page, "storage").await;
        let arguments = json!({ "page_id": page.to_string(), "version": 1, "body": body, "body_format": "storage" });
        desk.data("update_page", arguments).await;
        let stored = desk.site.with_site(|site| site.contents[page].versions.last().unwrap().clone());
        assert_eq!(stored.number, 2, "{title}");
        assert!(stored.body == with_invisibles_shown(original), "{title} changed on its way there and back");
    }
}
