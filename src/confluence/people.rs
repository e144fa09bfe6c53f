//! Names of people by account id, looked up in bulk and remembered for an hour.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde::Deserialize;

use crate::clock::Clock;
use crate::domain::ids::AccountId;
use crate::domain::limits::NAME_AGE;
use crate::policy::gate::BuiltIn;

use super::api;
use super::client::Client;
use super::failure::Failure;
use super::memory::Memory;
use super::model::{List, User};

/// How many account ids one look-up takes (`POST /users-bulk`).
const MOST_PER_LOOK_UP: usize = 250;

/// Looks names up, as a built-in principal that can only read.
pub struct People {
    client: Client,
    names: Memory<AccountId, Option<String>>,
}

/// Names by account id; whoever has none is missing.
pub type Names = HashMap<AccountId, String>;

/// A user, or null where the account is unknown.
#[derive(Deserialize)]
#[serde(transparent)]
struct MaybeUser(Option<User>);

impl People {
    /// People as `client` sees them.
    pub fn new(client: Client, clock: &Arc<dyn Clock>) -> Self {
        Self { client, names: Memory::new(clock, NAME_AGE) }
    }

    /// The names of these accounts. Names are a courtesy: where they cannot be looked up, the answer goes without.
    pub async fn names(&self, accounts: impl IntoIterator<Item = AccountId>) -> Names {
        let accounts: BTreeSet<AccountId> = accounts.into_iter().collect();
        let mut known = Names::new();
        let mut unknown = Vec::new();
        for account in accounts {
            match self.names.recall(&account) {
                Some(Some(name)) => drop(known.insert(account, name)),
                Some(None) => {}
                None => unknown.push(account),
            }
        }
        for part in unknown.chunks(MOST_PER_LOOK_UP) {
            match self.look_up(part).await {
                Ok(found) => known.extend(found),
                Err(failure) => tracing::debug!(code = failure.code(), "names could not be looked up"),
            }
        }
        known
    }

    /// Keeps a name an answer said anyway.
    pub fn remember(&self, user: &User) {
        if let (Some(account), Some(name)) = (&user.account_id, user.name()) {
            self.names.keep(account.clone(), Some(name.to_owned()));
        }
    }

    async fn look_up(&self, accounts: &[AccountId]) -> Result<Names, Failure> {
        let request = api::users::users_by_id(accounts);
        let reply = self.client.send(&BuiltIn::NameLookUp.permit(), request).await?;
        let users: List<MaybeUser> = reply.json()?;
        let mut found = Names::new();
        for user in users.results.into_iter().filter_map(|user| user.0) {
            if let (Some(account), Some(name)) = (user.account_id.clone(), user.name()) {
                found.insert(account, name.to_owned());
            }
        }
        // Whoever is missing from the answer is closed or unknown: remembered too, so as not to be asked for again.
        for account in accounts {
            self.names.keep(account.clone(), found.get(account).cloned());
        }
        Ok(found)
    }
}
