//! Files: by name, size and the note in their history; by status.

use crate::confluence::api::attachments::{
    attachment_named, get_attachment, get_attachment_version, trashed_attachment_named,
};
use crate::confluence::failure::Failure;
use crate::confluence::model::{Attachment, List};
use crate::domain::ids::{AttachmentId, ContentId, VersionNumber};

use super::{Again, Finding, Site};

const FIRST: VersionNumber = VersionNumber(1);

/// A new file, by its name, size and note. A page takes no second file of a name.
pub(super) async fn is_there(
    site: &Site<'_>,
    page: &ContentId,
    file_name: &str,
    bytes: u64,
) -> Result<Finding, Failure> {
    let Some(current) = site.read::<List<Attachment>>(attachment_named(page, file_name)).await? else {
        return Ok(Finding::CannotTell);
    };
    let trashed = site.read::<List<Attachment>>(trashed_attachment_named(page, file_name)).await?;
    for file in current.results.iter().chain(trashed.iter().flat_map(|list| &list.results)) {
        let first = match &file.version {
            Some(version) if version.number > FIRST => site.read(get_attachment_version(&file.id, FIRST)).await?,
            _ => Some(file.clone()),
        };
        if first.is_some_and(|first| first.file_size == Some(bytes) && is_marked(site, &first)) {
            return Ok(Finding::happened(&file.id, Some(FIRST)));
        }
    }
    Ok(if current.results.is_empty() { Finding::NOT_THERE } else { Finding::Superseded })
}

fn is_marked(site: &Site<'_>, file: &Attachment) -> bool {
    let message = file.version.as_ref().and_then(|version| version.message.as_deref());
    site.is_marked(file.comment.as_deref()) || site.is_marked(message)
}

/// A file moved to the trash, by its status. One that moved on is not to be trashed any more.
pub(super) async fn is_trashed(
    site: &Site<'_>,
    id: &AttachmentId,
    version: Option<VersionNumber>,
) -> Result<Finding, Failure> {
    Ok(match site.read::<Attachment>(get_attachment(id)).await? {
        None => Finding::CannotTell,
        Some(file) => {
            let present = file.version.map(|version| version.number);
            match file.status.as_str() {
                "trashed" => Finding::happened(id, present),
                "current" if version.is_none() || version == present => Finding::NOT_THERE,
                _ => Finding::Superseded,
            }
        }
    })
}

/// How many versions after the one before are looked through.
const MOST_VERSIONS: u32 = 10;

/// New bytes of a file, by their size and note among the versions since. Nothing upstream keeps them from being sent
/// twice.
pub(super) async fn has_version(
    site: &Site<'_>,
    id: &AttachmentId,
    after: VersionNumber,
    bytes: u64,
) -> Result<Finding, Failure> {
    let present = site.read::<Attachment>(get_attachment(id)).await?.and_then(|file| file.version);
    let Some(present) = present.map(|version| version.number) else { return Ok(Finding::CannotTell) };
    let first = after.0.saturating_add(1);
    for number in first..=present.0.min(after.0.saturating_add(MOST_VERSIONS)) {
        let version = VersionNumber(number);
        let made = site.read::<Attachment>(get_attachment_version(id, version)).await?;
        if made.is_some_and(|made| made.file_size == Some(bytes) && is_marked(site, &made)) {
            return Ok(Finding::happened(id, Some(version)));
        }
    }
    let all_seen = present.0 <= after.0.saturating_add(MOST_VERSIONS);
    Ok(if all_seen { Finding::NotThere { again: Again::Unsafe } } else { Finding::CannotTell })
}

/// A file's new name. To give it once more changes nothing.
pub(super) async fn is_named(
    site: &Site<'_>,
    id: &AttachmentId,
    before: &str,
    after: &str,
) -> Result<Finding, Failure> {
    Ok(match site.read::<Attachment>(get_attachment(id)).await? {
        None => Finding::CannotTell,
        Some(file) if file.title == after => Finding::happened(id, file.version.map(|version| version.number)),
        Some(file) if file.title == before => Finding::NOT_THERE,
        Some(_) => Finding::Superseded,
    })
}
