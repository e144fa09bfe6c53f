//! Requests to Confluence, one file per kind of thing.
