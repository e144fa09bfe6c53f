//! What the fuzzer of paths has found worth keeping is read one way, and none of it deletes a space.

use serde_json::Map;
use sluice::confluence::request::raw;
use sluice::domain::access::{Create, Delete, Read, Update};
use sluice::published::{Verdict, matched, segments};
use sluice::sandbox::reads_as_space_delete;

const KEPT: &str = include_str!("../fuzz/kept/raw_path.txt");

#[test]
fn whatever_the_fuzzer_kept_is_read_in_one_way_and_deletes_no_space() {
    let mut let_through = 0;
    for text in KEPT.lines() {
        let (method, path) = text.split_once(' ').unwrap_or(("DELETE", text));
        let Ok(matched) = matched(method, path, &Map::new(), None) else { continue };
        let_through += 1;
        assert!(!reads_as_space_delete(method, path, ""), "{text}");
        assert_eq!(matched.row().verdict, Verdict::Allow, "{text}");
        let built = [
            raw::request::<Read>(&matched).map(|request| request.path().to_owned()),
            raw::request::<Create>(&matched).map(|request| request.path().to_owned()),
            raw::request::<Update>(&matched).map(|request| request.path().to_owned()),
            raw::request::<Delete>(&matched).map(|request| request.path().to_owned()),
        ];
        let built: Vec<String> = built.into_iter().flatten().collect();
        assert_eq!(built.len(), 1, "{text}");
        assert!(!reads_as_space_delete(method, &built[0], ""), "{text}");
        assert_eq!(segments(path).unwrap().len(), matched.row().template.split('/').count() - 1, "{text}");
    }
    assert!(let_through > 100, "{let_through}");
}
