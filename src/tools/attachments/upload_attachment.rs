//! Adds a file to a page, from the call itself or from the configured folder.

use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;

use super::media::MediaType;
use super::naming::{FileName, FilePath};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::attachments::{self, Upload};
use crate::confluence::model::{Attachment, List, Page, WrittenContent};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::limits::{FILE_UPLOAD, INLINE_UPLOAD};
use crate::domain::text::{clean_text, escaped, quoted};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Uploads a file.
pub(super) struct UploadAttachment;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// Name of the file on the page; with path it may be left out.
    file_name: Option<FileName>,
    /// The content, where it is text.
    text: Option<String>,
    /// The content as base64, up to 6 MiB of bytes.
    content_base64: Option<String>,
    /// A file beneath the configured folder, where the operator set one up.
    path: Option<FilePath>,
    /// Its media type; guessed from the name unless given.
    media_type: Option<MediaType>,
    /// A note in its history.
    comment: Option<crate::tools::pages::Title>,
}

/// Base64 as clients write it, with or without `=` at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A file ready to be sent.
#[derive(Debug)]
struct Ready {
    name: FileName,
    media_type: MediaType,
    bytes: Bytes,
}

/// Takes the content from where the arguments say; exactly one of them must.
async fn ready(input: &Input, context: &Context) -> Result<Ready, ToolError> {
    let (bytes, from_path) = match (&input.text, &input.content_base64, &input.path) {
        (Some(text), None, None) => (inline(text.as_bytes().to_vec())?, None),
        (None, Some(base64), None) => (decoded(base64)?, None),
        (None, None, Some(path)) => (from_folder(path, context).await?, Some(FileName::cleaned(path.file_name()))),
        _ => {
            let message = "give exactly one of `text`, `content_base64` and `path`";
            return Err(ToolError::input(message, "mend the arguments and call again"));
        }
    };
    let name = input.file_name.clone().or(from_path);
    let name = name.ok_or_else(|| ToolError::input("`file_name` is missing", "say how the file shall be named"))?;
    let guessed = match (MediaType::of_name(name.as_str()), &input.text) {
        (unknown, Some(_)) if unknown.is_unknown() => MediaType::of_name(".txt"),
        (guessed, _) => guessed,
    };
    Ok(Ready { media_type: input.media_type.clone().unwrap_or(guessed), name, bytes: bytes.into() })
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

fn planned(page: &Page, file: &Ready, note: &str) -> Plan<Create> {
    let size = file.bytes.len();
    let name = quoted(file.name.as_str(), 255);
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    let preview = format!(
        "new file {} on {target}: {size} bytes, {}, SHA-256 {}\n\n{}",
        quoted(&escaped(file.name.as_str()), 300),
        file.media_type.as_str(),
        Digest::of_bytes(&file.bytes),
        beginning(&file.bytes)
    );
    let upload = Upload {
        file_name: file.name.as_str(),
        media_type: file.media_type.as_str(),
        content: file.bytes.clone(),
        comment: note,
    };
    Plan {
        request: attachments::create_attachment(&page.id, &upload),
        places: vec![page.itself()],
        summary: format!("add the file {name} to {target}"),
        target,
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        preview,
        undo: Undo::TrashTheNewFile,
        proof: Proof::FileIsThere {
            page: page.id.clone(),
            file_name: file.name.as_str().to_owned(),
            size: u64::try_from(size).unwrap_or(u64::MAX),
        },
    }
}

/// Refuses where the page has a file of that name: this tool only adds.
async fn is_new(page: &Page, name: &FileName, reads: &Reads<'_>) -> Result<(), ToolError> {
    let request = attachments::attachment_named(&page.id, name.as_str());
    let found = reads.judged(request, |reply| Ok((page.place(), reply.json::<List<Attachment>>()?))).await?;
    match found.results.first() {
        None => Ok(()),
        Some(there) => Err(ToolError::conflict(
            format!("the page has a file {} already: attachment {}", quoted(name.as_str(), 255), there.id),
            "nothing was overwritten; choose another file_name, or delete the attachment first",
        )),
    }
}

impl WriteTool for UploadAttachment {
    const NAME: &'static str = "upload_attachment";
    const GROUP: Group = Group::Attachments;
    const TITLE: &'static str = "Upload attachment";
    const DESCRIPTION: &'static str = "Adds a new file to a page, from text, base64 or a path beneath the configured \
        folder. Never overwrites: a name the page has already is refused. To show the file in the page's text use \
        update_page.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_ATTACHMENT,
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_DETAILS,
        scopes::WRITE_ATTACHMENT,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_ATTACHMENT];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let file = ready(input, reads.context()).await?;
        let page = reads.page_head(&input.page_id).await?;
        if page.status != "current" {
            return Err(ToolError::conflict("the page is not current", "files are added to current pages only"));
        }
        is_new(&page, &file.name, reads).await?;
        let note = match &input.comment {
            Some(comment) => format!("{} ({})", comment.as_str(), reads.note()),
            None => reads.note(),
        };
        Ok(planned(&page, &file, &note))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        let made: List<WrittenContent> = reply.json()?;
        let Some(file) = made.results.first() else { return Ok(Written::done()) };
        Ok(Written {
            id: Some(file.id.to_string()),
            title: Some(clean_text(&file.title).text),
            version: file.version.as_ref().map(|version| version.number.0),
            url: Some(context.url(file.links.webui.as_deref())),
            ..Written::done()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::confluence::request::Method;
    use crate::domain::place::Place;

    fn plan() -> Plan<Create> {
        let page = serde_json::json!({ "id": "12", "status": "current", "title": "VPN", "spaceId": "7" });
        let file = Ready {
            name: FileName::cleaned("a.csv"),
            media_type: MediaType::of_name("a.csv"),
            bytes: Bytes::from_static(b"x,y"),
        };
        planned(&serde_json::from_value(page).unwrap(), &file, "by bot")
    }

    #[test]
    fn the_file_goes_to_the_page_as_a_form() {
        let plan = plan();
        assert_eq!(
            (plan.request.method(), plan.request.path()),
            (Method::Post, "/wiki/rest/api/content/12/child/attachment")
        );
        let body = String::from_utf8_lossy(plan.request.body().bytes()).into_owned();
        assert!(body.contains("filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\nx,y\r\n"), "{body}");
        assert!(body.contains("name=\"comment\"\r\n\r\nby bot\r\n"), "{body}");
        assert_eq!(plan.places, [Place::Content("12".parse().unwrap())]);
        // What `printf x,y | sha256sum` says.
        let digest = "968e772cf168b7f17f3fbd00e6e1c8b4afb8db2f0c1548d9928f3c3d7a758a75";
        let head = format!("new file `a.csv` on page 12 `VPN`: 3 bytes, text/csv, SHA-256 {digest}");
        assert_eq!(plan.preview, format!("{head}\n\nx,y"));
    }

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
