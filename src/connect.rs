//! Connections to Confluence: signing in, keeping tokens sealed and renewing them, and the id a site has at the gateway.

pub mod cabinet;
pub mod callback;
pub mod establish;
pub mod host;
pub mod keeper;
pub mod left;
pub mod record;
pub mod sealed;
pub mod secrets;
pub mod sites;
mod tenant;

pub use cabinet::{Cabinet, CabinetError};
pub use keeper::{ConnectError, Keeper};
pub use record::{ConnectionName, Record};
pub use tenant::{CloudIdError, cloud_id};
