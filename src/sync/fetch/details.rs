//! Labels and restrictions: in bulk as far as the search knows them, one by one where it lags behind.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use crate::confluence::api::pages::DocumentKind;
use crate::confluence::api::{MOST_PER_LIST, Paging, around, documents};
use crate::confluence::model::{HitDetails, Label, List, Page, Restrictions};
use crate::domain::ids::ContentId;
use crate::sync::reader::ends_the_run;
use crate::sync::run::course::Course;
use crate::sync::status::Stop;

/// How many parts of one search are read at most.
const PARTS: usize = 20;

/// What is known of a page besides its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sync) struct Details {
    /// Its labels, in order.
    pub(in crate::sync) labels: Vec<String>,
    /// Whether it is itself restricted for readers; `None` where nobody says.
    pub(in crate::sync) restricted: Option<bool>,
}

impl Course<'_> {
    /// Labels and restrictions of these; who is missing from the answer could not be asked for now.
    pub(in crate::sync) async fn details(
        &self,
        kind: DocumentKind,
        ids: &[ContentId],
    ) -> Result<HashMap<ContentId, Details>, Stop> {
        let mut known = self.found(ids).await?;
        for id in ids {
            if known.contains_key(id) {
                continue;
            }
            let has_room = self.singly.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if has_room.is_err() {
                break;
            }
            match self.one(kind, id).await {
                Ok(details) => drop(known.insert(id.clone(), details)),
                Err(stop) if ends_the_run(&stop) => return Err(stop),
                Err(stop) => tracing::debug!(%id, %stop, "labels and restrictions are not known"),
            }
        }
        Ok(known)
    }

    /// Labels and restrictions of these, as far as the search knows them. Anything of the tree can be asked for.
    pub(super) async fn found(&self, ids: &[ContentId]) -> Result<HashMap<ContentId, Details>, Stop> {
        let mut known = HashMap::new();
        for some in ids.chunks(usize::from(MOST_PER_LIST)) {
            match self.search(some, &mut known).await {
                Err(stop) if ends_the_run(&stop) => return Err(stop),
                Err(stop) => {
                    self.reader.trouble(None, format!("labels and restrictions could not be searched for: {stop}"));
                }
                Ok(()) => {}
            }
        }
        Ok(known)
    }

    async fn search(&self, ids: &[ContentId], known: &mut HashMap<ContentId, Details>) -> Result<(), Stop> {
        let mut paging = Paging { limit: Some(MOST_PER_LIST), cursor: None };
        for _ in 0..PARTS {
            let request = documents::labels_and_restrictions(ids, &paging);
            let (hits, reply): (List<HitDetails>, _) = self.read(&request).await?;
            for hit in hits.results {
                let Ok(id) = hit.id.parse::<ContentId>() else { continue };
                let labels = hit.metadata.and_then(|metadata| metadata.labels);
                let restricted = hit.restrictions.as_ref().and_then(Restrictions::restricts_reading);
                // Half an answer is none.
                if let (Some(labels), Some(restricted)) = (labels, restricted) {
                    known.insert(id, Details { labels: names(labels), restricted: Some(restricted) });
                }
            }
            match reply.next_cursor() {
                Some(cursor) => paging.cursor = Some(cursor),
                None => break,
            }
        }
        Ok(())
    }

    async fn one(&self, kind: DocumentKind, id: &ContentId) -> Result<Details, Stop> {
        let ask = |request| async move { self.reader.ask(&request, self.stopped).await };
        let page: Page = ask(documents::document_with_labels(kind, id)).await?.json()?;
        let restrictions: Restrictions = ask(around::restrictions(id)).await?.json()?;
        let labels = page.labels.map(names).unwrap_or_default();
        Ok(Details { labels, restricted: restrictions.restricts_reading() })
    }
}

/// The names of labels that are everybody's, in order.
fn names(labels: List<Label>) -> Vec<String> {
    let shared = |label: &Label| !matches!(label.prefix.as_deref(), Some("my" | "system"));
    let mut names: Vec<String> = labels.results.into_iter().filter(shared).map(|label| label.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}
