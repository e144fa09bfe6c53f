//! Pages and blog posts: by version, by title, by status.

use serde::de::DeserializeOwned;

use crate::confluence::Request;
use crate::confluence::api::blogs;
use crate::confluence::api::pages::{self, DocumentKind};
use crate::confluence::failure::Failure;
use crate::confluence::model::{List, Page, Version};
use crate::domain::access::Read;
use crate::domain::ids::{AccountId, ContentId, SpaceId, VersionNumber};

use super::{Again, Finding, Site, same_text};

const FIRST: VersionNumber = VersionNumber(1);

/// An update, by the version it makes and the note in it.
pub(super) async fn has_version(
    site: &Site<'_>,
    kind: DocumentKind,
    id: &ContentId,
    version: VersionNumber,
) -> Result<Finding, Failure> {
    let Some(page) = site.read::<Page>(head_in_any_status(kind, id)).await? else {
        return Ok(Finding::CannotTell);
    };
    let present = page.version_number();
    if present < version {
        // Sent again, it would take a page out of the trash.
        return Ok(if page.status == "current" { Finding::NOT_THERE } else { Finding::Superseded });
    }
    let made = if present == version {
        page.version
    } else {
        site.read::<Version>(match kind {
            DocumentKind::Page => pages::page_version(id, version),
            DocumentKind::BlogPost => blogs::blog_post_version(id, version),
        })
        .await?
    };
    Ok(site.in_history(made, id, version))
}

fn head_in_any_status(kind: DocumentKind, id: &ContentId) -> Request<Read> {
    match kind {
        DocumentKind::Page => pages::get_page_head_in_any_status(id),
        DocumentKind::BlogPost => blogs::get_blog_post_in_any_status(id),
    }
}

/// A new page or blog post, by space, title, author, time and text.
pub(super) async fn is_made(
    site: &Site<'_>,
    kind: DocumentKind,
    space: &SpaceId,
    title: &str,
) -> Result<Finding, Failure> {
    let says = site.sent_storage();
    is_made_with(site, kind, space, title, says.as_deref()).await
}

/// A copied page, by space, title, author, time, and the text of the page that was copied. A second copy is refused
/// for its title.
pub(super) async fn is_copied(
    site: &Site<'_>,
    space: &SpaceId,
    title: &str,
    (source, version): (&ContentId, VersionNumber),
) -> Result<Finding, Failure> {
    let copied = site.read::<Page>(pages::get_page(source, Some(version))).await?;
    is_made_with(site, DocumentKind::Page, space, title, copied.as_ref().map(Page::storage)).await
}

async fn is_made_with(
    site: &Site<'_>,
    kind: DocumentKind,
    space: &SpaceId,
    title: &str,
    says: Option<&str>,
) -> Result<Finding, Failure> {
    let says_it = |storage: &str| says.is_some_and(|says| same_text(says, storage));
    let Some(account) = site.account().await? else { return Ok(Finding::CannotTell) };
    let titled = list(site, pages::documents_titled(kind, space, title)).await?;
    let mut title_is_taken = false;
    for document in &titled {
        if !is_ours(site, document, &account) {
            // Too old for ours by their clock, or by a clock of ours that was set wrongly: word for word, it may be.
            if document.author_id.as_ref() == Some(&account)
                && let Some(first) = first_version(site, kind, document).await?
                && says_it(first.storage())
            {
                return Ok(Finding::CannotTell);
            }
            // Pages give their title up in the trash. Posts of the same title stand beside each other on other days.
            let later = kind == DocumentKind::Page || site.since(document.created_at);
            title_is_taken |= document.status != "trashed" && later;
            continue;
        }
        return Ok(match first_version(site, kind, document).await? {
            Some(first) if says_it(first.storage()) => Finding::happened(&document.id, Some(FIRST)),
            // By our account and at the time, but Confluence may have rewritten it: nobody can say whose it is.
            _ => Finding::CannotTell,
        });
    }
    if title_is_taken {
        return Ok(Finding::Superseded);
    }
    // Somebody may have given it another title since.
    for document in list::<Page>(site, pages::newest_documents(kind, space)).await? {
        if is_ours(site, &document, &account)
            && let Some(first) = first_version(site, kind, &document).await?
            && first.title == title
            && says_it(first.storage())
        {
            return Ok(Finding::happened(&document.id, Some(FIRST)));
        }
    }
    let again = match kind {
        // A title is unique among the pages of a space.
        DocumentKind::Page => Again::Safe,
        DocumentKind::BlogPost => Again::Unsafe,
    };
    Ok(Finding::NotThere { again })
}

fn is_ours(site: &Site<'_>, document: &Page, account: &AccountId) -> bool {
    document.author_id.as_ref() == Some(account) && site.since(document.created_at)
}

/// The document as it was made.
async fn first_version(site: &Site<'_>, kind: DocumentKind, document: &Page) -> Result<Option<Page>, Failure> {
    if document.version_number() == FIRST {
        return Ok(Some(document.clone()));
    }
    site.read(match kind {
        DocumentKind::Page => pages::get_page(&document.id, Some(FIRST)),
        DocumentKind::BlogPost => blogs::get_blog_post(&document.id, Some(FIRST)),
    })
    .await
}

async fn list<T: DeserializeOwned>(site: &Site<'_>, request: Request<Read>) -> Result<Vec<T>, Failure> {
    Ok(site.read::<List<T>>(request).await?.map_or_else(Vec::new, |list| list.results))
}

/// A page or blog post moved to the trash, by its status. One that moved on is not to be trashed any more.
pub(super) async fn is_trashed(
    site: &Site<'_>,
    kind: DocumentKind,
    id: &ContentId,
    version: VersionNumber,
) -> Result<Finding, Failure> {
    Ok(match site.read::<Page>(head_in_any_status(kind, id)).await? {
        None => Finding::CannotTell,
        Some(document) if document.status == "trashed" => Finding::happened(id, document.version.map(|v| v.number)),
        Some(document) if document.status == "current" && document.version_number() == version => Finding::NOT_THERE,
        Some(_) => Finding::Superseded,
    })
}

/// A page taken out of the trash, by its status.
pub(super) async fn is_current(site: &Site<'_>, id: &ContentId) -> Result<Finding, Failure> {
    Ok(match site.read::<Page>(pages::get_page_head_in_any_status(id)).await? {
        None => Finding::CannotTell,
        Some(page) if page.status == "current" => Finding::happened(id, page.version.map(|version| version.number)),
        Some(page) if page.status == "trashed" => Finding::NOT_THERE,
        Some(_) => Finding::Superseded,
    })
}
