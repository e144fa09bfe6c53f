//! Adds a file to a page, from the call itself or from the configured folder.

use schemars::JsonSchema;
use serde::Deserialize;

use super::content::{Given, Ready, note, written};
use super::media::MediaType;
use super::naming::{FileName, FilePath};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::attachments::{self, Upload};
use crate::confluence::model::{Attachment, List, Page, WrittenContent};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Create};
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::pages::Title;
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
    comment: Option<Title>,
}

fn planned(page: &Page, file: &Ready, note: &str) -> Plan<Create> {
    let name = quoted(file.name.as_str(), 255);
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    let preview = file.preview("new file", &format!(" on {target}"));
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
            size: file.size(),
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
        let given = Given {
            text: input.text.as_deref(),
            content_base64: input.content_base64.as_deref(),
            path: input.path.as_ref(),
            media_type: input.media_type.as_ref(),
        };
        let file = given.ready(input.file_name.as_ref(), reads.context()).await?;
        let page = reads.page_head(&input.page_id).await?;
        if page.status != "current" {
            return Err(ToolError::conflict("the page is not current", "files are added to current pages only"));
        }
        is_new(&page, &file.name, reads).await?;
        Ok(planned(&page, &file, &note(input.comment.as_ref(), reads)))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        let made: List<WrittenContent> = reply.json()?;
        Ok(made.results.first().map_or_else(Written::done, |file| written(file, context)))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

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
}
