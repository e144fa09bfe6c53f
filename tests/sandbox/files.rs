//! Uploads, and downloads by way of the second host.

use serde_json::json;

use crate::small_site::{Person, read, start, start_with};

fn form(name: &str, bytes: &'static [u8]) -> reqwest::multipart::Form {
    let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned()).mime_str("text/plain").unwrap();
    reqwest::multipart::Form::new().part("file", part).text("minorEdit", "true")
}

const FILES: &str = "/wiki/rest/api/content/1001/child/attachment";

#[tokio::test]
async fn an_upload_needs_the_header_that_no_browser_sends() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let (status, answer) = read(admin.request("POST", FILES).multipart(form("a.txt", b"a"))).await;
    assert_eq!(status, 403);
    assert!(answer["message"].as_str().unwrap().contains("XSRF check failed"));
    for token in ["nocheck", "no-check"] {
        let request = admin.request("PUT", FILES).header("X-Atlassian-Token", token).multipart(form("a.txt", b"a"));
        assert_eq!(read(request).await.0, 200);
    }
    assert_eq!(admin.send("POST", FILES, json!({})).await.0, 415);
}

#[tokio::test]
async fn a_taken_name_is_refused_by_post_and_versioned_by_put() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let upload = |method: &str| {
        admin.request(method, FILES).header("X-Atlassian-Token", "nocheck").multipart(form("notes.txt", b"again"))
    };
    assert_eq!(read(upload("POST")).await.0, 400);
    let (status, list) = read(upload("PUT")).await;
    assert_eq!((status, &list["results"][0]["version"]["number"]), (200, &json!(2)));
    let (_, file) = admin.get("/wiki/api/v2/attachments/att4000").await;
    assert_eq!((&file["fileSize"], &file["pageId"]), (&json!(5), &json!("1001")));
}

#[tokio::test]
async fn a_download_is_one_hop_to_a_host_that_refuses_our_credentials() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let hop = admin.request("GET", &format!("{FILES}/att4000/download")).send().await.unwrap();
    assert_eq!(hop.status(), 302);
    let location = hop.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.starts_with(&sandbox.media_url()) && location.contains("token="), "{location}");
    let file = admin.client.get(&location).send().await.unwrap();
    assert_eq!((file.status().as_u16(), file.bytes().await.unwrap().as_ref()), (200, b"hello".as_slice()));
    assert_eq!(read(admin.client.get(&location).bearer_auth("sandbox-token")).await.0, 403);
    assert_eq!(read(admin.client.get(location.replace("/4000/", "/4001/"))).await.0, 401);
    assert_eq!(read(admin.client.get(location.split('?').next().unwrap())).await.0, 401);
    sandbox.with_site(|site| site.attachments.remove(&4000));
    assert_eq!(read(admin.client.get(&location)).await.0, 404);
}

#[tokio::test]
async fn a_signed_address_expires() {
    let sandbox = start_with(|options| {
        let ticks = std::sync::atomic::AtomicI64::new(crate::small_site::START);
        let next = move || ticks.fetch_add(700, std::sync::atomic::Ordering::SeqCst);
        options.clock = std::sync::Arc::new(move || jiff::Timestamp::from_second(next()).unwrap());
    })
    .await;
    let admin = Person::admin(&sandbox);
    let hop = admin.request("GET", &format!("{FILES}/att4000/download")).send().await.unwrap();
    assert_eq!(read(admin.client.get(hop.headers()["location"].to_str().unwrap())).await.0, 403);
}
