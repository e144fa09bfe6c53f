//! The operations that Confluence publishes, one reviewed row each, and which of them a caller's request is.
//!
//! `operations.tsv` is the table: the 348 operations of today's two documents, then 48 that Confluence has removed and
//! still serves to some. Its columns are method and template; the group whose switches apply and what the operation
//! does; the verdict, where its space stands, what is looked at besides, the query keys and the members of the body it
//! may have, and why. What the table does not hold does not exist for Sluice. `named.tsv` says which tools send an
//! operation themselves; a test measures it.

mod caller;
mod coverage;
mod known;
mod named;
mod path;
mod row;
mod segment;

pub use caller::{Matched, Refused, matched};
pub use coverage::coverage;
pub use known::{Variables, find, rows};
pub use named::tools;
pub use path::segments;
pub use row::{Place, Row, Verdict, Watch};
