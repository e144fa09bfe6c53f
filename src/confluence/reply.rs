//! An answer from Confluence that came with a success status.

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use url::form_urlencoded;

use crate::domain::access::AccessClass;
use crate::domain::ids::Cursor;

use super::failure::{Defect, Failure};

/// What Confluence answered.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, decompressed.
    pub body: Bytes,
    /// Confluence's name for the request.
    pub trace: Option<String>,
    /// The `Link` header.
    pub(in crate::confluence) link: Option<String>,
    /// The class of the request that was answered.
    pub(in crate::confluence) class: AccessClass,
}

/// The part of a list that says whether there is more of it.
#[derive(Deserialize)]
struct ListEnd {
    results: Option<Vec<IgnoredAny>>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    next: Option<String>,
}

impl Reply {
    /// Reads the body as JSON. On a write an unusable answer means that its fate is not known.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| {
            tracing::debug!(%error, status = self.status, trace = self.trace, "answer cannot be read");
            if self.class.writes() {
                return Failure::Unknown { trace: self.trace.clone() };
            }
            Failure::Unreadable { defect: defect(&self.body, &error), trace: self.trace.clone() }
        })
    }

    /// Where the next page begins; `None` on the last one and after an empty one.
    pub fn next_cursor(&self) -> Option<Cursor> {
        let end = serde_json::from_slice::<ListEnd>(&self.body).ok();
        if end.as_ref().and_then(|end| end.results.as_ref()).is_some_and(Vec::is_empty) {
            return None;
        }
        self.named_cursor()
    }

    /// Where the answer says that the next page begins, even after an empty one: whoever follows it has to end somewhere.
    pub fn named_cursor(&self) -> Option<Cursor> {
        let end = serde_json::from_slice::<ListEnd>(&self.body).ok();
        let in_body = end.and_then(|end| end.links).and_then(|links| links.next);
        in_body.as_deref().and_then(cursor_of_link).or_else(|| self.link.as_deref().and_then(cursor_of_header))
    }

    /// What reading it has cost in points, people apart, who cost double.
    pub fn points(&self) -> u32 {
        self.objects().saturating_add(1)
    }

    /// How many things a list holds; one where the answer is no list.
    pub(in crate::confluence) fn objects(&self) -> u32 {
        match serde_json::from_slice::<ListEnd>(&self.body) {
            Ok(ListEnd { results: Some(results), .. }) => u32::try_from(results.len()).unwrap_or(u32::MAX),
            _ => 1,
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Page bodies belong neither in logs nor in error messages.
        write!(formatter, "Reply({}, {} bytes, {:?})", self.status, self.body.len(), self.trace)
    }
}

fn defect(body: &[u8], error: &serde_json::Error) -> Defect {
    if body.trim_ascii_start().starts_with(b"<") {
        return Defect::WebPage;
    }
    match error.classify() {
        Category::Eof => Defect::CutShort,
        Category::Data => Defect::OtherFields,
        Category::Syntax | Category::Io if error.to_string().starts_with("recursion limit") => Defect::TooDeep,
        Category::Syntax | Category::Io => Defect::NotJson,
    }
}

/// The `cursor` parameter of a link; its host and path are not looked at.
fn cursor_of_link(link: &str) -> Option<Cursor> {
    let (_, query) = link.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    // Cursors hold base64: a bare plus sign is a plus sign.
    let query = query.replace('+', "%2B");
    let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "cursor")?;
    // What is a URL is no cursor, whoever names it so.
    value.parse().ok().filter(|_| !value.contains("://"))
}

