//! The simulated site's own addresses: its cloud id, and the desk from which tests steer it.

use axum::body::Bytes;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Shared;
use super::answer::{Answer, Dialect, Failure};
use super::faults::Fault;
use super::limits::Limits;
use super::world::Tenant;
use crate::sandbox::signin;

/// Answers an address of the simulation itself; `None` for every other.
pub(super) fn answer(shared: &Shared, tenant: Tenant, parts: &Parts, body: &Bytes) -> Option<Answer> {
    let answer = match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/_edge/tenant_info") => Answer::ok(json!({ "cloudId": tenant.cloud_id() })),
        ("GET", "/_sandbox/requests") => {
            let world = shared.world();
            Answer::ok(json!({
                "total": world.requests,
                "requests": world.counts,
                "given_up": world.given_up,
                "space_delete_executed": shared.space_delete_executed(),
            }))
        }
        ("POST", "/_sandbox/reset") => {
            shared.reset();
            Answer::empty(204)
        }
        ("POST", "/_sandbox/faults") => match read::<Fault>(body) {
            Ok(fault) => {
                shared.world().faults.add(fault);
                Answer::empty(204)
            }
            Err(answer) => answer,
        },
        ("POST", "/_sandbox/limits") => match read::<Limits>(body) {
            Ok(limits) => {
                shared.world().quota.set(limits);
                Answer::empty(204)
            }
            Err(answer) => answer,
        },
        ("POST", path) => return signin::answer(shared, path, body),
        _ => return None,
    };
    Some(answer)
}

/// Reads what the desk is told.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Answer> {
    serde_json::from_slice(body).map_err(|error| Failure::bad_request(error.to_string()).answer(Dialect::V2))
}
