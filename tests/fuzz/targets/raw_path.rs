//! Holds any method and path against the table of operations: no panic, one reading, and never the delete of a space.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Map;
use sluice::confluence::request::raw;
use sluice::domain::access::{Create, Delete, Read, Update};
use sluice::published::{Verdict, matched, segments};
use sluice::sandbox::reads_as_space_delete;

fuzz_target!(|text: &str| {
    let (method, path) = text.split_once(' ').unwrap_or(("DELETE", text));
    let Ok(matched) = matched(method, path, &Map::new(), None) else { return };
    assert!(!reads_as_space_delete(method, path, ""));
    let row = matched.row();
    assert_eq!(row.verdict, Verdict::Allow);
    let built = [
        raw::request::<Read>(&matched).map(|request| request.path().to_owned()),
        raw::request::<Create>(&matched).map(|request| request.path().to_owned()),
        raw::request::<Update>(&matched).map(|request| request.path().to_owned()),
        raw::request::<Delete>(&matched).map(|request| request.path().to_owned()),
    ];
    let built: Vec<String> = built.into_iter().flatten().collect();
    assert_eq!(built.len(), 1);
    let sent = &built[0];
    assert!(!reads_as_space_delete(method, sent, ""), "{sent}");
    assert!(sent.starts_with("/wiki/") && sent.split('/').count() == row.template.split('/').count(), "{sent}");
    assert!(sent.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/%-_~".contains(&byte)), "{sent}");
    assert_eq!(segments(path).unwrap().len(), row.template.split('/').count() - 1);
});
