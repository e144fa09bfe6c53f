//! Hudu, against a stand-in written from its published API: articles with their contents, companies, folders.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sluice::sources::{Ended, Source, SourceKind};

use super::host::{Answer, Asked, Host, page};
use super::{Home, KEY, why};

type Shared = Arc<Mutex<Vec<Value>>>;

fn article(id: u64) -> Value {
    json!({
        "id": id, "name": format!("Article {id}"), "slug": format!("article-{id}"), "content": format!("<p>Text {id}</p>"),
        "url": format!("/kba/article-{id}"), "object_type": "Article", "company_id": 3, "folder_id": 8, "draft": false,
        "enable_sharing": false, "share_url": null, "archived": false,
        "created_at": "2025-12-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z",
    })
}

fn answer(articles: &[Value], asked: &Asked) -> Answer {
    let (number, size) = (asked.number("page", 1), asked.number("page_size", 25));
    assert!(size <= 1000 && number > 0);
    let parts: Vec<&str> = asked.path.trim_start_matches("/api/v1/").split('/').collect();
    let listed = |name: &str, all: &[Value]| Answer::Json(json!({ name: page(all, number, size) }));
    match parts.as_slice() {
        ["articles"] => listed("articles", articles),
        ["articles", id] => {
            let found = articles.iter().find(|article| id.parse().is_ok_and(|id: u64| article["id"] == id));
            found.map_or(Answer::Status(404), |article| Answer::Json(json!({ "article": article })))
        }
        ["companies"] => listed(
            "companies",
            &[
                json!({ "id": 3, "name": "Acme", "slug": "acme", "archived": false }),
                json!({ "id": 4, "name": "Gone", "archived": true }),
                json!({ "id": "broken" }),
            ],
        ),
        ["folders"] => listed(
            "folders",
            &[
                json!({ "id": 7, "name": "Network", "company_id": 3, "parent_folder_id": null }),
                json!({ "id": 8, "name": "VPN", "company_id": 3, "parent_folder_id": 7 }),
            ],
        ),
        _ => Answer::Status(404),
    }
}

async fn start(articles: Vec<Value>) -> (Home, Host, Arc<dyn Source>, Shared) {
    let site = Arc::new(Mutex::new(articles));
    let own = Arc::clone(&site);
    let host = Host::start(move |asked| answer(&own.lock().unwrap(), asked)).await;
    let home = Home::new().await;
    let source = home.make(SourceKind::Hudu, &host.address, KEY).unwrap();
    (home, host, source, site)
}

/// The same with other values.
fn with(mut article: Value, mut values: Value) -> Value {
    article.as_object_mut().unwrap().append(values.as_object_mut().unwrap());
    article
}

#[tokio::test]
async fn articles_of_companies_and_of_everybody_are_copied_and_drafts_and_archived_ones_are_not() {
    let (home, host, source, _site) = start(vec![
        article(1),
        with(article(2), json!({ "company_id": null, "folder_id": null, "url": "https://docs.example.com/kba/x" })),
        with(article(3), json!({ "draft": true })),
        with(article(4), json!({ "archived": true })),
        with(article(5), json!({ "company_id": 4 })),
        with(article(6), json!({ "company_id": 99, "name": null, "content": null, "updated_at": null })),
    ])
    .await;
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.copied, home.ids()), (3, ["1", "2", "6"].map(str::to_owned).into()));
    let copy = home.copy("1");
    assert_eq!((copy.title.as_str(), copy.body.as_str(), copy.space.key.as_str()), ("Article 1", "Text 1", "Acme"));
    assert_eq!((copy.breadcrumb, copy.ancestors), (vec!["Network".into(), "VPN".into()], vec!["7".into(), "8".into()]));
    assert_eq!(copy.url, format!("{}/kba/article-1", host.address));
    assert_eq!(home.copy("2").space.name, "Global knowledge base");
    assert_eq!(home.copy("2").url, "https://docs.example.com/kba/x");
    assert_eq!((home.copy("6").space.name.as_str(), home.copy("6").title.as_str()), ("company 99", "6"));
}

#[tokio::test]
async fn pages_of_articles_are_gone_through_and_only_what_changed_is_copied_again() {
    let (home, host, source, site) = start((1..=130).map(article).collect()).await;
    assert_eq!(home.filled(&source).await.copied, 130);
    assert_eq!(host.times("articles"), 7);
    home.copies.puts();
    assert_eq!((home.filled(&source).await.copied, home.copies.puts()), (0, 0));
    {
        let mut site = site.lock().unwrap();
        site[5] = with(site[5].clone(), json!({ "content": "<h1>New</h1>" }));
        site[6] = with(site[6].clone(), json!({ "archived": true }));
        site.remove(100);
    }
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.copied, outcome.removed, home.copies.puts()), (1, 2, 1));
    assert_eq!((home.copy("6").body.as_str(), home.ids().len()), ("# New", 128));
}

#[tokio::test]
async fn a_wrong_key_and_a_missing_right_are_told_apart_and_names_are_not_needed() {
    let (home, host, source, _site) = start(vec![article(1)]).await;
    let stranger = home.make(SourceKind::Hudu, &host.address, "other").unwrap();
    let told = stranger.check().await.unwrap_err().to_string();
    assert!(told.contains("status 401") && told.contains("API Keys") && !told.contains("canary"), "{told}");
    host.next("articles", 1, Answer::Status(403));
    let told = source.check().await.unwrap_err().to_string();
    assert!(told.starts_with("its key may not read articles (status 403)"), "{told}");
    host.next("companies", 1, Answer::Status(403));
    let checked = source.check().await.unwrap();
    assert!(checked.lacking.len() == 1 && checked.lacking[0].starts_with("the names of companies cannot be read"));
    host.next("companies", 9, Answer::Status(403));
    host.next("folders", 9, Answer::Status(401));
    home.filled(&source).await;
    assert_eq!((home.copy("1").space.name.as_str(), home.copy("1").breadcrumb.len()), ("company 3", 0));
}

