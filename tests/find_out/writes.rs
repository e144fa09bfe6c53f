//! The writes that are lost, and what proves each.

use sluice::approval::{Finding, Proof, SpaceWords, Thread};
use sluice::confluence::api::comments::{self, CommentKind};
use sluice::confluence::api::labels::Labelled;
use sluice::confluence::api::pages::{self as of_pages, ChangedPage, DocumentKind, NewPage};
use sluice::confluence::api::{attachments, blogs, labels, spaces};
use sluice::domain::ids::{ContentId, SpaceId, VersionNumber};

use super::{BODY, Write};

pub(super) fn page(id: u64) -> ContentId {
    id.to_string().parse().unwrap()
}

pub(super) fn space() -> SpaceId {
    "100".parse().unwrap()
}

pub(super) fn happened(id: &impl ToString, version: impl Into<Option<u32>>) -> Finding {
    Finding::Happened { id: Some(id.to_string()), version: version.into().map(VersionNumber) }
}

pub(super) fn create(kind: DocumentKind) -> Write {
    let new = NewPage { space: &space(), title: "New here", parent: None, storage: BODY };
    let proof = Proof::TitleIsThere { kind, space: space(), title: "New here".into() };
    match kind {
        DocumentKind::Page => Write::new("create a page", &of_pages::create_page(&new), proof),
        DocumentKind::BlogPost => Write::new("create a post", &blogs::create_blog_post(&new), proof),
    }
}

pub(super) fn trash(id: u64) -> Write {
    let proof = Proof::IsTrashed { kind: DocumentKind::Page, id: page(id), version: VersionNumber(1) };
    Write::new("trash a page", &of_pages::trash_page(&page(id)), proof)
}

pub(super) fn trash_file() -> Write {
    let id = "att4000".parse().unwrap();
    let request = attachments::trash_attachment(&id);
    Write::new("trash a file", &request, Proof::AttachmentIsTrashed { attachment: id, version: Some(VersionNumber(1)) })
}

/// Takes page 1003, which must be in the trash for it to do anything, out of it.
pub(super) fn restore() -> Write {
    let (id, version) = (&page(1003), VersionNumber(2));
    let back = ChangedPage { id, title: "Runbook 3", storage: "", version, message: "back" };
    Write::new("restore a page", &of_pages::restore_page(&back), Proof::PageIsCurrent(id.clone()))
}

pub(super) fn add_labels() -> Write {
    let names = vec!["vpn".parse().unwrap(), "Wi-Fi".parse().unwrap()];
    let request = labels::add_labels(&Labelled::Page(page(1001)), &names);
    Write::new("add labels", &request, Proof::LabelsAreThere { page: Labelled::Page(page(1001)), labels: names })
}

pub(super) fn remove_label() -> Write {
    let label = "runbook".parse().unwrap();
    let request = labels::remove_label(&Labelled::Page(page(1001)), &label);
    Write::new("remove a label", &request, Proof::LabelIsGone { page: Labelled::Page(page(1001)), label })
}

pub(super) fn words(name: &str, description: &str) -> SpaceWords {
    SpaceWords { name: name.into(), description: description.into() }
}

pub(super) fn make_space() -> Write {
    let proof = Proof::SpaceIsMade { key: "NEW".parse().unwrap(), words: words("New", "All new") };
    Write::new("make a space", &spaces::create_space(&"NEW".parse().unwrap(), "New", Some("All new")), proof)
}

pub(super) fn name_space() -> Write {
    let key = "ITSD".parse().unwrap();
    let request = spaces::update_space(&key, Some("Help"), None);
    let (before, after) = (words("ITSD space", "About ITSD"), words("Help", "About ITSD"));
    Write::new("name a space", &request, Proof::SpaceIsNamed { key, before, after })
}

pub(super) fn comment() -> Write {
    let request = comments::create_footer_comment(&page(1001), BODY);
    Write::new("comment", &request, Proof::CommentIsThere(Thread::Page(page(1001))))
}

pub(super) fn reply(kind: CommentKind, parent: u64) -> Write {
    let parent = parent.to_string().parse().unwrap();
    let request = comments::create_reply(kind, &parent, BODY);
    Write::new("reply", &request, Proof::CommentIsThere(Thread::Comment { kind, comment: parent }))
}

pub(super) fn delete_comment() -> Write {
    let (kind, comment) = (CommentKind::Footer, "3001".parse().unwrap());
    let request = comments::delete_comment(kind, &comment);
    Write::new("delete a comment", &request, Proof::CommentIsGone { kind, comment, page: page(1001) })
}
