//! What Confluence answers, read leniently.
