//! What the plans for new pages and new blog posts share.

use crate::approval::{Plan, Proof, Undo};
use crate::confluence::Request;
use crate::confluence::api::pages::{DocumentKind, NewPage};
use crate::confluence::model::Space;
use crate::domain::access::{AccessClass, Create};
use crate::domain::ids::ContentId;
use crate::domain::place::{Parent, Place};
use crate::domain::text::quoted;

use super::preview;

/// What is to be made.
pub(super) struct Made<'a> {
    /// Which of the two.
    pub(super) kind: DocumentKind,
    /// Where it will live.
    pub(super) space: &'a Space,
    /// What it will stand under, named or not.
    pub(super) under: Option<Parent>,
    /// Its title.
    pub(super) title: &'a str,
    /// Its body in storage format.
    pub(super) storage: &'a str,
    /// Where links are not external.
    pub(super) site: &'a str,
}

/// Plans a new page or blog post; `request` builds the request for it.
pub(super) fn plan(
    made: &Made<'_>,
    parent: Option<&ContentId>,
    request: fn(&NewPage<'_>) -> Request<Create>,
) -> Plan<Create> {
    let kind = match made.kind {
        DocumentKind::Page => "page",
        DocumentKind::BlogPost => "blog post",
    };
    let target = format!("{kind} {} in space {}", quoted(made.title, 80), made.space.key);
    Plan {
        request: request(&NewPage { space: &made.space.id, title: made.title, parent, storage: made.storage }),
        places: vec![Place::within(made.space.id.clone(), made.under.clone())],
        rests_on: None,
        before: None,
        effect: AccessClass::Create,
        loses: Vec::new(),
        summary: format!("create {target}"),
        preview: preview::of_new(made.storage, made.site),
        undo: Undo::TrashTheNewOne(made.kind),
        proof: Proof::TitleIsThere { kind: made.kind, space: made.space.id.clone(), title: made.title.to_owned() },
        target,
    }
}
