//! Real documents are taken, served and given back byte for byte.

use serde_json::json;

use crate::shared::folder;
use crate::small_site::{Person, start};

/// Every fourth document goes through, more than two hundred in all.
const STEP: usize = 4;
/// The one document that no Confluence would take: its `<meta>` is never closed.
const MALFORMED: &str = "1355-source-code-format-transformed";

fn documents() -> Vec<String> {
    let Some(folder) = folder("corpus/storage") else { return Vec::new() };
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let whole = paths.into_iter().filter(|path| !path.display().to_string().contains(MALFORMED));
    whole.step_by(STEP).map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[tokio::test]
async fn a_real_document_is_kept_byte_for_byte() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let mut refused = Vec::new();
    for (number, body) in documents().into_iter().enumerate() {
        let storage = json!({ "representation": "storage", "value": body });
        let version = json!({ "number": sandbox.with_site(|site| site.contents[&1001].versions.len()) + 1 });
        let edit =
            json!({ "id": "1001", "status": "current", "title": "Runbook 1", "body": storage, "version": version });
        let (status, saved) = admin.send("PUT", "/wiki/api/v2/pages/1001", edit).await;
        if status != 200 {
            refused.push(format!("{number}: {saved}"));
            continue;
        }
        let (_, page) = admin.get("/wiki/api/v2/pages/1001?body-format=storage").await;
        assert_eq!(page["body"]["storage"]["value"].as_str(), Some(body.as_str()));
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
