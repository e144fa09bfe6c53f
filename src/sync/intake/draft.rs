//! Copies made from what Confluence answered.

use jiff::Timestamp;

use crate::confluence::model::{Attachment, Page, Version};
use crate::domain::ids::AccountId;
use crate::domain::limits::PAGE_BODY;
use crate::index::{Document, DocumentKind, FileFacts, Name, SpaceFacts};
use crate::markup::{NoNames, markdown_from_storage};
use crate::sync::accounts::Known;
use crate::sync::plan::above::{Above, restricted, shown};
use crate::sync::plan::facts::PageRow;
use crate::sync::sink::Patch;

/// Of a body that cannot be converted, this much is kept as plain text, in bytes.
const PLAIN: usize = 1 << 20;

/// Everything a copy is made from besides the page itself.
pub(in crate::sync) struct Around<'a> {
    pub(in crate::sync) row: &'a PageRow,
    pub(in crate::sync) above: &'a Above,
    pub(in crate::sync) space: &'a SpaceFacts,
    pub(in crate::sync) known: &'a Known,
    pub(in crate::sync) site: &'a str,
    pub(in crate::sync) now: Timestamp,
}

impl Around<'_> {
    /// The copy of a page or post, still without a body.
    pub(in crate::sync) fn document(&self, page: &Page) -> Document {
        let version = page.version.as_ref();
        Document {
            id: page.id.to_string(),
            kind: kind(self.row),
            title: shown(&page.title),
            body: String::new(),
            labels: self.row.labels.clone(),
            breadcrumb: self.above.titles(),
            ancestors: self.above.ids(),
            space: self.space.clone(),
            author: self.name(page.author_id.as_ref()),
            editor: self.name(version.and_then(|version| version.author_id.as_ref())),
            created: page.created_at,
            modified: version.and_then(|version| version.created_at),
            version: u64::from(self.row.version),
            url: address(self.site, page.links.webui.as_deref()),
            restricted: restricted(self.row, self.above),
            file: None,
            copied: self.now,
        }
    }

    /// The copy of a file on this page.
    pub(in crate::sync) fn file(&self, page_id: &str, file: &Attachment) -> Document {
        let version = file.version.as_ref();
        let page_title = shown(&self.row.title);
        let (breadcrumb, ancestors) = self.with_page(page_id, &page_title);
        let editor = self.name(version.and_then(|version| version.author_id.as_ref()));
        Document {
            id: id_of_file(file),
            kind: DocumentKind::Attachment,
            title: shown(&file.title),
            body: String::new(),
            labels: Vec::new(),
            breadcrumb,
            ancestors,
            space: self.space.clone(),
            // Confluence tells who made the present version, and no more.
            author: None,
            editor,
            created: file.created_at,
            modified: version.and_then(|version| version.created_at),
            version: version.map_or(1, |version| u64::from(version.number.0)),
            url: address(self.site, file.webui_link.as_deref()),
            restricted: restricted(self.row, self.above),
            file: Some(FileFacts {
                media_type: file.media_type.clone().unwrap_or_default(),
                size: file.file_size.unwrap_or_default(),
                page_id: page_id.to_owned(),
                page_title,
            }),
            copied: self.now,
        }
    }

    /// What has to change in the copy of the page, whose link is this one where it is another.
    pub(in crate::sync) fn patch(&self, id: &str, link: Option<&str>) -> Patch {
        Patch {
            id: id.to_owned(),
            title: shown(&self.row.title),
            labels: self.row.labels.clone(),
            breadcrumb: self.above.titles(),
            ancestors: self.above.ids(),
            space: self.space.clone(),
            url: link.map(|link| address(self.site, Some(link))),
            restricted: restricted(self.row, self.above),
            page_title: None,
            copied: self.now,
        }
    }

    /// The same for a file on the page.
    pub(in crate::sync) fn patch_of_file(&self, id: &str, title: &str, page_id: &str) -> Patch {
        let page_title = shown(&self.row.title);
        let (breadcrumb, ancestors) = self.with_page(page_id, &page_title);
        Patch {
            title: shown(title),
            labels: Vec::new(),
            breadcrumb,
            ancestors,
            page_title: Some(page_title),
            ..self.patch(id, None)
        }
    }

    fn with_page(&self, page_id: &str, page_title: &str) -> (Vec<String>, Vec<String>) {
        let (mut breadcrumb, mut ancestors) = (self.above.titles(), self.above.ids());
        breadcrumb.push(page_title.to_owned());
        ancestors.push(page_id.to_owned());
        (breadcrumb, ancestors)
    }

    fn name(&self, account: Option<&AccountId>) -> Option<Name> {
        let account = account?;
        let name = self.known.name(account).to_owned();
        Some(Name { account_id: account.to_string(), name })
    }
}

