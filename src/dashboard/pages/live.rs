//! Says to open pages that something has changed, as server-sent events without words: each page is then asked for anew.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::sorry;
use crate::approval::Change;
use crate::control::{Question, Reply};
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::entry::Person;
use crate::sync::Status;

/// How often a silent stream says that it is still there.
const STILL_THERE: Duration = Duration::from_secs(15);
/// How often it is looked how far syncs are.
const LOOK: Duration = Duration::from_secs(1);

/// What one open page is told from.
struct Open {
    office: Arc<Office>,
    changes: Receiver<Change>,
    syncs: Vec<Status>,
    _place: OwnedSemaphorePermit,
}

pub(super) async fn changes(State(office): State<Arc<Office>>, _: Person) -> Response {
    let Ok(place) = Arc::clone(&office.streams).try_acquire_owned() else {
        let message = "too many pages are open; close one";
        return sorry::page(&Failure::new(StatusCode::SERVICE_UNAVAILABLE, "streams", message));
    };
    let changes = office.desk.approvals().changes();
    let syncs = syncs(&office).await;
    let open = Open { office, changes, syncs, _place: place };
    let events = stream::unfold(open, async |mut open| {
        open.changed().await.then(|| (Ok::<_, Infallible>(Event::default().event("change").data("now")), open))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(STILL_THERE)).into_response()
}

impl Open {
    /// Waits for a change; `false` once there will be none.
    async fn changed(&mut self) -> bool {
        loop {
            tokio::select! {
                () = self.office.closing.cancelled() => return false,
                change = self.changes.recv() => return !matches!(change, Err(RecvError::Closed)),
                () = self.office.clock.sleep(LOOK) => {
                    let now = syncs(&self.office).await;
                    if now != self.syncs {
                        self.syncs = now;
                        return true;
                    }
                }
            }
        }
    }
}

async fn syncs(office: &Office) -> Vec<Status> {
    match office.desk.answer(Question::Syncs { ask: None }).await {
        Ok(Reply::Syncs(syncs)) => syncs,
        _ => Vec::new(),
    }
}
