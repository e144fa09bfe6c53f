//! Keeps the copies of one connection's organisational spaces current.
//!
//! [`plan`] decides what to do next and touches nothing; the rest carries it out. A run goes through the site in
//! [`plan::legs::Leg`]s, one listing each, a few at a time. What a part of a listing brings is put into the copies,
//! then the store notes how far the leg is: whatever ends the process costs of each listing at most the part that was
//! being read and the one that was being put away meanwhile, which are read again to the same effect.
//!
//! # What is found when
//!
//! | | each run | each sweep |
//! |---|---|---|
//! | new and changed pages, posts and files | listings by latest change, with ten minutes of overlap | listings by id |
//! | spaces made, renamed, archived, deleted, made personal | the three lists of spaces | the same |
//! | pages moved or renamed, labels, restrictions | of changed pages | of every page |
//! | pages, posts and files that are gone | | those no complete listing has, confirmed by another request |
//!
//! # People
//!
//! Copies hold the names of authors and last editors; mentions in bodies stay account ids, which are named when
//! somebody reads them. Once a week every known account is looked up (`POST /users-bulk`), and closed accounts lose
//! their names in all copies. Atlassian's own way, `POST /app/report-accounts`, is in none of the API's published
//! documents, and asks for an app's token that connections by API token do not have.

mod accounts;
mod fetch;
mod intake;
mod legs;
pub mod plan;
mod reader;
mod run;
mod shelf;
mod sink;
pub mod status;
mod sweep;

pub use accounts::{CLOSED, PRIVATE, UNKNOWN};
pub use plan::Kind;
pub use run::{CopiedSpace, Parts, Settings, Sync, forget};
pub use status::{Ended, Outcome, Phase, RunRecord, Status, Stop, Trouble};
