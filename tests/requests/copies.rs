//! The requests of those who keep copies of whole spaces.

use sluice::confluence::api::documents::{self, Bodies};
use sluice::confluence::api::pages::DocumentKind;

use super::{Made, first, key, made, next, page, space};

pub(super) fn of_copies() -> Vec<Made> {
    let (spaces, pages) = ([space()], [page(), page()]);
    let mut all = vec![
        made("documents::restrictions", &documents::restrictions(&pages, &next())),
        made("documents::labels_and_restrictions", &documents::labels_and_restrictions(&pages, &next())),
        made("documents::count_documents", &documents::count_documents(&[key()])),
        made("documents::attachments_of_site", &documents::attachments_of_site(&next())),
        made("documents::changed_attachments", &documents::changed_attachments(&next())),
    ];
    for kind in [DocumentKind::Page, DocumentKind::BlogPost] {
        let of_spaces = documents::documents_of_spaces(kind, &spaces, Bodies::Without, &next());
        let changed = documents::changed_documents(kind, &spaces, Bodies::With, &first());
        all.extend([
            made("documents::documents_of_spaces", &of_spaces),
            made("documents::changed_documents", &changed),
            made("documents::documents_by_id", &documents::documents_by_id(kind, &pages, Bodies::With)),
            made("documents::document_with_labels", &documents::document_with_labels(kind, &page())),
        ]);
    }
    all
}