#[tokio::test]
async fn too_many_questions_pause_a_run_and_too_many_pauses_end_it_until_the_next() {
    let (home, host, source, _site) = start((1..=30).map(article).collect()).await;
    host.next("articles", 2, Answer::Busy(Some("41")));
    host.next("articles", 1, Answer::Busy(None));
    home.filled(&source).await;
    assert_eq!(home.clock.pauses(), [41, 41, 60]);
    host.next("articles", usize::MAX, Answer::Busy(None));
    assert!(why(&home.fill(&source).await).contains("takes no more requests for now"));
    assert_eq!(home.clock.pauses(), [15, 30, 60, 120, 240, 300, 300, 300]);
    host.as_usual();
    home.filled(&source).await;
}

#[tokio::test]
async fn one_article_that_breaks_its_page_is_found_and_left_out() {
    let articles: Vec<Value> = (1..=60).map(article).collect();
    let whole = articles.clone();
    let host = Host::start(move |asked| {
        let (number, size) = (asked.number("page", 1), asked.number("page_size", 25));
        let holds = |at: usize| ((number - 1) * size..number * size).contains(&at);
        match asked.path.as_str() {
            "/api/v1/articles" if holds(32) => Answer::Status(500),
            "/api/v1/articles" if holds(47) => Answer::Endless,
            _ => answer(&whole, asked),
        }
    })
    .await;
    let home = Home::new().await;
    let source = home.make(SourceKind::Hudu, &host.address, KEY).unwrap();
    let outcome = home.fill(&source).await;
    assert_eq!((outcome.ended, outcome.copied, outcome.removed), (Ended::WithHoles, 58, 0));
    let whats: Vec<&str> = outcome.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(whats, ["article number 33", "article number 48"]);
    assert!(outcome.problems[1].why.contains("longer than 33554432 bytes"), "{:?}", outcome.problems);
    assert!(!home.ids().contains(&"33".to_owned()) && home.ids().contains(&"34".to_owned()));
}

#[tokio::test]
async fn garbage_spoils_neither_its_neighbours_nor_the_copy_from_before() {
    let (home, _host, source, site) = start((1..=5).map(article).collect()).await;
    home.filled(&source).await;
    site.lock().unwrap()[1] = json!({ "id": 2, "name": ["no", "text"] });
    let outcome = home.filled(&source).await;
    assert_eq!((outcome.errors, outcome.problems[0].what.as_str(), home.copy("2").body.as_str()), (1, "`2`", "Text 2"));
    for garbage in [json!({ "name": "no id" }), json!(null), json!(7)] {
        site.lock().unwrap()[1] = garbage;
        assert_eq!(home.fill(&source).await.ended, Ended::WithHoles);
        assert_eq!(home.ids().len(), 5);
    }
    site.lock().unwrap().truncate(1);
    home.filled(&source).await;
    assert_eq!(home.ids(), ["1"]);
}

#[tokio::test]
async fn answers_that_are_none_end_a_run_with_a_sentence_and_without_a_word_of_theirs() {
    let (home, host, source, _site) = start(vec![article(1)]).await;
    host.next("articles", 1, Answer::Redirect("https://evil.example.com/".into()));
    assert!(why(&home.fill(&source).await).contains("status 302"));
    let same = json!({ "articles": (1..=25).map(article).collect::<Vec<_>>() });
    host.next("articles", usize::MAX, Answer::Json(same));
    assert!(why(&home.fill(&source).await).contains("its list does not end: two pages are the same"));
    host.as_usual();
    for answer in [Answer::Text("<html>canary".into()), Answer::Json(json!({ "canary": [] })), Answer::Status(503)] {
        host.next("articles", usize::MAX, answer);
        let outcome = home.fill(&source).await;
        assert!(!format!("{outcome:?}").contains("canary"), "{outcome:?}");
        assert!(!outcome.is_complete());
        host.as_usual();
    }
    home.filled(&source).await;
}

#[tokio::test]
async fn an_article_of_five_megabytes_is_copied_and_hostile_html_is_harmless() {
    let hostile = "<script>steal()</script><p style='display:none'>obey</p><p>Seen\u{202e}</p><img src=x onerror=steal()>\
        <a href='javascript:steal()'>link</a><iframe src='https://evil.example'></iframe>";
    let deep = "<div>".repeat(200_000) + "deep";
    let (home, _host, source, _site) = start(vec![
        with(article(1), json!({ "content": format!("<p>{}</p>", "words and ".repeat(1_000)).repeat(520) })),
        with(article(2), json!({ "content": hostile, "url": "javascript:steal()", "name": "A\u{200b}\nB" })),
        with(article(3), json!({ "content": deep })),
    ])
    .await;
    assert_eq!(home.filled(&source).await.copied, 3);
    assert!(home.copy("1").body.len() > 5_000_000);
    let copy = home.copy("2");
    for word in ["steal", "obey", "\u{202e}", "iframe"] {
        assert!(!copy.body.contains(word) && !copy.url.contains(word), "{word}: {}", copy.body);
    }
    assert!(copy.body.contains("Seen") && copy.body.contains("link"), "{}", copy.body);
    assert_eq!(copy.title, "A B");
}
