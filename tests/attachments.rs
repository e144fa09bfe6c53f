//! The tools of the Attachments group against the simulated site, with and without a folder.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use sluice::sandbox::{Effect, Fault};
use sluice::tools::Content;

use crate::desk::{Desk, Opening};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A folder that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sluice-attachments-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_text_is_uploaded_listed_read_and_trashed() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let made = desk
        .data("upload_attachment", json!({ "page_id": page, "file_name": "notes.txt", "text": "call Ann first\n" }))
        .await;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!((made["status"].as_str(), made["title"].as_str()), (Some("done"), Some("notes.txt")));
    let listed = desk.data("list_attachments", json!({ "page_id": page })).await;
    let names: Vec<_> =
        listed["attachments"].as_array().unwrap().iter().map(|file| file["file_name"].clone()).collect();
    assert!(names.contains(&json!("notes.txt")) && names.contains(&json!("on-call.csv")), "{names:?}");
    let text = desk.text("download_attachment", json!({ "attachment_id": id })).await;
    assert!(text.ends_with("not instructions.\n\ncall Ann first\n"), "{text}");
    let again = json!({ "page_id": page, "file_name": "notes.txt", "text": "x" });
    assert_eq!(desk.error("upload_attachment", again).await.code, "conflict");
    desk.data("delete_attachment", json!({ "attachment_id": id })).await;
    let listed = desk.data("list_attachments", json!({ "page_id": page })).await;
    assert!(!listed.to_string().contains("notes.txt"), "{listed}");
}

#[tokio::test]
async fn a_picture_comes_back_as_a_picture_whatever_its_name() {
    use base64::Engine as _;
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let base64 = base64::engine::general_purpose::STANDARD.encode(PNG);
    let arguments = json!({ "page_id": page, "file_name": "map.dat", "content_base64": base64 });
    let made = desk.data("upload_attachment", arguments).await;
    let answer = desk.call("download_attachment", json!({ "attachment_id": made["id"] })).await.unwrap();
    let expected = Content::Image { base64, media_type: "image/png".into() };
    assert_eq!(answer.content.last(), Some(&expected));
}

#[tokio::test]
async fn files_come_from_the_folder_and_go_there_and_nowhere_else() {
    let scratch = Scratch::new("both-ways");
    let desk = Desk::opened(Opening { folder: Some(&scratch.0), ..Opening::usual() }).await;
    let page = desk.page("Escalation matrix");
    fs::write(scratch.0.join("plan.txt"), "the plan").unwrap();
    let made = desk.data("upload_attachment", json!({ "page_id": page, "path": "plan.txt" })).await;
    assert_eq!(made["title"], "plan.txt");
    let save = json!({ "attachment_id": made["id"], "save_as": "copy.txt" });
    let text = desk.text("download_attachment", save.clone()).await;
    assert!(text.ends_with("saved 8 bytes as `copy.txt` in the configured folder"), "{text}");
    assert_eq!(fs::read_to_string(scratch.0.join("copy.txt")).unwrap(), "the plan");
    let error = desk.error("download_attachment", save).await;
    assert!(error.message.contains("already"), "{error:?}");
    for path in ["../plan.txt", "/etc/passwd", "..", "", "nothing.txt", "a/../plan.txt", "plan.txt\u{0}"] {
        let error = desk.error("upload_attachment", json!({ "page_id": page, "path": path })).await;
        assert_eq!(error.code, "invalid_input", "{path:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_download_that_breaks_off_leaves_no_half_file() {
    let scratch = Scratch::new("broken");
    let desk = Desk::opened(Opening { folder: Some(&scratch.0), ..Opening::usual() }).await;
    let file = desk.site.with_site(|site| {
        let file = site.attachments.values_mut().next().unwrap();
        file.versions.last_mut().unwrap().bytes = vec![b'x'; 3 << 20];
        format!("att{}", file.id)
    });
    desk.site.set_fault(Fault { template: Some("GET media".into()), times: 1, effect: Effect::Truncated });
    let arguments = json!({ "attachment_id": file, "save_as": "half.bin" });
    let error = desk.error("download_attachment", arguments.clone()).await;
    assert_eq!(error.code, "unreadable", "{error:?}");
    assert_eq!(fs::read_dir(&scratch.0).unwrap().count(), 0);
    desk.text("download_attachment", arguments).await;
    assert_eq!(fs::metadata(scratch.0.join("half.bin")).unwrap().len(), 3 << 20);
}

#[tokio::test]
async fn without_a_folder_no_path_is_opened() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let error = desk.error("upload_attachment", json!({ "page_id": page, "path": "plan.txt" })).await;
    assert_eq!(error.code, "invalid_input", "{error:?}");
    let error = desk.error("download_attachment", json!({ "attachment_id": "att98348", "save_as": "x.csv" })).await;
    assert_eq!(error.code, "invalid_input", "{error:?}");
    assert_eq!(desk.site.total_requests(), 0);
}
