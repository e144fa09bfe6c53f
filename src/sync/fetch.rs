//! Reads what Confluence has: parts of listings, bodies, labels, restrictions, folders; round whatever will not come.

pub(super) mod details;
pub(super) mod nodes;

use std::collections::HashMap;

use serde_json::Value;

use crate::confluence::api::documents::{self, Bodies};
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::api::{MOST_PER_LIST, Paging};
use crate::confluence::model::{Attachment, List, Page};
use crate::confluence::{Failure, Reply, Request};
use crate::domain::access::Read;
use crate::domain::ids::{ContentId, Cursor};

use super::plan::legs::{Leg, Purpose};
use super::reader::ends_the_run;
use super::run::course::Course;
use super::status::Stop;

/// How many changed things a part of a listing holds: enough for most runs, few enough for those without any news.
const CHANGES: u8 = 50;

/// A part of a listing.
pub(super) struct Fetched<T> {
    /// What is in it.
    pub(super) items: Vec<T>,
    /// Ids of what is in it and could not be read.
    pub(super) odd: Vec<String>,
    /// Whether bodies came along.
    pub(super) bodies: Bodies,
    /// Where the listing goes on.
    pub(super) next: Option<Cursor>,
}

/// Bodies that were asked for.
#[derive(Default)]
pub(super) struct Found {
    /// The pages with them.
    pub(super) pages: HashMap<ContentId, Page>,
    /// The pages that nothing brings, and why.
    pub(super) bad: HashMap<ContentId, String>,
}

impl Course<'_> {
    /// The next part of a listing of pages or posts. Where its bodies will not come, it comes without; where it will
    /// not come at all, smaller parts are tried.
    pub(super) async fn part(&self, leg: &Leg, kind: DocumentKind) -> Result<Fetched<Page>, Stop> {
        let bodies = if leg.purpose == Purpose::Sweep { Bodies::Without } else { Bodies::With };
        let limit = if leg.purpose == Purpose::Delta { CHANGES } else { MOST_PER_LIST };
        let failed = match self.page_of(leg, kind, bodies, limit).await {
            Err(stop) if !(ends_the_run(&stop) || is_refused(&stop)) => stop,
            answer => return answer,
        };
        let mut limit = limit;
        loop {
            match self.page_of(leg, kind, Bodies::Without, limit).await {
                Err(stop) if ends_the_run(&stop) || is_refused(&stop) => return Err(stop),
                Err(_) if limit > 1 => limit /= 2,
                Err(_) => return Err(failed),
                answer => return answer,
            }
        }
    }

    async fn page_of(&self, leg: &Leg, kind: DocumentKind, bodies: Bodies, limit: u8) -> Result<Fetched<Page>, Stop> {
        let paging = Paging { limit: Some(limit), cursor: leg.cursor.clone() };
        let request = match leg.purpose {
            Purpose::Delta => documents::changed_documents(kind, &leg.spaces, bodies, &paging),
            Purpose::First | Purpose::Sweep => documents::documents_of_spaces(kind, &leg.spaces, bodies, &paging),
        };
        let fetched = self.list(&request).await?;
        Ok(Fetched { bodies, ..fetched })
    }

    /// The next part of the listing of all files.
    pub(super) async fn part_of_files(&self, leg: &Leg) -> Result<Fetched<Attachment>, Stop> {
        let limit = if leg.purpose == Purpose::Delta { CHANGES } else { MOST_PER_LIST };
        let paging = Paging { limit: Some(limit), cursor: leg.cursor.clone() };
        let request = match leg.purpose {
            Purpose::Delta => documents::changed_attachments(&paging),
            Purpose::First | Purpose::Sweep => documents::attachments_of_site(&paging),
        };
        self.list(&request).await
    }

    /// Reads a list, one thing after the other where one of them is not as promised.
    async fn list<T: serde::de::DeserializeOwned>(&self, request: &Request<Read>) -> Result<Fetched<T>, Stop> {
        let bodies = Bodies::Without;
        let (first, reply): (Result<List<T>, Failure>, Reply) = {
            let reply = self.answered(request).await?;
            (reply.json(), reply)
        };
        let next = reply.named_cursor();
        if let Ok(List { results: items }) = first {
            return Ok(Fetched { items, odd: Vec::new(), bodies, next });
        }
        let values: List<Value> = reply.json()?;
        let (mut items, mut odd) = (Vec::new(), Vec::new());
        for value in values.results {
            let id = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            match serde_json::from_value(value) {
                Ok(item) => items.push(item),
                Err(_) => odd.push(id),
            }
        }
        Ok(Fetched { items, odd, bodies, next })
    }

    /// An answer that is a list of something.
    async fn answered(&self, request: &Request<Read>) -> Result<Reply, Stop> {
        let (_, reply): (List<serde::de::IgnoredAny>, Reply) = self.read(request).await?;
        Ok(reply)
    }

    /// Pages or posts by id with their bodies: halved wherever an answer will not come, down to the one that is bad.
    /// What is in neither part of the answer is not to be seen at the moment.
    pub(super) async fn bodies(&self, kind: DocumentKind, ids: &[ContentId]) -> Result<Found, Stop> {
        let mut found = Found::default();
        let mut left: Vec<&[ContentId]> = ids.chunks(usize::from(MOST_PER_LIST)).collect();
        while let Some(some) = left.pop() {
            let request = documents::documents_by_id(kind, some, Bodies::With);
            let answer = self.reader.ask(&request, self.stopped).await;
            let answer = answer.and_then(|reply| Ok(reply.json::<List<Page>>()?));
            match (answer, some) {
                (Ok(list), _) => found.pages.extend(list.results.into_iter().map(|page| (page.id.clone(), page))),
                (Err(stop), _) if ends_the_run(&stop) => return Err(stop),
                (Err(stop), [one]) => drop(found.bad.insert(one.clone(), stop.to_string())),
                (Err(_), some) => {
                    let (one, other) = some.split_at(some.len() / 2);
                    left.extend([one, other]);
                }
            }
        }
        Ok(found)
    }
}

/// Whether Confluence finds the request wrong: a cursor that has died.
pub(super) fn is_refused(stop: &Stop) -> bool {
    matches!(stop, Stop::Confluence(Failure::Invalid(_)))
}
