//! Where documents of IT Glue stand: organizations and their folders, remembered while a listing goes on.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use super::json::Listing;
use super::{DOCUMENTS, ItGlue, MOST_PAGES, ORGANIZATIONS};
use crate::sources::error::SourceError;

/// No account has more organizations.
const MOST_ORGANIZATIONS: usize = 50_000;

/// What is remembered.
#[derive(Default)]
pub(super) struct Known {
    organizations: Arc<BTreeMap<u64, String>>,
    folders: Option<(u64, Arc<Folders>)>,
    /// Whether the first round was seen to bring documents in folders, too.
    pub(super) one_round: bool,
}

/// Names and parents of an organization's folders.
pub(super) type Folders = BTreeMap<String, (String, Option<String>)>;

impl ItGlue {
    /// All organizations, asked for anew where that is wished.
    pub(super) async fn organizations(&self, anew: bool) -> Result<Arc<BTreeMap<u64, String>>, SourceError> {
        let known = Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner).organizations);
        if !anew && !known.is_empty() {
            return Ok(known);
        }
        let mut all = BTreeMap::new();
        let mut page = 1;
        loop {
            let query = [("page[number]", &*page.to_string()), ("page[size]", "500"), ("sort", "id")];
            let listing: Listing = self.api.get(&["organizations"], &query, ORGANIZATIONS).await?;
            let before = all.len();
            all.extend(listing.resources().filter_map(|found| {
                let found = found.ok()?;
                Some((found.id.parse().ok()?, found.text("name").unwrap_or_default()))
            }));
            match listing.next_page(page, 500) {
                None => break,
                Some(_) if all.len() == before || all.len() > MOST_ORGANIZATIONS => {
                    return Err(SourceError::Endless("its organizations come again and again"));
                }
                Some(next) => page = next,
            }
        }
        let all = Arc::new(all);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Known { organizations: Arc::clone(&all), ..Known::default() };
        Ok(all)
    }

    /// The folders of an organization; none where they may not be listed, since documents are as good without.
    pub(super) async fn folders(&self, organization: u64) -> Result<Arc<Folders>, SourceError> {
        if let Some((of, folders)) = &self.known.lock().unwrap_or_else(PoisonError::into_inner).folders
            && *of == organization
        {
            return Ok(Arc::clone(folders));
        }
        let path = ["organizations", &organization.to_string(), "relationships", "document_folders"];
        let mut folders = Folders::new();
        let mut page = 1;
        loop {
            let query = [("page[number]", &*page.to_string()), ("page[size]", "1000")];
            let listing: Listing = match self.api.get(&path, &query, DOCUMENTS).await {
                Ok(listing) => listing,
                Err(error) if error.is_about_all() && !matches!(error, SourceError::KeyRefused { .. }) => {
                    return Err(error);
                }
                Err(_) => break,
            };
            let before = folders.len();
            for folder in listing.resources().filter_map(Result::ok) {
                let place = (folder.text("name").unwrap_or_default(), folder.text("parent-id"));
                folders.insert(folder.id.clone(), place);
            }
            match listing.next_page(page, 1000) {
                Some(next) if folders.len() > before && next <= MOST_PAGES => page = next,
                _ => break,
            }
        }
        let folders = Arc::new(folders);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).folders = Some((organization, Arc::clone(&folders)));
        Ok(folders)
    }
}
