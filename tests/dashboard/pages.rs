//! The page of a write: hostile words stay words, and opening it changes nothing.

use serde_json::json;

use super::{ADA, House};

pub(super) const PAYLOADS: [&str; 20] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "</pre><script>alert(1)</script>",
    "</code></p><iframe src=javascript:alert(1)>",
    "<svg/onload=alert(1)>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "<a href=\"javascript:alert(1)\">here</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<base href=//evil.com>",
    "<meta http-equiv=refresh content=0;url=//evil.com>",
    "<link rel=stylesheet href=//evil.com>",
    "<form action=//evil.com><button>approve",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "`\"'<>&",
    "\u{202e}<tpircs>\u{200b}",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<plaintext>",
];

/// What stands between the tags of a page; none of ours has anything of others in it but in quotation marks.
fn bare(page: &str) -> String {
    let (_, main) = page.split_once("<main").unwrap();
    let mut text = String::new();
    let mut inside = true;
    for sign in main.chars() {
        match sign {
            '<' if inside => panic!("a tag in a tag: {main}"),
            '<' => inside = true,
            '>' if inside => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text
}

#[tokio::test]
async fn hostile_titles_bodies_and_names_are_shown_as_what_they_are() {
    let house = House::open().await;
    let mut tags = None;
    for payload in PAYLOADS {
        // A title is visible; names of agents and bodies need not be.
        let title = payload.replace(['\u{202e}', '\u{200b}'], "");
        let arguments = json!({ "space": "IT", "title": title, "body": format!("~~~\n{payload}\n~~~") });
        let record = house.asks(payload, "create_page", arguments).await;
        let page = house.get(&format!("/approvals/{}", record.asked.id), ADA).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"), "{page:?}");
        let bare = bare(&page.body);
        for sign in ['<', '>', '"', '\'', '\u{202e}', '\u{200b}'] {
            assert!(!bare.contains(sign), "{payload}: {sign:?} in {bare}");
        }
        let escaped = |text: &str| text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
        let plain = !payload.contains(['"', '\'', '`', '\u{202e}']);
        assert!(!plain || page.body.contains(&escaped(payload)), "{payload} in {}", page.body);
        // Not one element more than for any other payload.
        let count = page.body.matches('<').count();
        assert_eq!(*tags.get_or_insert(count), count, "{}", page.body);
        let json = house.get(&format!("/api/approvals/{}", record.asked.id), ADA).await;
        assert_eq!(json.header("content-type"), Some("application/json"));
    }
    house.close().await;
}

#[tokio::test]
async fn opening_prefetching_or_heading_a_link_changes_nothing() {
    let house = House::unguarded().await;
    let record = house.waits("New here").await;
    let id = &record.asked.id;
    let before = house.record(&record).await;
    for method in ["GET", "HEAD"] {
        for path in ["/approvals/{}", "/api/approvals/{}", "/api/approvals/{}/approve", "/api/approvals/{}/deny"] {
            let path = path.replace("{}", id.as_str());
            let answer = house.ask(method, &path, "purpose: prefetch\r\nsec-fetch-site: cross-site\r\n", "").await;
            assert!([200, 303, 405].contains(&answer.status), "{method} {path} {answer:?}");
        }
    }
    assert_eq!(house.record(&record).await, before);
    house.close().await;
}

#[tokio::test]
async fn without_proof_the_page_of_any_write_is_the_same() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    for path in [format!("/approvals/{}", record.asked.id), "/approvals/ap-00000000000000000000000000".into()] {
        let answer = house.get(&path, "").await;
        assert_eq!((answer.status, answer.header("location"), &*answer.body), (303, Some("/sign-in"), ""));
    }
    house.close().await;
}
