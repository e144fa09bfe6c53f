//! People: by account id in bulk (v2), and who we are (v1).

use serde_json::json;

use crate::domain::access::Read;
use crate::domain::ids::AccountId;

use crate::confluence::request::{PostRead, Request};

/// People by account id, at most 250; unknown ones are simply missing from the answer.
pub fn users_by_id(accounts: &[AccountId]) -> Request<Read> {
    Request::post_read(PostRead::UsersBulk).json(&json!({ "accountIds": accounts }))
}

/// Whoever the credentials belong to.
pub fn current_user() -> Request<Read> {
    Request::get("/wiki/rest/api/user/current", &[])
}
