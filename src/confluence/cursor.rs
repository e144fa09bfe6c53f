//! Where the next page of a list begins, as Confluence names it.

use std::fmt;
use std::str::FromStr;

use url::form_urlencoded;

/// The opaque value of a `cursor` parameter; never a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// Not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`cursor` is not one that a list answered with")]
pub struct BadCursor;

impl Cursor {
    const LONGEST: usize = 4096;

    /// The value as it was answered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `cursor` parameter of a link, whatever host and path it has.
    pub(in crate::confluence) fn of_link(link: &str) -> Option<Self> {
        let (_, query) = link.split_once('?')?;
        let query = query.split('#').next().unwrap_or_default();
        // Cursors hold base64: a bare plus sign is a plus sign.
        let query = query.replace('+', "%2B");
        let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "cursor")?;
        value.parse().ok()
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let odd = |sign: char| sign.is_whitespace() || sign.is_control();
        if text.is_empty() || text.len() > Self::LONGEST || text.contains("://") || text.contains(odd) {
            return Err(BadCursor);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Cursor::of_link(link).as_ref().map(Cursor::as_str), expected, "{link}");
        }
    }
}
