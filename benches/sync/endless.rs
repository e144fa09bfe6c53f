//! A site whose pages are made up when they are asked for, in the form of those answers that a sync reads.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{RawQuery, State};
use axum::http::Uri;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::site::{Site, obey};

/// Pages of a space.
const OF_SPACE: u64 = 1_000;
/// The id of the first space, before that of the first page.
const FIRST_SPACE: u64 = 100_000;
const FIRST_PAGE: u64 = 10_000_000;
/// Every so many pages one has a file.
const FILE_EVERY: u64 = 10;
/// People who write.
const PEOPLE: u64 = 500;

#[derive(Clone)]
struct Endless {
    pages: u64,
    requests: Arc<AtomicU64>,
}

/// What was asked, word by word.
struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(query: Option<String>) -> Self {
        Self(url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Numbers with commas between them, or each under the name.
    fn numbers(&self, name: &str) -> Vec<u64> {
        let values = self.0.iter().filter(|(key, _)| key == name);
        values.flat_map(|(_, value)| value.split(',')).map(|number| number.parse().unwrap()).collect()
    }

    fn cursor(&self) -> u64 {
        self.one("cursor").map_or(0, |cursor| cursor.parse().unwrap())
    }

    fn limit(&self) -> u64 {
        self.one("limit").map_or(25, |limit| limit.parse().unwrap())
    }
}

/// Is the site until nobody tells it anything any more.
pub(crate) async fn serve(pages: usize) {
    let site = Endless { pages: pages as u64, requests: Arc::default() };
    let api = Router::new()
        .route("/api/v2/spaces", get(spaces))
        .route("/api/v2/pages", get(documents))
        .route("/api/v2/blogposts", get(nothing))
        .route("/api/v2/attachments", get(files))
        .route("/api/v2/users-bulk", post(people))
        .route("/rest/api/content/search", get(details))
        .route("/rest/api/search", get(count))
        .with_state(site.clone());
    let gateway = format!("/ex/confluence/{}/wiki", Site::CLOUD_ID);
    let whole = Router::new().nest(&gateway, api).fallback(unknown);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    #[expect(clippy::disallowed_methods, reason = "it ends with the process")]
    tokio::spawn(async move { axum::serve(listener, whole).await });
    obey(|words| match words {
        ["documents"] => site.pages,
        ["asked", _] => site.requests.load(Ordering::Relaxed),
        _ => panic!("{words:?}"),
    })
    .await;
}

async fn unknown(uri: Uri) -> String {
    panic!("nothing answers {uri}")
}

/// A part of a list, and where it goes on.
fn part(results: &[Value], next: Option<u64>) -> Json<Value> {
    let links = match next {
        Some(next) => json!({ "next": format!("/wiki/api/v2/again?cursor={next}"), "base": "http://127.0.0.1/wiki" }),
        None => json!({ "base": "http://127.0.0.1/wiki" }),
    };
    Json(json!({ "results": results, "_links": links }))
}

impl Endless {
    fn spaces(&self) -> u64 {
        self.pages.div_ceil(OF_SPACE)
    }

    /// The pages of a space, by number.
    fn of_space(&self, space: u64) -> std::ops::Range<u64> {
        let begin = (space - FIRST_SPACE) * OF_SPACE;
        begin..(begin + OF_SPACE).min(self.pages)
    }
}

async fn spaces(State(site): State<Endless>, RawQuery(query): RawQuery) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    let asked = Asked::of(query);
    if asked.one("type").is_some_and(|kind| kind != "global") {
        return part(&[], None);
    }
    let begin = asked.cursor();
    let end = (begin + asked.limit()).min(site.spaces());
    let space = |number: u64| {
        json!({
            "id": (FIRST_SPACE + number).to_string(), "key": format!("S{number}"), "name": format!("Space {number}"),
            "type": "global", "status": "current", "authorId": account(number), "createdAt": "2024-01-01T00:00:00.000Z",
            "homepageId": (FIRST_PAGE + number * OF_SPACE).to_string(), "_links": { "webui": format!("/spaces/S{number}") },
        })
    };
    part(&(begin..end).map(space).collect::<Vec<_>>(), (end < site.spaces()).then_some(end))
}

async fn documents(State(site): State<Endless>, RawQuery(query): RawQuery) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    let asked = Asked::of(query);
    let with_body = asked.one("body-format").is_some();
    let ids = asked.numbers("id");
    if !ids.is_empty() {
        let found: Vec<Value> = ids.into_iter().map(|id| document(id - FIRST_PAGE, with_body)).collect();
        return part(&found, None);
    }
    let spaces = asked.numbers("space-id");
    let count: u64 = spaces.iter().map(|space| site.of_space(*space).count() as u64).sum();
    let (begin, limit) = (asked.cursor(), asked.limit());
    let end = (begin + limit).min(count);
    let in_order = |number: u64| {
        let space = spaces.get(usize::try_from(number / OF_SPACE).unwrap()).unwrap();
        site.of_space(*space).start + number % OF_SPACE
    };
    // Latest change first: later pages of a list were changed later.
    let is_latest_first = asked.one("sort") == Some("-modified-date");
    let number = |at: u64| in_order(if is_latest_first { count - 1 - at } else { at });
    part(&(begin..end).map(|at| document(number(at), with_body)).collect::<Vec<_>>(), (end < count).then_some(end))
}

async fn nothing(State(site): State<Endless>) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    part(&[], None)
}