/// Who made and who last changed a page.
pub(in crate::sync) fn people(page: &Page) -> impl Iterator<Item = AccountId> + use<> {
    [page.author_id.clone(), of_version(page.version.as_ref())].into_iter().flatten()
}

/// Who made a version.
pub(in crate::sync) fn of_version(version: Option<&Version>) -> Option<AccountId> {
    version.and_then(|version| version.author_id.clone())
}

/// The id of a file's copy.
pub(in crate::sync) fn id_of_file(file: &Attachment) -> String {
    format!("att{}", file.id.digits())
}

fn kind(row: &PageRow) -> DocumentKind {
    match row.kind {
        crate::confluence::api::pages::DocumentKind::Page => DocumentKind::Page,
        crate::confluence::api::pages::DocumentKind::BlogPost => DocumentKind::BlogPost,
    }
}

/// The address of something for people, from the link that its answer has.
fn address(site: &str, link: Option<&str>) -> String {
    let path = link.filter(|link| link.starts_with('/')).unwrap_or_default();
    let wiki = if path.starts_with("/wiki") { "" } else { "/wiki" };
    // A link is content too: nothing invisible, nothing that ends a Markdown line.
    let path: String = path.chars().filter(char::is_ascii_graphic).collect();
    format!("{site}{wiki}{path}")
}

/// A body as Markdown, and what is wrong with it where something is. Mentions stay account ids: names are kept nowhere
/// but in fields that can be forgotten.
pub(in crate::sync) fn body(storage: &str) -> (String, Option<&'static str>) {
    if storage.len() > PAGE_BODY {
        return (plain(storage), Some("its body is larger than Confluence takes and is kept as plain text"));
    }
    (markdown_from_storage(storage, &NoNames).markdown, None)
}

/// What stands outside of tags, cut.
pub(in crate::sync) fn plain(storage: &str) -> String {
    let mut text = String::new();
    let mut rest = storage;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        if text.len() > PLAIN {
            break;
        }
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let mut end = text.len().min(PLAIN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_too_large_is_kept_as_plain_text() {
        let large = format!("<p>one &amp; two</p>{}", "<p>more of it</p>".repeat(PAGE_BODY / 10));
        let (text, wrong) = body(&large);
        assert!(text.starts_with("one &amp; two more of it") && text.len() <= PLAIN, "{}", text.len());
        assert!(wrong.is_some());
        assert_eq!(body("<h1>Head</h1>"), ("# Head\n".to_owned(), None));
        assert_eq!(plain("no tags < at all"), "no tags");
    }

    #[test]
    fn an_address_stays_on_the_site() {
        let site = "https://acme.atlassian.net";
        assert_eq!(
            address(site, Some("/spaces/IT/pages/1/A+B")),
            "https://acme.atlassian.net/wiki/spaces/IT/pages/1/A+B"
        );
        assert_eq!(address(site, Some("/wiki/x/1\n")), "https://acme.atlassian.net/wiki/x/1");
        assert_eq!(address(site, Some("https://evil.example/")), "https://acme.atlassian.net/wiki");
        assert_eq!(address(site, None), "https://acme.atlassian.net/wiki");
    }
}
