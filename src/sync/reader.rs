//! Sends a run's requests: within its share of the points, waiting where Confluence asks for it, until it is stopped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::confluence::failure::Obstacle;
use crate::confluence::{Client, Failure, Reply, Request};
use crate::domain::access::Read;
use crate::policy::gate::BuiltIn;

use super::plan::share::{Shares, Spent, has_room};
use super::run::Settings;
use super::status::{Status, Stop};

/// How often a request that failed for a reason that may pass is sent, on top of what the client does.
const TRIES: u32 = 3;
/// How long agents count as busy after they used points.
const BUSY_FOR: SignedDuration = SignedDuration::from_mins(5);
/// Points by which our account and Confluence's may differ without anybody else's doing.
const SLACK: u32 = 50;
/// The shortest pause after Confluence said that it is too much.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// Sends requests.
pub(super) struct Reader {
    pub(super) client: Client,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) status: watch::Sender<Status>,
    pub(super) shares: Shares,
    /// One for each request that may be under way.
    places: Semaphore,
    meter: Mutex<Meter>,
}

/// Who used how many points in this hour.
#[derive(Clone, Copy, Debug, Default)]
struct Meter {
    resets_at: Option<Timestamp>,
    own: u32,
    others: u32,
    busy_since: Option<Timestamp>,
}

impl Reader {
    /// A reader that says in the status what it does.
    pub(super) fn new(client: Client, clock: Arc<dyn Clock>, settings: &Settings, status: Status) -> Self {
        let (status, places) = (watch::Sender::new(status), Semaphore::new(settings.at_once.max(1)));
        Self { client, clock, status, shares: settings.shares, places, meter: Mutex::default() }
    }

    /// Sends a request once there is room for it. Being told to wait is no failure.
    pub(super) async fn ask(&self, request: &Request<Read>, stopped: &CancellationToken) -> Result<Reply, Stop> {
        loop {
            self.wait_for_room(stopped).await?;
            let permit = BuiltIn::Sync.permit();
            let exchange = async {
                // The semaphore is never closed.
                let _place = self.places.acquire().await;
                self.client.send(&permit, request.clone()).await
            };
            let sent = tokio::select! {
                biased;
                () = stopped.cancelled() => return Err(Stop::Cancelled),
                sent = exchange => sent,
            };
            let cost = sent.as_ref().map_or(1, Reply::points);
            self.charge(cost);
            match sent {
                Err(Failure::TooFast { after, .. }) => self.pause(after.max(LEAST_PAUSE), stopped).await?,
                sent => return Ok(sent?),
            }
        }
    }

    /// The same, once more where the failure may pass, and read as that.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        request: &Request<Read>,
        stopped: &CancellationToken,
    ) -> Result<(T, Reply), Stop> {
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = match self.ask(request, stopped).await {
                Ok(reply) => reply.json().map(|value| (value, reply)).map_err(Stop::from),
                Err(stop) => Err(stop),
            };
            match answer {
                Err(Stop::Confluence(failure)) if tries < TRIES && may_pass(&failure) => {
                    let wait = Duration::from_millis(500) * 2_u32.pow(tries);
                    tracing::debug!(code = failure.code(), ?wait, "a request of the sync is sent again");
                    self.sleep(wait, stopped).await?;
                }
                answer => return answer,
            }
        }
    }

    async fn wait_for_room(&self, stopped: &CancellationToken) -> Result<(), Stop> {
        while let Some(wait) = self.lacks_room() {
            self.pause(wait, stopped).await?;
        }
        if stopped.is_cancelled() { Err(Stop::Cancelled) } else { Ok(()) }
    }

    /// How long until there is room again, where there is none.
    fn lacks_room(&self) -> Option<Duration> {
        let left = self.client.points()?;
        let now = self.clock.now();
        let mut meter = self.meter();
        let used = left.quota.saturating_sub(left.left);
        if meter.resets_at != Some(left.resets_at) {
            // What was used of this hour before we looked was used by somebody else, and nobody knows when.
            *meter = Meter { resets_at: Some(left.resets_at), others: used, ..*meter };
            meter.own = 0;
        }
        let others = used.saturating_sub(meter.own);
        if others > meter.others.saturating_add(SLACK) {
            meter.busy_since = Some(now);
        }
        meter.others = meter.others.max(others);
        let busy = meter.busy_since.is_some_and(|since| now.duration_since(since).abs() < BUSY_FOR);
        let spent = Spent { quota: left.quota, left: left.left, own: meter.own, busy };
        if has_room(spent, self.shares) {
            return None;
        }
        let quiet = Spent { busy: false, ..spent };
        let until = match meter.busy_since {
            Some(since) if busy && has_room(quiet, self.shares) => since.saturating_add(BUSY_FOR).unwrap_or(now),
            _ => left.resets_at,
        };
        let wait = Duration::try_from(until.min(left.resets_at).duration_since(now)).unwrap_or_default();
        Some(wait.max(LEAST_PAUSE))
    }

    fn charge(&self, points: u32) {
        let mut meter = self.meter();
        meter.own = meter.own.saturating_add(points);
        drop(meter);
        self.status.send_modify(|status| {
            status.requests += 1;
            status.points += u64::from(points);
        });
    }

    fn meter(&self) -> std::sync::MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn pause(&self, wait: Duration, stopped: &CancellationToken) -> Result<(), Stop> {
        let until = self.clock.now().saturating_add(wait).ok();
        tracing::info!(?wait, "the sync waits for Confluence to take requests again");
        self.status.send_modify(|status| status.waits_until = until);
        let slept = self.sleep(wait, stopped).await;
        self.status.send_modify(|status| status.waits_until = None);
        slept
    }

    /// Waits, unless it is stopped.
    pub(super) async fn sleep(&self, wait: Duration, stopped: &CancellationToken) -> Result<(), Stop> {
        tokio::select! {
            biased;
            () = stopped.cancelled() => Err(Stop::Cancelled),
            () = self.clock.sleep(wait) => Ok(()),
        }
    }

    /// Notes something that went wrong and does not end the run.
    pub(super) fn trouble(&self, id: Option<&str>, what: impl Into<String>) {
        let what = what.into();
        tracing::warn!(id, what, "the sync goes on without something");
        self.status.send_modify(|status| status.trouble(id, what));
    }
}

/// Whether the same request may well succeed in a moment. A 403 or 404 may be the edge's under load.
fn may_pass(failure: &Failure) -> bool {
    match failure {
        Failure::NotStarted { obstacle, .. } => *obstacle != Obstacle::Tls,
        Failure::Unavailable { .. }
        | Failure::Timeout
        | Failure::Unreadable { .. }
        | Failure::Forbidden(_)
        | Failure::NotFound(_) => true,
        _ => false,
    }
}

/// Whether nothing else would succeed either: who we are, and whether the site can be reached at all.
pub(super) fn ends_the_run(stop: &Stop) -> bool {
    match stop {
        Stop::Confluence(failure) => matches!(
            failure,
            Failure::NotSignedIn(_)
                | Failure::ReconnectNeeded { .. }
                | Failure::NotRenewed { .. }
                | Failure::Disconnected { .. }
                | Failure::NotStarted { .. }
                | Failure::Refused { .. }
                | Failure::Bug { .. }
        ),
        Stop::Cancelled | Stop::Store(_) | Stop::Copies(_) | Stop::Fault(_) => true,
    }
}
