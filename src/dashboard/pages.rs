//! The pages that people see, rendered on the server from templates; what is not ours is escaped by them.

mod activity;
mod approval;
mod approvals;
mod assets;
mod export;
pub(super) mod frame;
mod live;
mod overview;
pub(super) mod sorry;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Office;

/// Every page, what it loads, and what its forms do.
pub(super) fn routes() -> Router<Arc<Office>> {
    Router::new()
        .route("/", get(overview::show))
        .route("/syncs", post(overview::sync))
        .route("/approvals", get(approvals::show))
        .route("/approvals/{id}", get(approval::show))
        .route("/approvals/{id}/approve", post(approval::approve))
        .route("/approvals/{id}/deny", post(approval::deny))
        .route("/activity", get(activity::show))
        .route("/activity.jsonl", get(export::lines))
        .route("/activity.csv", get(export::table))
        .route("/live", get(live::changes))
        .route("/assets/style.css", get(assets::style))
        .route("/assets/live.js", get(assets::script))
        .route("/assets/icon.svg", get(assets::icon))
}
