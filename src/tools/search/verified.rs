//! Looks found copies up at the site before they are told, so that nothing is told that is gone or has moved.

use std::collections::{BTreeMap, BTreeSet};

use crate::confluence::api::documents::{Bodies, documents_by_id};
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::{List, Page};
use crate::domain::access::Read;
use crate::domain::ids::ContentId;
use crate::index::{Found, Hit};
use crate::policy::Permit;
use crate::tools::{Context, ToolError};

use super::library::holder;

/// Drops hits that the site does not have any more where their copies say, by one request for pages and one for posts;
/// a file is where its page or post is. Answers what the asker is to know of it. Articles of other sources stay.
pub(super) async fn check(found: &mut Found, permit: &Permit<Read>, context: &Context) -> String {
    let there = match there(&found.hits, permit, context).await {
        Ok(there) => there,
        Err(error) => return format!("the site could not be asked whether all of it is still there ({})", error.code),
    };
    let before = found.hits.len();
    found
        .hits
        .retain(|hit| held_by(hit).is_none_or(|id| there.get(id).is_some_and(|space| *space == hit.document.space.id)));
    let gone = u64::try_from(before - found.hits.len()).unwrap_or(u64::MAX);
    found.total = found.total.saturating_sub(gone);
    "each was looked up at the site".to_owned()
}

/// The id of the page or post that has to be there for a hit to be.
fn held_by(hit: &Hit) -> Option<&String> {
    (hit.document.kind != crate::index::DocumentKind::Article).then(|| holder(&hit.document))
}

/// The spaces of what is there, by id. What is no page is asked for as a post.
async fn there(hits: &[Hit], permit: &Permit<Read>, context: &Context) -> Result<BTreeMap<String, String>, ToolError> {
    let mut missing: BTreeSet<ContentId> = hits.iter().filter_map(held_by).filter_map(|id| id.parse().ok()).collect();
    let mut there = BTreeMap::new();
    for kind in [DocumentKind::Page, DocumentKind::BlogPost] {
        if missing.is_empty() {
            break;
        }
        let ids: Vec<ContentId> = missing.iter().cloned().collect();
        let request = documents_by_id(kind, &ids, Bodies::Without);
        let found: List<Page> = context.client.send(permit, request).await?.json()?;
        for page in found.results {
            missing.remove(&page.id);
            there.insert(page.id.to_string(), page.space_id.to_string());
        }
    }
    Ok(there)
}
