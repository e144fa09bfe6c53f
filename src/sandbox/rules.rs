//! What holds on every Confluence site, whichever way it is asked: who sees what, titles, versions, the trash.

pub(crate) mod comments;
pub(crate) mod edits;
pub(crate) mod labels;
pub(crate) mod quotes;
pub(crate) mod sight;
pub(crate) mod space_delete;
pub(crate) mod spaces;
pub(crate) mod storage;
pub(crate) mod tree;
pub(crate) mod words;
