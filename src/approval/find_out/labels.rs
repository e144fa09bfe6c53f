//! Labels: by reading them.

use std::collections::BTreeSet;

use crate::confluence::Request;
use crate::confluence::api::labels::{Labelled, labels_of_attachment, labels_of_page};
use crate::confluence::api::{MOST_PER_LIST, Paging};
use crate::confluence::failure::Failure;
use crate::confluence::model::{Label, List};
use crate::domain::access::Read;
use crate::domain::ids::LabelName;

use super::{Finding, Site};

/// How many parts of a page's labels are read; a page has a handful.
const MOST_PARTS: usize = 8;

/// New labels. To add them again changes nothing.
pub(super) async fn are_there(site: &Site<'_>, page: &Labelled, labels: &[LabelName]) -> Result<Finding, Failure> {
    Ok(match of_page(site, page).await? {
        None => Finding::CannotTell,
        Some(there) if labels.iter().all(|label| there.contains(&name(label.as_str()))) => {
            Finding::happened(&page.as_str(), None)
        }
        Some(_) => Finding::NOT_THERE,
    })
}

/// A label taken away.
pub(super) async fn is_gone(site: &Site<'_>, page: &Labelled, label: &LabelName) -> Result<Finding, Failure> {
    Ok(match of_page(site, page).await? {
        None => Finding::CannotTell,
        Some(there) if there.contains(&name(label.as_str())) => Finding::NOT_THERE,
        Some(_) => Finding::happened(&page.as_str(), None),
    })
}

fn request(of: &Labelled, paging: &Paging) -> Request<Read> {
    match of {
        Labelled::Page(page) => labels_of_page(page, paging),
        Labelled::File(file) => labels_of_attachment(file, paging),
    }
}

/// All labels of a page or attachment; `None` where it is not there, or has more than are read.
async fn of_page(site: &Site<'_>, page: &Labelled) -> Result<Option<BTreeSet<String>>, Failure> {
    let mut there = BTreeSet::new();
    let mut paging = Paging { limit: Some(MOST_PER_LIST), cursor: None };
    for _ in 0..MOST_PARTS {
        let Some(reply) = site.reply(request(page, &paging)).await? else { return Ok(None) };
        there.extend(reply.json::<List<Label>>()?.results.iter().map(|label| name(&label.name)));
        paging.cursor = reply.next_cursor();
        if paging.cursor.is_none() {
            return Ok(Some(there));
        }
    }
    Ok(None)
}

/// Confluence keeps labels in lower case.
fn name(label: &str) -> String {
    label.to_lowercase()
}
