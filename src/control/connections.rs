//! The connections that are open, so that what a person approves or takes back goes out, whether or not its agent is there.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Quota;
use crate::app::App;
use crate::sync::Sync;

/// How many are kept; the one that was opened first goes first.
const MOST: usize = 32;

/// One app for each connection, by its name: the latest.
#[derive(Default)]
pub struct Connections(Mutex<VecDeque<Arc<App>>>);

impl Connections {
    /// Keeps an app in the place of an earlier one of the same connection.
    pub fn keep(&self, app: Arc<App>) {
        let mut apps = self.apps();
        apps.retain(|kept| kept.connection() != app.connection());
        if apps.len() >= MOST {
            apps.pop_front();
        }
        apps.push_back(app);
    }

    /// The app of a connection.
    pub fn get(&self, connection: &str) -> Option<Arc<App>> {
        self.apps().iter().find(|app| app.connection() == connection).cloned()
    }

    /// What is left of the quota of each.
    pub(super) fn quotas(&self) -> Vec<Quota> {
        let quota = |app: &Arc<App>| {
            let points = app.context().client.points();
            let (left, of) = points.map(|points| (points.left, points.quota)).unzip();
            Quota { connection: app.connection().to_owned(), left, of }
        };
        self.apps().iter().map(quota).collect()
    }

    /// What keeps the copies of each site current, once each.
    pub(super) fn syncs(&self) -> Vec<Arc<Sync>> {
        let mut syncs: Vec<Arc<Sync>> = Vec::new();
        for library in self.apps().iter().filter_map(|app| app.context().library.as_ref()) {
            if syncs.iter().all(|known| !Arc::ptr_eq(known, library.sync())) {
                syncs.push(Arc::clone(library.sync()));
            }
        }
        syncs
    }

    /// Lets the app of a connection go; whether there was one. Whoever still uses it is served to the end.
    pub fn remove(&self, connection: &str) -> bool {
        let mut apps = self.apps();
        let before = apps.len();
        apps.retain(|kept| kept.connection() != connection);
        apps.len() < before
    }

    /// Lets all of them go.
    pub fn clear(&self) {
        self.apps().clear();
    }

    fn apps(&self) -> MutexGuard<'_, VecDeque<Arc<App>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
