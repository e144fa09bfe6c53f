//! What a tool works with: the client, what is remembered of spaces and people, and the folder for files.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::confluence::api::MOST_SPACES_NAMED;
use crate::confluence::client::Client;
use crate::confluence::people::People;
use crate::confluence::places::Places;
use crate::domain::ids::SpaceId;
use crate::domain::place::{Parent, Place};
use crate::policy::ports::Freshness;
use crate::policy::profile::{Allowed, Scope};
use crate::policy::{Refusal, Standing, scope};

use super::ToolError;
use super::attachments::folder::Folder;
use super::search::library::Library;

/// Everything a call needs besides its arguments and its permit; cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The only way out.
    pub client: Client,
    /// Spaces and where things are.
    pub places: Arc<Places>,
    /// Names of people.
    pub people: Arc<People>,
    /// Base of the links people open, such as `https://acme.atlassian.net`.
    pub site: Arc<str>,
    /// The spaces the caller's profile lets it see; none at all outside a call.
    pub scope: Scope,
    /// Where uploads may come from and downloads may go to, where configured.
    pub folder: Option<Arc<Folder>>,
    /// The local copies, where they are kept.
    pub library: Option<Arc<Library>>,
    /// The time, and how to wait.
    pub clock: Arc<dyn Clock>,
    /// Tells the client how far a long call is.
    pub progress: Arc<dyn Progress>,
    /// Set when the caller no longer wants the answer.
    pub cancelled: CancellationToken,
}

impl Context {
    /// Whether the caller may see a place, before more is fetched from there; what it may not see is not found.
    /// The gate judges the answer all the same.
    pub async fn sees(&self, place: &Place) -> Result<(), ToolError> {
        let standing = scope::standing(&self.scope, place, &*self.places, Freshness::Cached).await;
        match standing.map_err(|error| Refusal::NotLocated(error.to_string()))? {
            Standing::Inside => Ok(()),
            Standing::Outside | Standing::NotYetKnown => Err(ToolError::not_found()),
        }
    }

    /// The spaces that a list over all spaces is asked for, so that it neither comes back empty nor ends on something
    /// hidden; `None` where the scope allows every space it does not deny, or more than one request can name.
    pub async fn allowed(&self) -> Result<Option<Vec<SpaceId>>, ToolError> {
        // A space that another of the sets leaves out is dropped below.
        let size = |allowed: &&Allowed| allowed.spaces.len() + allowed.pages.len();
        let Some(smallest) = self.scope.allow.iter().min_by_key(size).filter(|all| size(all) <= MOST_SPACES_NAMED)
        else {
            return Ok(None);
        };
        let mut allowed = BTreeSet::new();
        for name in &smallest.spaces {
            if let Some(space) = self.places.space(name).await?
                && self.sees(&Place::Space(space.id.clone())).await.is_ok()
            {
                allowed.insert(space.id);
            }
        }
        for page in &smallest.pages {
            let itself = Parent::Page(page.clone());
            if self.sees(&itself.itself()).await.is_ok() {
                allowed.extend(self.places.space_holding(&itself).await?);
            }
        }
        Ok(Some(allowed.into_iter().collect()))
    }

    /// The address people open, from a link relative to the site.
    pub fn url(&self, webui: Option<&str>) -> String {
        let path = webui.unwrap_or_default();
        let path = if path.starts_with('/') { path } else { "" };
        let wiki = if path.starts_with("/wiki") { "" } else { "/wiki" };
        // A link is content too: nothing invisible, nothing that ends a Markdown line.
        let path: String = path.chars().filter(char::is_ascii_graphic).collect();
        format!("{}{wiki}{path}", self.site)
    }
}

/// Tells the client how far a long call is.
pub trait Progress: Send + Sync {
    /// So much of so much is done, and what it is.
    fn report(&self, done: u64, total: Option<u64>, message: &str);
}

/// Nobody asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _: u64, _: Option<u64>, _: &str) {}
}
