//! The last check before the wire: whatever built a URL, it deletes no space and leaves the two REST APIs for nothing.

use url::Url;

use crate::confluence::address::Address;
use crate::confluence::failure::Failure;
use crate::confluence::request::Method;
use crate::published::{self, Verdict};

/// Refuses what no profile can allow. `path` is what the request asked for; the URL must say exactly that.
pub(super) fn check(method: Method, path: &str, url: &Url, address: &Address) -> Result<(), Failure> {
    let refuse = |why| Err(Failure::Refused { why });
    let Some(inner) = url.path().strip_prefix(address.prefix()) else {
        return refuse("the address is not below the site's");
    };
    if inner != path || !address.is_origin_of(url) {
        return refuse("the address changed while it was built");
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refuse("the address carries more than a path and a query");
    }
    let Some(segments) = segments(inner) else {
        return refuse("the path is spelled in a way that servers read differently");
    };
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (["wiki", "api", "v2", rest @ ..] | ["wiki", "rest", "api", rest @ ..]) = segments.as_slice() else {
        return refuse("the path is outside the REST APIs that Sluice uses");
    };
    if segments.iter().any(|segment| segment.ends_with(".action")) {
        return refuse("the path is one of a web page");
    }
    if method == Method::Delete && deletes_space(rest) {
        return refuse("it would delete a space");
    }
    if url.query_pairs().any(|(key, _)| key.trim().to_ascii_lowercase().replace('-', "_").ends_with("_method")) {
        return refuse("a parameter would change the method");
    }
    Ok(())
}

/// Refuses what the table of published operations does not hold, holds as something else than `template`, or says is
/// never sent.
pub(super) fn check_operation(method: Method, template: &str, path: &str) -> Result<(), Failure> {
    let refuse = |why| Err(Failure::Refused { why });
    let Some(segments) =
        path.strip_prefix('/').and_then(|rest| rest.split('/').map(decoded).collect::<Option<Vec<_>>>())
    else {
        return refuse("the path is spelled in a way that servers read differently");
    };
    match published::find(method, &segments) {
        None => refuse("no published operation has this path"),
        Some((row, _)) if row.template != template => refuse("the path is that of another operation"),
        Some((row, _)) if matches!(row.verdict, Verdict::Never | Verdict::Gone) => {
            refuse("the operation is one that is never sent")
        }
        Some(_) => Ok(()),
    }
}

/// Whether a DELETE of this path below the API's root takes a whole space with it.
fn deletes_space(rest: &[&str]) -> bool {
    match rest {
        [kind] | [kind, _] => matches!(*kind, "space" | "spaces"),
        _ => false,
    }
}

/// The decoded segments in lower case; `None` where a server could split or resolve them differently than we do.
fn segments(path: &str) -> Option<Vec<String>> {
    let mut segments = path.split('/');
    if segments.next() != Some("") {
        return None;
    }
    segments.map(segment).collect()
}

fn segment(raw: &str) -> Option<String> {
    decoded(raw).map(|text| text.to_lowercase())
}

