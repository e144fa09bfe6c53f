//! Search: CQL over contents, spaces and people (v1, which alone has it).

use crate::domain::access::Read;

use super::Paging;
use crate::confluence::request::Request;

/// Runs a CQL query; hits come with space and version.
pub fn search(cql: &str, paging: &Paging) -> Request<Read> {
    paging.on(Request::search("/wiki/rest/api/search")
        .with("cql", cql)
        .with("excerpt", "highlight")
        .with("expand", "content.space,content.version"))
}

/// Runs a CQL query over people; v1 pages it by position.
pub fn search_users(cql: &str, limit: u8, start: u32) -> Request<Read> {
    Request::search("/wiki/rest/api/search/user").with("cql", cql).with("limit", limit).with("start", start)
}
