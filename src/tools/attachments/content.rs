//! The content of a file that is to be sent: where it comes from, and what people are shown of it.

use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::media::MediaType;
use super::naming::{FileName, FilePath};
use crate::confluence::model::WrittenContent;
use crate::domain::digest::Digest;
use crate::domain::limits::{FILE_UPLOAD, INLINE_UPLOAD};
use crate::domain::text::{clean_text, escaped, quoted};
use crate::tools::answer::Written;
use crate::tools::pages::Title;
use crate::tools::{Context, Reads, ToolError};

/// Base64 as clients write it, with or without `=` at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A file ready to be sent.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) name: FileName,
    pub(super) media_type: MediaType,
    pub(super) bytes: Bytes,
}

/// Where a call says that the content of a file comes from; exactly one of the first three must say so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub(super) text: Option<&'a str>,
    pub(super) content_base64: Option<&'a str>,
    pub(super) path: Option<&'a FilePath>,
    pub(super) media_type: Option<&'a MediaType>,
}

impl Given<'_> {
    /// Takes the content from where the arguments say, under this name or that of the path.
    pub(super) async fn ready(&self, name: Option<&FileName>, context: &Context) -> Result<Ready, ToolError> {
        let (bytes, from_path) = match (self.text, self.content_base64, self.path) {
            (Some(text), None, None) => (inline(text.as_bytes().to_vec())?, None),
            (None, Some(base64), None) => (decoded(base64)?, None),
            (None, None, Some(path)) => (from_folder(path, context).await?, Some(FileName::cleaned(path.file_name()))),
            _ => {
                let message = "give exactly one of `text`, `content_base64` and `path`";
                return Err(ToolError::input(message, "mend the arguments and call again"));
            }
        };
        let name = name.cloned().or(from_path);
        let name = name.ok_or_else(|| ToolError::input("`file_name` is missing", "say how the file shall be named"))?;
        let guessed = match (MediaType::of_name(name.as_str()), self.text) {
            (unknown, Some(_)) if unknown.is_unknown() => MediaType::of_name(".txt"),
            (guessed, _) => guessed,
        };
        Ok(Ready { media_type: self.media_type.cloned().unwrap_or(guessed), name, bytes: bytes.into() })
    }
}

impl Ready {
    /// What people are shown of it before it is sent.
    pub(super) fn preview(&self, what: &str, place: &str) -> String {
        format!(
            "{what} {}{place}: {} bytes, {}, SHA-256 {}\n\n{}",
            quoted(&escaped(self.name.as_str()), 300),
            self.bytes.len(),
            self.media_type.as_str(),
            Digest::of_bytes(&self.bytes),
            beginning(&self.bytes)
        )
    }

    /// Its size, as Confluence tells it.
    pub(super) fn size(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap_or(u64::MAX)
    }
}

/// The note in a file's history: what the call says, and whose write it is.
pub(super) fn note(comment: Option<&Title>, reads: &Reads<'_>) -> String {
    match comment {
        Some(comment) => format!("{} ({})", comment.as_str(), reads.note()),
        None => reads.note(),
    }
}

/// What a write answers about the file it made or changed.
pub(super) fn written(file: &WrittenContent, context: &Context) -> Written {
    Written {
        id: Some(file.id.to_string()),
        title: Some(clean_text(&file.title).text),
        version: file.version.as_ref().map(|version| version.number.0),
        url: Some(context.url(file.links.webui.as_deref())),
        ..Written::done()
    }
}

fn inline(bytes: Vec<u8>) -> Result<Vec<u8>, ToolError> {
    if bytes.len() > INLINE_UPLOAD { Err(too_big()) } else { Ok(bytes) }
}

fn too_big() -> ToolError {
    let message = format!("the content is larger than {INLINE_UPLOAD} bytes");
    ToolError::input(message, "upload a smaller file, or one from the configured folder by path")
}

fn decoded(content: &str) -> Result<Vec<u8>, ToolError> {
    // Checked before it is decoded: four signs make three bytes.
    if content.len() / 4 > INLINE_UPLOAD / 3 + 1 {
        return Err(too_big());
    }
    let bytes = BASE64.decode(content).map_err(|_| {
        ToolError::input("`content_base64` is not base64", "encode the bytes with the standard alphabet, on one line")
    })?;
    inline(bytes)
}

async fn from_folder(path: &FilePath, context: &Context) -> Result<Vec<u8>, ToolError> {
    let folder = Arc::clone(context.folder.as_ref().ok_or_else(super::no_folder)?);
    let path = path.clone();
    tokio::task::spawn_blocking(move || folder.read(&path, FILE_UPLOAD))
        .await
        .map_err(|_| ToolError::fault())?
        .map_err(|error| ToolError::input(error.to_string(), "name a plain file beneath the configured folder"))
}

/// The first characters of a text, or the first bytes in hexadecimal, sixteen to a line.
fn beginning(bytes: &[u8]) -> String {
    const CHARACTERS: usize = 2_000;
    const BYTES: usize = 256;
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let (start, is_cut) = if let Some(text) = text {
        let start: String = text.chars().take(CHARACTERS).collect();
        let is_cut = start.len() < text.len();
        (escaped(&start), is_cut)
    } else {
        let line = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = bytes.chunks(16).take(BYTES / 16).map(line).collect();
        (lines.join("\n"), bytes.len() > BYTES)
    };
    if is_cut { format!("{start}\n[the preview is cut here]") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_shown_by_its_beginning_as_text_or_in_hexadecimal() {
        assert_eq!(beginning("a\u{202e}b\n".as_bytes()), "a\\u{202e}b\n");
        assert_eq!(beginning(b"\x89PNG\0"), "89 50 4e 47 00");
        let long = beginning(&[0xff; 257]);
        assert!(long.lines().count() == 17 && long.ends_with("ff ff\n[the preview is cut here]"), "{long}");
        assert!(beginning("ä".repeat(2_001).as_bytes()).ends_with("ä\n[the preview is cut here]"));
        assert!(!beginning("ä".repeat(2_000).as_bytes()).contains("cut"));
    }

    #[test]
    fn base64_is_read_with_and_without_padding_up_to_the_cap() {
        assert_eq!(decoded("aGk=").unwrap(), b"hi");
        assert_eq!(decoded("aGk").unwrap(), b"hi");
        assert!(decoded("a b").is_err() && decoded("%%").is_err());
        assert_eq!(decoded(&BASE64.encode(vec![0; INLINE_UPLOAD])).unwrap().len(), INLINE_UPLOAD);
        assert!(decoded(&BASE64.encode(vec![0; INLINE_UPLOAD + 1])).is_err());
        assert!(decoded(&"A".repeat(INLINE_UPLOAD * 2)).is_err());
    }
}
