//! Finds out which spaces there are, and what became of those that were.

use std::collections::{BTreeMap, BTreeSet};

use crate::confluence::api::spaces::{SpaceFilter, list_spaces, spaces_by_id};
use crate::confluence::api::{MOST_PER_LIST, Paging};
use crate::confluence::model::{List, Space};
use crate::domain::ids::SpaceId;
use crate::store::Batch;
use crate::sync::plan::Kind;
use crate::sync::plan::facts::SpaceRow;
use crate::sync::plan::spaces::{Choice, Fate, KINDS, compare, fate};
use crate::sync::shelf::SPACES;
use crate::sync::status::Stop;

use super::course::{Course, facts};

/// How many parts a list of spaces may have.
const PARTS: usize = 4_000;

impl Course<'_> {
    /// Lists the spaces, removes the copies of those that are not copied any more, and answers those that are. Nothing is
    /// concluded from lists that did not come whole.
    pub(super) async fn learn_spaces(&mut self, choice: &Choice) -> Result<BTreeMap<SpaceId, SpaceRow>, Stop> {
        let known = self.shelf.spaces().await?;
        let mut listed = Vec::new();
        for kind in KINDS {
            listed.extend(self.listed(kind).await?);
        }
        let compared = compare(&known, &listed, choice);
        let (mut spaces, mut dropped) = (compared.spaces, BTreeSet::new());
        let unlisted: Vec<SpaceId> = compared.unlisted.into_iter().collect();
        for some in unlisted.chunks(usize::from(MOST_PER_LIST)) {
            let (found, _): (List<Space>, _) = self.read(&spaces_by_id(some)).await?;
            for id in some {
                let Some(row) = known.get(id) else { continue };
                let found = found.results.iter().find(|space| space.id == *id);
                match fate(row, found, choice, self.kind == Kind::Full) {
                    Fate::Goes => drop(dropped.insert(id.clone())),
                    Fate::StaysForNow => {
                        let key = &row.key;
                        let what =
                            format!("the space `{key}` is missing; its copies stay until it is missing once more");
                        self.reader.trouble(None, what);
                        spaces.insert(id.clone(), SpaceRow { missing: true, ..row.clone() });
                    }
                }
            }
        }
        self.spaces = spaces.iter().map(|(id, row)| (id.clone(), facts(id, row))).collect();
        if !dropped.is_empty() {
            self.drop_spaces(&dropped).await?;
        }
        let mut batch = if compared.renamed { self.note_loose(Batch::new()).await? } else { Batch::new() };
        for (id, row) in &spaces {
            batch = self.shelf.put(batch, SPACES, id.as_str(), row);
        }
        self.shelf.commit(batch).await?;
        Ok(spaces)
    }

    async fn listed(&self, kind: &'static str) -> Result<Vec<Space>, Stop> {
        let filter = SpaceFilter { kind: Some(kind), status: Some("current"), ids: Vec::new() };
        let mut paging = Paging { limit: Some(MOST_PER_LIST), cursor: None };
        let mut listed: Vec<Space> = Vec::new();
        let mut met = BTreeSet::new();
        for _ in 0..PARTS {
            let (part, reply): (List<Space>, _) = self.read(&list_spaces(&filter, &paging)).await?;
            listed.extend(part.results);
            let Some(next) = reply.named_cursor() else { return Ok(listed) };
            if !met.insert(next.to_string()) {
                break;
            }
            paging.cursor = Some(next);
        }
        Err(Stop::Fault("the list of spaces goes round in circles"))
    }
}
