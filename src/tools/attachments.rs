//! Tools of the group Attachments.

mod content;
pub(super) mod delete_attachment;
mod described;
mod download_attachment;
pub mod folder;
mod get_attachment;
mod get_attachment_thumbnail;
mod list_attachment_comments;
mod list_attachment_labels;
mod list_attachment_versions;
mod list_attachments;
mod listing;
mod media;
pub mod naming;
pub(super) mod rename_attachment;
mod update_attachment;
mod upload_attachment;
mod upload_attachments;

use super::{Entry, ToolError};

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::read::<list_attachments::ListAttachments>(),
    Entry::read::<get_attachment::GetAttachment>(),
    Entry::read::<download_attachment::DownloadAttachment>(),
    Entry::read::<get_attachment_thumbnail::GetAttachmentThumbnail>(),
    Entry::read::<list_attachment_versions::ListAttachmentVersions>(),
    Entry::read::<list_attachment_labels::ListAttachmentLabels>(),
    Entry::read::<list_attachment_comments::ListAttachmentComments>(),
    Entry::write::<upload_attachment::UploadAttachment>(),
    Entry::several::<upload_attachments::UploadAttachments>(),
    Entry::write::<update_attachment::UpdateAttachment>(),
    Entry::write::<rename_attachment::RenameAttachment>(),
    Entry::write::<delete_attachment::DeleteAttachment>(),
];

/// What is said where a file shall come from or go to a folder and none is set up.
fn no_folder() -> ToolError {
    let hint = "leave the path out; the operator can set up a folder for uploads and downloads";
    ToolError::input("no folder for files is configured", hint)
}
