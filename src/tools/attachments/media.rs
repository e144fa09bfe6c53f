//! Media types: given by callers and by Confluence, guessed from names, seen in the bytes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// The type of bytes nobody knows anything about.
const UNKNOWN: &str = "application/octet-stream";

/// Largest picture shown as a picture, in bytes; larger ones are beyond what models take.
const PICTURE: usize = 3 << 20;

/// A media type, such as `text/csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MediaType(String);

impl MediaType {
    /// The type, as text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The type that Confluence names, without parameters; unknown where it names none.
    pub(super) fn told(told: Option<&str>) -> Self {
        let essence = told.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Self(if is_media_type(&essence) { essence } else { UNKNOWN.to_owned() })
    }

    /// The usual type of files of that name.
    pub(super) fn of_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        let known = match extension.as_str() {
            "txt" | "log" | "conf" | "ini" | "sh" | "ps1" | "py" | "rs" | "go" | "sql" => "text/plain",
            "md" => "text/markdown",
            "csv" => "text/csv",
            "html" | "htm" => "text/html",
            "css" => "text/css",
            "js" => "text/javascript",
            "json" => "application/json",
            "xml" => "application/xml",
            "yaml" | "yml" => "application/yaml",
            "toml" => "application/toml",
            "pdf" => "application/pdf",
            "zip" => "application/zip",
            "gz" | "tgz" => "application/gzip",
            "png" => "image/png",
            "jpg" | "jpeg" => "image/jpeg",
            "gif" => "image/gif",
            "webp" => "image/webp",
            "svg" => "image/svg+xml",
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            _ => UNKNOWN,
        };
        Self(known.to_owned())
    }

    /// Whether nothing is known.
    pub(super) fn is_unknown(&self) -> bool {
        self.0 == UNKNOWN
    }

    /// Whether files of this type are read as text.
    fn is_text(&self) -> bool {
        let named = self.0.strip_prefix("application/").is_some_and(|name| {
            matches!(name, "json" | "xml" | "yaml" | "x-yaml" | "toml" | "javascript" | "x-sh" | "sql" | "x-ndjson")
        });
        named || self.0.starts_with("text/") || self.0.ends_with("+json") || self.0.ends_with("+xml")
    }
}

/// `type/subtype` of the signs RFC 6838 allows.
fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        (1..=127).contains(&name.len()) && name.bytes().all(fits)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| is_name(kind) && is_name(subtype))
}

impl<'de> Deserialize<'de> for MediaType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if is_media_type(&text) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(de::Error::custom("a media type looks like text/plain"))
        }
    }
}

impl JsonSchema for MediaType {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "MediaType".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// What a file is shown as.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown<'a> {
    /// Text.
    Text(&'a str),
    /// A picture of this type, which its bytes bear out.
    Picture(&'static str),
    /// Bytes.
    Bytes,
}

/// What a file can be shown as: its bytes decide, its type only whether UTF-8 is read as text.
pub(super) fn shown<'a>(media_type: &MediaType, bytes: &'a [u8]) -> Shown<'a> {
    match picture(bytes) {
        Some(kind) if bytes.len() <= PICTURE => return Shown::Picture(kind),
        Some(_) => return Shown::Bytes,
        None => {}
    }
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    match text {
        Some(text) if media_type.is_text() || media_type.is_unknown() => Shown::Text(text),
        _ => Shown::Bytes,
    }
}

/// The kinds of picture that clients show, by their first bytes.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some("image/png");
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Some("image/jpeg");
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        return Some("image/gif");
    }
    (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")).then_some("image/webp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_what_a_file_is_shown_as() {
        let of = |media_type: &str, bytes: &'static [u8]| shown(&MediaType::told(Some(media_type)), bytes);
        assert_eq!(of("text/plain; charset=utf-8", b"hello"), Shown::Text("hello"));
        assert_eq!(of("application/octet-stream", b"hello"), Shown::Text("hello"));
        assert_eq!(of("image/svg+xml", b"<svg/>"), Shown::Text("<svg/>"));
        assert_eq!(of("image/png", b"<script>"), Shown::Bytes);
        assert_eq!(of("text/plain", b"\x89PNG\r\n\x1a\nrest"), Shown::Picture("image/png"));
        assert_eq!(of("text/plain", b"a\xffb"), Shown::Bytes);
        assert_eq!(of("text/plain", b"a\0b"), Shown::Bytes);
        assert_eq!(of("application/pdf", b"%PDF-1.7"), Shown::Bytes);
    }

    #[test]
    fn a_type_that_is_none_is_unknown_when_told_and_refused_when_given() {
        for bad in ["", "text", "text/", "a/b/c", "text/plain\r\nX: y", "te xt/plain"] {
            assert!(MediaType::told(Some(bad)).is_unknown(), "{bad}");
            assert!(serde_json::from_value::<MediaType>(bad.into()).is_err(), "{bad}");
        }
        assert!(MediaType::told(None).is_unknown());
        assert_eq!(MediaType::of_name("Report.PDF").as_str(), "application/pdf");
    }
}
