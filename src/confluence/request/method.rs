//! How a request travels: its HTTP method, and which allowance it draws from.

/// HTTP methods Sluice uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, and a few reads with long arguments.
    Post,
    /// Updates.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// As HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

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
