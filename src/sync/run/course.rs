//! What every step of one run has at hand.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32};

use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;

use crate::confluence::{Reply, Request};
use crate::domain::access::Read;
use crate::domain::ids::SpaceId;
use crate::index::{Copies, CopiesError, SpaceFacts};
use crate::sync::accounts::Accounts;
use crate::sync::intake::tree::Tree;
use crate::sync::plan::Kind;
use crate::sync::plan::facts::SpaceRow;
use crate::sync::reader::Reader;
use crate::sync::shelf::Shelf;
use crate::sync::sink::Counter;
use crate::sync::status::Stop;

/// Of how many pages a run asks for labels and restrictions one by one, where the search does not know them yet.
const SINGLY: u32 = 500;

/// One run.
pub(in crate::sync) struct Course<'a> {
    pub(in crate::sync) reader: &'a Reader,
    pub(in crate::sync) shelf: &'a Shelf,
    pub(in crate::sync) copies: &'a Arc<dyn Copies>,
    pub(in crate::sync) accounts: &'a Accounts,
    pub(in crate::sync) counter: Counter,
    pub(in crate::sync) site: &'a str,
    pub(in crate::sync) stopped: &'a CancellationToken,
    pub(in crate::sync) kind: Kind,
    pub(in crate::sync) at_once: usize,
    /// The spaces that are copied.
    pub(in crate::sync) spaces: BTreeMap<SpaceId, SpaceFacts>,
    pub(in crate::sync) tree: Tree,
    /// How many pages may still be asked for one by one.
    pub(in crate::sync) singly: AtomicU32,
    /// Whether something above copied pages has changed.
    pub(in crate::sync) loose: AtomicBool,
}

impl<'a> Course<'a> {
    /// A run over spaces that are not known yet.
    pub(in crate::sync) fn new(
        parts: (&'a Reader, &'a Shelf, &'a Arc<dyn Copies>, &'a Accounts),
        counter: Counter,
        site: &'a str,
        stopped: &'a CancellationToken,
        (kind, at_once): (Kind, usize),
    ) -> Self {
        let (reader, shelf, copies, accounts) = parts;
        let (tree, singly, loose) = (Tree::default(), AtomicU32::new(SINGLY), AtomicBool::new(false));
        let spaces = BTreeMap::new();
        Self { reader, shelf, copies, accounts, counter, site, stopped, kind, at_once, spaces, tree, singly, loose }
    }

    /// Reads something, once more where that may help.
    pub(in crate::sync) async fn read<T: DeserializeOwned>(&self, request: &Request<Read>) -> Result<(T, Reply), Stop> {
        self.reader.read(request, self.stopped).await
    }

    /// Does something with the copies on a thread that may wait.
    pub(in crate::sync) async fn with_copies<T: Send + 'static>(
        &self,
        act: impl FnOnce(&dyn Copies) -> Result<T, CopiesError> + Send + 'static,
    ) -> Result<T, Stop> {
        let copies = Arc::clone(self.copies);
        let done = tokio::task::spawn_blocking(move || act(&*copies)).await;
        Ok(done.map_err(|_| Stop::Fault("the local index broke off"))??)
    }
}

/// What copies say of a space.
pub(in crate::sync) fn facts(id: &SpaceId, row: &SpaceRow) -> SpaceFacts {
    SpaceFacts { id: id.to_string(), key: row.key.to_string(), name: crate::sync::plan::above::shown(&row.name) }
}
