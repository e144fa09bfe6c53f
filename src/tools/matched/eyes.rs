//! Reads for a raw request: with its caller's leave, and nothing that its profile hides.

use serde_json::{Map, Value, json};

use crate::confluence::reply::Reply;
use crate::confluence::request::raw;
use crate::domain::access::Read;
use crate::domain::place::Place;
use crate::policy::Permit;
use crate::published::{self, Matched};
use crate::tools::{Call, ToolError};

/// A call and its leave to read.
pub(super) struct Eyes<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) permit: Permit<Read>,
}

impl Eyes<'_> {
    /// Whether the profile narrows what is seen at all.
    pub(super) fn are_narrowed(&self) -> bool {
        !self.call.context.scope.is_everything()
    }

    /// Refuses where the profile may show one page of a space and not another: what raw answers bring along can be placed
    /// by space, not page by page.
    pub(super) fn tell_no_pages_apart(&self) -> Result<(), ToolError> {
        if self.call.context.scope.tells_pages_apart() {
            return Err(ToolError::refused(
                "your profile is limited to some pages, and what a raw request brings along cannot be judged page by page",
                "use a tool for it",
            ));
        }
        Ok(())
    }

    /// Whether the caller may see a place; what it may not see is not found.
    pub(super) async fn sees(&self, place: &Place) -> Result<(), ToolError> {
        Ok(self.call.gate.visible(self.call.caller, place).await?)
    }

    /// Sends a read that the table lets pass.
    pub(super) async fn send(&self, matched: &Matched) -> Result<Reply, ToolError> {
        let request = raw::request::<Read>(matched).ok_or_else(ToolError::fault)?;
        Ok(self.call.context.client.send(&self.permit, request).await?)
    }

    /// What stands at a path, which is one of ours.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, ToolError> {
        let query: Map<String, Value> = query.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        // What cannot be a path of Confluence leads to nothing.
        let matched = published::matched("GET", path, &query, None).map_err(|_| ToolError::not_found())?;
        Ok(self.send(&matched).await?.json()?)
    }
}