async fn files(State(site): State<Endless>, RawQuery(query): RawQuery) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    let asked = Asked::of(query);
    let count = site.pages / FILE_EVERY;
    let begin = asked.cursor();
    let end = (begin + asked.limit()).min(count);
    let is_latest_first = asked.one("sort") == Some("-modified-date");
    let number = |at: u64| if is_latest_first { count - 1 - at } else { at };
    let file = |at: u64| {
        let page = number(at) * FILE_EVERY;
        json!({
            "id": format!("att{}", FIRST_PAGE * 10 + page), "status": "current", "title": format!("drawing-{page}.png"),
            "pageId": (FIRST_PAGE + page).to_string(), "mediaType": "image/png", "fileSize": 10_000 + page,
            "webuiLink": format!("/pages/viewpageattachments.action?pageId={}", FIRST_PAGE + page),
            "createdAt": moment(page), "version": version(page),
        })
    };
    part(&(begin..end).map(file).collect::<Vec<_>>(), (end < count).then_some(end))
}

async fn people(State(site): State<Endless>, Json(asked): Json<Value>) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    let accounts = asked["accountIds"].as_array().unwrap();
    let person = |account: &Value| {
        let name = account.as_str().unwrap().replace(':', " ");
        json!({ "accountId": account, "accountType": "atlassian", "accountStatus": "active", "displayName": name, "publicName": name })
    };
    part(&accounts.iter().map(person).collect::<Vec<_>>(), None)
}

async fn details(State(site): State<Endless>, RawQuery(query): RawQuery) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    let asked = Asked::of(query);
    let ids = asked.one("cql").unwrap().trim_start_matches("id in (").trim_end_matches(')').to_owned();
    let none = json!({ "results": [], "start": 0, "limit": 200, "size": 0 });
    let detail = |id: &str| {
        let number: u64 = id.parse().unwrap();
        let label = |name: String| json!({ "prefix": "global", "name": name, "id": "1", "label": name });
        let labels =
            (0..number % 3).map(|label_number| label(format!("label-{}", (number / 3 + label_number) % 1_000)));
        let labels: Vec<Value> = labels.collect();
        json!({
            "id": id, "type": "page", "status": "current",
            "metadata": { "labels": { "results": labels, "start": 0, "limit": 200, "size": labels.len() } },
            "restrictions": { "read": { "operation": "read", "restrictions": { "user": none, "group": none } } },
        })
    };
    let hits: Vec<Value> = ids.split(',').map(detail).collect();
    Json(json!({ "results": hits, "start": 0, "limit": 250, "size": hits.len(), "_links": {} }))
}

async fn count(State(site): State<Endless>, RawQuery(query): RawQuery) -> Json<Value> {
    site.requests.fetch_add(1, Ordering::Relaxed);
    let asked = Asked::of(query);
    let keys = asked.one("cql").unwrap().matches('"').count() as u64 / 2;
    Json(json!({ "results": [], "start": 0, "limit": 1, "size": 0, "totalSize": (keys * OF_SPACE).min(site.pages) }))
}

fn account(number: u64) -> String {
    format!("712020:person-{}", number % PEOPLE)
}

fn moment(number: u64) -> String {
    let at = jiff::Timestamp::from_second(1_700_000_000 + i64::try_from(number).unwrap()).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn version(number: u64) -> Value {
    json!({ "number": 1 + number % 5, "createdAt": moment(number), "message": "", "minorEdit": false, "authorId": account(number / 7) })
}

fn document(number: u64, with_body: bool) -> Value {
    let within = number % OF_SPACE;
    let parent = (within > 0).then(|| (FIRST_PAGE + number - within + within / 10).to_string());
    let space = number / OF_SPACE;
    let body = if with_body {
        json!({ "storage": { "representation": "storage", "value": body(number) } })
    } else {
        json!({})
    };
    json!({
        "id": (FIRST_PAGE + number).to_string(), "status": "current", "title": title(number),
        "spaceId": (FIRST_SPACE + space).to_string(), "authorId": account(number), "createdAt": moment(number),
        "version": version(number), "body": body, "parentId": parent,
        "parentType": parent.as_ref().map(|_| "page"), "position": within, "ownerId": account(number),
        "_links": { "webui": format!("/spaces/S{space}/pages/{}/x", FIRST_PAGE + number) },
    })
}

fn title(number: u64) -> String {
    let mut random = fastrand::Rng::with_seed(number);
    format!("{} {} {} {number}", word(&mut random), word(&mut random), word(&mut random))
}

/// About two kilobytes in storage format.
fn body(number: u64) -> String {
    let mut random = fastrand::Rng::with_seed(number ^ 0x5eed);
    let mut body = String::with_capacity(2_400);
    for section in 0..3 {
        body.extend(["<h2>", &word(&mut random), " ", &word(&mut random), "</h2><p>"]);
        for _ in 0..40 {
            body.extend([&word(&mut random), " "]);
        }
        body.push_str("</p><ul>");
        for _ in 0..4 {
            body.extend([
                "<li><p>",
                &word(&mut random),
                " <code>srv-",
                &(number + section).to_string(),
                ".acme.local</code></p></li>",
            ]);
        }
        body.push_str("</ul>");
    }
    body
}

/// A word of a language with few frequent and many rare words.
fn word(random: &mut fastrand::Rng) -> String {
    const SYLLABLES: [&str; 20] = [
        "ra", "ne", "to", "li", "ser", "con", "ma", "de", "pro", "ti", "vel", "kan", "mo", "dis", "fu", "ger", "per",
        "sol", "bin", "tex",
    ];
    // Squared twice, small numbers are frequent.
    let share = random.f64().powi(4);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 60,000")]
    let mut left = (share * 60_000.0) as usize + 20;
    let mut word = String::new();
    while left > 0 {
        word.push_str(SYLLABLES[left % 20]);
        left /= 20;
    }
    word
}