/// A segment decoded once, as long as every server reads it as one.
fn decoded(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    let text = String::from_utf8(bytes).ok()?;
    let ambiguous = |sign: char| matches!(sign, '/' | '\\' | ';' | '%' | '?' | '#') || sign.is_control();
    // Names that only differ by dots or spaces at the end are one name to some servers.
    let trimmed = text.trim_matches(|sign: char| sign == '.' || sign.is_whitespace());
    if trimmed.is_empty() || trimmed.len() != text.len() || text.contains(ambiguous) {
        return None;
    }
    Some(text)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a raw request would be judged: the path goes into the URL as it is.
    fn judge(method: Method, path: &str, address: &Address) -> Result<(), Failure> {
        let host = if address.prefix().is_empty() { "https://acme.atlassian.net" } else { "https://api.atlassian.com" };
        match Url::parse(&format!("{host}{}{path}", address.prefix())) {
            Ok(url) => check(method, path.split('?').next().unwrap_or_default(), &url, address),
            Err(_) => Err(Failure::Refused { why: "not a URL" }),
        }
    }

    fn addresses() -> [Address; 2] {
        let gateway = Address::gateway("https://api.atlassian.com", "11111111-2222");
        [Address::site("https://acme.atlassian.net").unwrap(), gateway.unwrap()]
    }

    #[test]
    fn no_spelling_deletes_a_space() {
        let roots = ["/wiki/rest/api", "/rest/api", "/wiki/api/v2", "/api/v2", "//wiki/rest/api", "/wiki//rest/api"];
        let more_roots =
            ["/WIKI/rest/api", "/wiki/REST/api", "/wiki/rest/api/./", "/wiki/rest/api/x/..", "/wiki%2Frest/api"];
        let kinds = ["space", "spaces", "SPACE", "Space", "spac%65", "%73pace", "space;a=b", "space.", "space%20"];
        let keys = [
            "IT",
            "it",
            "~557058:abc",
            "%49T",
            "IT/",
            "IT//",
            "IT/.",
            "IT/..",
            "IT;x=y",
            "IT%3Bx",
            "IT?force=true",
            "IT#x",
            "IT%00",
            "IT%2F",
            "./IT",
            "IT%20",
            "../space/IT",
            "%2e%2e/space/IT",
            "x/../IT",
            "IT.",
            "IT%252F",
            "IT\\",
            "",
        ];
        let mut tried = 0;
        for root in roots.iter().chain(&more_roots) {
            for kind in kinds {
                for key in keys {
                    for address in addresses() {
                        let path = format!("{root}/{kind}/{key}");
                        let judged = judge(Method::Delete, &path, &address);
                        assert!(matches!(judged, Err(Failure::Refused { .. })), "{path}: {judged:?}");
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 1000);
    }

    #[test]
    fn nothing_leaves_the_two_apis() {
        let paths = [
            "/gateway/api/graphql",
            "/cgraphql",
            "/wiki/cgraphql",
            "/graphql",
            "/wiki/graphql",
            "/wiki/rest/graphql/1.0",
            "/wiki/rpc/json-rpc/confluenceservice-v2/removeSpace",
            "/rpc/xmlrpc",
            "/wiki/rpc/soap-axis/confluenceservice-v2",
            "/wiki/spaces/doremovespace.action",
            "/wiki/spaces/removespace.action?key=IT",
            "/pages/emptytrash.action",
            "/wiki/rest/api/x.action",
            "/wiki/rest/api/content/1/x.ACTION",
            "/wiki/rest/experimental/content/1",
            "/wiki/rest/ui/1",
            "/wiki/rest/apix/content",
            "/wiki/api/v1/pages",
            "/wiki",
            "/",
            "/wiki/rest/api/../ui",
            "/wiki/rest/api/%2e%2e/ui",
            "/wiki/rest/api/content?_method=DELETE",
            "/wiki/rest/api/content?X-HTTP-Method=DELETE",
            "/wiki/rest/api/content%5C1",
        ];
        for path in paths {
            for method in [Method::Get, Method::Post, Method::Put, Method::Delete] {
                for address in addresses() {
                    assert!(judge(method, path, &address).is_err(), "{} {path}", method.as_str());
                }
            }
        }
        let [site, _] = addresses();
        for url in ["https://evil.example/wiki/api/v2/pages", "http://acme.atlassian.net/wiki/api/v2/pages"] {
            assert!(check(Method::Get, "/wiki/api/v2/pages", &Url::parse(url).unwrap(), &site).is_err(), "{url}");
        }
    }

    #[test]
    fn what_tools_need_passes() {
        let paths = [
            (Method::Delete, "/wiki/api/v2/pages/1"),
            (Method::Delete, "/wiki/api/v2/spaces/1/properties/2"),
            (Method::Delete, "/wiki/rest/api/content/1/label/graphql"),
            (Method::Delete, "/wiki/rest/api/content/1/label/v1%2E2"),
            (Method::Get, "/wiki/rest/api/space/~557058%3Aabc"),
            (Method::Put, "/wiki/rest/api/space/IT"),
            (Method::Post, "/wiki/api/v2/spaces"),
            (Method::Get, "/wiki/rest/api/search?cql=space%20%3D%20IT&cursor=a"),
        ];
        for (method, path) in paths {
            for address in addresses() {
                assert_eq!(judge(method, path, &address), Ok(()), "{path}");
            }
        }
    }

    #[test]
    fn what_is_not_published_or_never_sent_does_not_leave_whoever_asks() {
        for (method, template, path) in [
            (Method::Delete, "/wiki/rest/api/space/{spaceKey}", "/wiki/rest/api/space/IT"),
            (Method::Delete, "/wiki/rest/api/content/{id}/pageTree", "/wiki/rest/api/content/1/pageTree"),
            (Method::Delete, "/wiki/rest/api/content/{id}", "/wiki/rest/api/content/1"),
            (Method::Put, "/wiki/rest/api/content/{id}/restriction", "/wiki/rest/api/content/1/restriction"),
            (Method::Post, "/wiki/api/v2/admin-key", "/wiki/api/v2/admin-key"),
            (Method::Get, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/blogposts/1"),
            (Method::Get, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/pages/1/labels"),
            (Method::Get, "/wiki/api/v2/unknown", "/wiki/api/v2/unknown"),
            (Method::Post, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/pages/1"),
            (Method::Get, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/pages/1%2F2"),
        ] {
            assert!(check_operation(method, template, path).is_err(), "{path}");
        }
        for (method, template, path) in [
            (Method::Get, "/wiki/api/v2/pages/{id}", "/wiki/api/v2/pages/1"),
            (Method::Post, "/wiki/rest/api/space", "/wiki/rest/api/space"),
            (
                Method::Delete,
                "/wiki/rest/api/content/{id}/label/{label}",
                "/wiki/rest/api/content/1/label/gr%C3%B6%C3%9Fe",
            ),
        ] {
            assert_eq!(check_operation(method, template, path), Ok(()), "{path}");
        }
    }
}
