//! Names of people by account: looked up in bulk, kept, looked at again every week, and forgotten.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::confluence::api::users::users_by_id;
use crate::confluence::model::{List, User};
use crate::domain::ids::AccountId;
use crate::store::{Batch, StoreError};

use super::plan::above::shown;
use super::reader::ends_the_run;
use super::run::course::Course;
use super::shelf::{ACCOUNTS, Shelf};
use super::sink::Change;
use super::status::Stop;

/// What stands for the name of somebody whose account is closed.
pub const CLOSED: &str = "(closed account)";
/// What stands for the name of somebody who shows it to nobody.
pub const PRIVATE: &str = "(private account)";
/// What stands for the name of somebody Confluence does not know.
pub const UNKNOWN: &str = "(unknown account)";

/// How many accounts one look-up takes (`POST /users-bulk`).
const MOST_PER_LOOK_UP: usize = 250;
/// How many names are remembered here at most; the rest is in the store.
const MOST: usize = 50_000;

/// A name that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Account {
    /// The name, or what stands for it.
    name: String,
    /// When it was looked up last.
    seen: Timestamp,
}

/// Names that were met lately.
#[derive(Default)]
pub(super) struct Accounts(Mutex<HashMap<AccountId, String>>);

/// The names of some accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(HashMap<AccountId, String>);

impl Known {
    /// The name of an account, or what stands for it.
    pub(super) fn name(&self, account: &AccountId) -> &str {
        self.0.get(account).map_or(UNKNOWN, String::as_str)
    }

    /// Whether an account could be looked up.
    pub(super) fn has(&self, account: &AccountId) -> bool {
        self.0.contains_key(account)
    }
}

/// The name to show for an account.
fn name(user: Option<&User>) -> String {
    let Some(user) = user else { return UNKNOWN.to_owned() };
    match (user.account_status.as_deref(), user.name()) {
        (Some("closed"), _) => CLOSED.to_owned(),
        // What people chose to show to everybody is their public name.
        (_, Some(name)) => shown(name),
        (Some("unknown"), None) => UNKNOWN.to_owned(),
        (_, None) => PRIVATE.to_owned(),
    }
}

impl Accounts {
    fn remember(&self, account: &AccountId, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(account.clone(), name.to_owned());
    }

    fn recall(&self, account: &AccountId) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(account).cloned()
    }

    /// The name that is kept of an account.
    pub(super) async fn kept(&self, store: &Shelf, account: &AccountId) -> Result<Option<String>, StoreError> {
        match self.recall(account) {
            Some(name) => Ok(Some(name)),
            None => Ok(store.get::<Account>(ACCOUNTS, account.as_str()).await?.map(|kept| kept.name)),
        }
    }

    /// Forgets every name.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Course<'_> {
    /// The names of these accounts.
    pub(super) async fn known(&self, accounts: BTreeSet<AccountId>) -> Result<Known, Stop> {
        let (mut known, mut unknown) = (Known::default(), Vec::new());
        for account in accounts {
            match self.accounts.kept(self.shelf, &account).await? {
                Some(name) => {
                    self.accounts.remember(&account, &name);
                    known.0.insert(account, name);
                }
                None => unknown.push(account),
            }
        }
        for some in unknown.chunks(MOST_PER_LOOK_UP) {
            let Some(names) = self.look_up(some).await? else { continue };
            let mut batch = Batch::new();
            for (account, name) in names {
                batch = self.keep(batch, &account, &name);
                known.0.insert(account, name);
            }
            self.shelf.commit(batch).await?;
        }
        Ok(known)
    }

    fn keep(&self, batch: Batch, account: &AccountId, name: &str) -> Batch {
        self.accounts.remember(account, name);
        let seen = self.reader.clock.now();
        self.shelf.put(batch, ACCOUNTS, account.as_str(), &Account { name: name.to_owned(), seen })
    }

    /// The names of these, as Confluence has them now; `None` where it does not answer.
    async fn look_up(&self, accounts: &[AccountId]) -> Result<Option<Vec<(AccountId, String)>>, Stop> {
        let users: List<Option<User>> = match self.read(&users_by_id(accounts)).await {
            Ok((users, _)) => users,
            Err(stop) if ends_the_run(&stop) => return Err(stop),
            Err(stop) => {
                self.reader.trouble(None, format!("names of people could not be looked up: {stop}"));
                return Ok(None);
            }
        };
        let users: HashMap<&AccountId, &User> =
            users.results.iter().flatten().filter_map(|user| Some((user.account_id.as_ref()?, user))).collect();
        let named = |account: &AccountId| (account.clone(), name(users.get(account).copied()));
        Ok(Some(accounts.iter().map(named).collect()))
    }

    /// Looks every known account up again and tells the copies which names have changed or are to be forgotten; whether
    /// all could be looked up.
    pub(super) async fn review_accounts(&self) -> Result<bool, Stop> {
        let mut all = true;
        let mut after: Option<String> = None;
        loop {
            let rows = self.shelf.next::<Account>(ACCOUNTS, after.as_deref()).await?;
            let Some((last, _)) = rows.last() else { return Ok(all) };
            after = Some(last.clone());
            let kept: HashMap<AccountId, Option<String>> = rows
                .into_iter()
                .filter_map(|(account, row)| Some((account.parse().ok()?, row.map(|row| row.name))))
                .collect();
            let accounts: Vec<AccountId> = kept.keys().cloned().collect();
            for some in accounts.chunks(MOST_PER_LOOK_UP) {
                let Some(names) = self.look_up(some).await? else {
                    all = false;
                    continue;
                };
                for (account, name) in names {
                    if kept.get(&account).is_some_and(|before| before.as_ref() != Some(&name)) {
                        self.rename(&account, &name).await?;
                    }
                }
            }
        }
    }

    /// Gives a person's copies another name; only then is the account's own record told.
    async fn rename(&self, account: &AccountId, name: &str) -> Result<(), Stop> {
        let id = account.to_string();
        let ids = self.with_copies(move |copies| copies.by_account(&id)).await?;
        for some in ids.chunks(super::shelf::TOGETHER) {
            let change = |id: &String| {
                let (account_id, name) = (account.to_string(), name.to_owned());
                Change::Rename { id: id.clone(), account_id, name }
            };
            self.counter.put(some.iter().map(change).collect(), Batch::new()).await?;
        }
        Ok(self.shelf.commit(self.keep(Batch::new(), account, name)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_private_and_unknown_accounts_are_told_apart() {
        let user = |status: &str, display: Option<&str>, public: Option<&str>| User {
            account_id: None,
            account_type: None,
            account_status: Some(status.into()),
            display_name: display.map(Into::into),
            public_name: public.map(Into::into),
            email: None,
            time_zone: None,
        };
        let table = [
            (Some(user("active", Some("Ann Lee"), Some("ann"))), "Ann Lee"),
            (Some(user("inactive", Some("Ann Lee"), None)), "Ann Lee"),
            (Some(user("active", None, Some("ann"))), "ann"),
            (Some(user("active", None, None)), PRIVATE),
            (Some(user("active", Some(" "), None)), PRIVATE),
            (Some(user("closed", Some("Ann Lee"), Some("Former user"))), CLOSED),
            (Some(user("unknown", None, None)), UNKNOWN),
            (None, UNKNOWN),
        ];
        for (user, expected) in table {
            assert_eq!(name(user.as_ref()), expected, "{user:?}");
        }
    }
}