/// The cursor of the `rel="next"` entry of a `Link` header (RFC 8288).
fn cursor_of_header(header: &str) -> Option<Cursor> {
    let mut rest = header;
    while let Some((_, tail)) = rest.split_once('<') {
        let (link, tail) = tail.split_once('>')?;
        let parameters = tail.split('<').next().unwrap_or_default();
        let next = parameters.split([';', ',']).any(|parameter| {
            let (key, value) = parameter.split_once('=').unwrap_or_default();
            key.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
        });
        if next {
            return cursor_of_link(link);
        }
        rest = tail;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(body: &[u8], link: Option<&str>) -> Reply {
        Reply {
            status: 200,
            body: Bytes::copy_from_slice(body),
            trace: Some("t".into()),
            link: link.map(Into::into),
            class: AccessClass::Read,
        }
    }

    #[test]
    fn unusable_answers_say_what_is_wrong_with_them() {
        let deep = "[".repeat(100_000);
        let cases: [(&[u8], Defect); 8] = [
            (b"<!DOCTYPE html><title>Log in</title>", Defect::WebPage),
            (b"\r\n <html>", Defect::WebPage),
            (b"{\"id\": \"1", Defect::CutShort),
            (b"", Defect::CutShort),
            (b"{\"id\": \"\xff\xfe\"}", Defect::NotJson),
            (b"nonsense", Defect::NotJson),
            (b"[]", Defect::OtherFields),
            (deep.as_bytes(), Defect::TooDeep),
        ];
        for (body, expected) in cases {
            let read = if expected == Defect::TooDeep {
                reply(body, None).json::<serde_json::Value>().map(|_| ())
            } else {
                reply(body, None).json::<std::collections::BTreeMap<String, String>>().map(|_| ())
            };
            let expected = Failure::Unreadable { defect: expected, trace: Some("t".into()) };
            assert_eq!(read, Err(expected), "{}", String::from_utf8_lossy(body.get(..40).unwrap_or(body)));
        }
    }

    #[test]
    fn an_unusable_answer_to_a_write_leaves_its_fate_unknown() {
        let reply = Reply { class: AccessClass::Update, ..reply(b"<html>", None) };
        assert_eq!(reply.json::<serde_json::Value>(), Err(Failure::Unknown { trace: Some("t".into()) }));
    }

    #[test]
    fn the_next_page_comes_from_body_or_header_and_ends_with_an_empty_list() {
        let cursor = |body: &str, link| reply(body.as_bytes(), link).next_cursor().map(|cursor| cursor.to_string());
        let body = r#"{"results":[1],"_links":{"next":"/wiki/api/v2/pages?cursor=a%3D&limit=1","base":"https://x"}}"#;
        assert_eq!(cursor(body, None).as_deref(), Some("a="));
        let empty = r#"{"results":[],"_links":{"next":"/wiki/api/v2/pages?cursor=a"}}"#;
        assert_eq!(cursor(empty, Some("</x?cursor=b>; rel=\"next\"")), None);
        let header = "</wiki/api/v2/pages?limit=1&cursor=b>; rel=\"next\", <https://x>; rel=\"base\"";
        assert_eq!(cursor(r#"{"results":[1],"_links":{}}"#, Some(header)).as_deref(), Some("b"));
        let header = "<https://x?cursor=no>; rel=\"base\", </x?cursor=b>; REL=next";
        assert_eq!(cursor(r#"{"results":[1]}"#, Some(header)).as_deref(), Some("b"));
        assert_eq!(cursor(r#"{"results":[1]}"#, Some("<<<>>;;rel=,next")), None);
        assert_eq!(cursor("not json", None), None);
    }

    #[test]
    fn only_the_cursor_is_taken_from_a_link() {
        let cases = [
            ("/wiki/api/v2/pages?limit=5&cursor=eyJpZCI6IjEifQ%3D%3D", Some("eyJpZCI6IjEifQ==")),
            ("/wiki/api/v2/pages?cursor=a%2Bb%2Fc%3D&limit=5", Some("a+b/c=")),
            ("/rest/api/search?cql=type%3Dpage&cursor=_sa_W1wi+MQ%3D&next=true", Some("_sa_W1wi+MQ=")),
            ("https://evil.example/x?cursor=abc#cursor=def", Some("abc")),
            ("/wiki/rest/api/content?start=25&limit=25", None),
            ("/x?cursor=", None),
            ("/x?cursor=https%3A%2F%2Fevil.example", None),
            ("/x?cursor=a%0Ab", None),
            ("/x?precursor=a", None),
            ("?", None),
            ("", None),
        ];
        for (link, expected) in cases {
            assert_eq!(cursor_of_link(link).as_ref().map(Cursor::as_str), expected, "{link}");
        }
    }
}
