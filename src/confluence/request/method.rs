//! How a request travels: its HTTP method, and which allowance it draws from.

pub use crate::domain::method::Method;

/// Which token bucket a request draws from, besides the site's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Reads by id and lists.
    Read,
    /// CQL and user search, which Confluence guards more closely.
    Search,
    /// Everything that changes the site.
    Write,
    /// Attachment bytes.
    Transfer,
}
