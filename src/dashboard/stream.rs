//! Changes of records as they happen, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use super::Office;
use super::answer::Failure;

/// How often a silent stream says that it is still there, so that one whose reader has left is noticed.
const STILL_THERE: Duration = Duration::from_secs(15);

/// Every change from now on. An event `change` has id, agent and state; after an event `missed` the list has to be read
/// anew.
pub(super) async fn changes(State(office): State<Arc<Office>>, headers: HeaderMap) -> Result<Response, Failure> {
    office.credentials.visitor(&headers).await?;
    let place = Arc::clone(&office.streams).try_acquire_owned().map_err(|_| {
        Failure::new(StatusCode::SERVICE_UNAVAILABLE, "streams", "too many streams are open; close one")
    })?;
    let (changes, closing) = (office.desk.approvals().changes(), office.closing.clone());
    let events = stream::unfold((changes, closing, place), async |(mut changes, closing, place)| {
        let event = tokio::select! {
            () = closing.cancelled() => return None,
            change = changes.recv() => match change {
                Ok(change) => {
                    let told = json!({ "id": change.id, "agent": change.agent, "state": change.state });
                    Event::default().event("change").data(told.to_string())
                }
                Err(RecvError::Lagged(_)) => Event::default().event("missed").data("{}"),
                Err(RecvError::Closed) => return None,
            },
        };
        Some((Ok::<_, Infallible>(event), (changes, closing, place)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(STILL_THERE)).into_response())
}
