//! Recognises the deletion of a space in any spelling, so that none can slip through unnoticed.

use axum::http::HeaderMap;

use crate::sandbox::server::routes::decode;

/// Headers by which some servers let a request change its method.
const OVERRIDES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];
/// Where the site answers GraphQL: the last segment of an address.
const GRAPHQL: [&str; 2] = ["graphql", "cgraphql"];
/// Actions outside the REST interface that delete a space.
const ACTIONS: [&str; 5] = ["harddeletespace", "softdeletespace", "deletespace", "removespace", "doremovespace"];

/// The key of the space that this request would delete, however it is spelled.
pub(crate) fn space_key(method: &str, path: &str, query: &str, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let segments = plain_segments(path);
    let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    if deletes(method, query, headers) {
        let end: Vec<&str> = lower.iter().map(String::as_str).rev().take(4).collect();
        if let [_, "space", "api" | "1.0" | "latest" | "rest", ..] = end.as_slice() {
            return segments.last().cloned();
        }
    }
    let last = lower.last()?;
    let other_door =
        GRAPHQL.contains(&last.as_str()) || lower.iter().any(|segment| segment == "rpc") || last.ends_with(".action");
    if !other_door {
        return None;
    }
    let text = format!("{last} {query} {}", String::from_utf8_lossy(body)).to_ascii_lowercase();
    ACTIONS.iter().any(|action| text.contains(action)).then(|| "another way".to_owned())
}

fn deletes(method: &str, query: &str, headers: &HeaderMap) -> bool {
    let is_delete = |word: &str| word.eq_ignore_ascii_case("delete");
    is_delete(method)
        || OVERRIDES.iter().any(|name| headers.get(*name).and_then(|value| value.to_str().ok()).is_some_and(is_delete))
        || url::form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "_method" && is_delete(&value))
}

/// The segments of a path after decoding twice and dropping parameters, empty segments and dots.
fn plain_segments(path: &str) -> Vec<String> {
    let decoded = decode(path).and_then(|once| decode(&once)).unwrap_or_else(|| path.to_owned());
    let mut segments: Vec<String> = Vec::new();
    for segment in decoded.split(['/', '\\']) {
        match segment.split(';').next().unwrap_or_default().trim() {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment.to_owned()),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(method: &str, path: &str) -> Option<String> {
        space_key(method, path, "", &HeaderMap::new(), b"")
    }

    #[test]
    fn every_spelling_of_a_space_delete_is_recognised() {
        for path in [
            "/wiki/rest/api/space/ITSD",
            "/rest/api/space/ITSD",
            "/ex/confluence/cloud/wiki/rest/api/space/ITSD",
            "/wiki/rest/api/space/ITSD/",
            "//wiki//rest//api//space//ITSD",
            "/wiki/rest/api/space;x=1/ITSD",
            "/wiki/rest/api/sp%61ce/ITSD",
            "/wiki/rest/api/sp%2561ce/ITSD",
            "/wiki/rest/api/label/../space/ITSD",
            "/wiki/rest/api%2Fspace%2FITSD",
            "/wiki/REST/API/Space/ITSD",
        ] {
            assert_eq!(key("DELETE", path).as_deref(), Some("ITSD"), "{path}");
        }
        assert_eq!(key("delete", "/wiki/rest/api/space/ITSD").as_deref(), Some("ITSD"));
    }

    #[test]
    fn what_stands_below_a_space_is_not_the_space() {
        assert_eq!(key("DELETE", "/wiki/rest/api/space/ITSD/label"), None);
        assert_eq!(key("PUT", "/wiki/rest/api/space/ITSD"), None);
        assert_eq!(key("DELETE", "/wiki/api/v2/pages/1"), None);
        assert_eq!(key("DELETE", "/wiki/rest/api/content/1/label/doremovespace-graphql"), None);
    }
}
