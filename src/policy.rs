//! Who may do what: profiles, one pure decision, and the gate every call passes.

pub mod ask;
pub mod decide;
pub mod file;
pub mod gate;
pub mod narrow;
pub mod permit;
pub mod ports;
pub mod profile;
pub mod refusal;
pub mod scope;
pub mod sift;
pub mod table;

pub use ask::{Ask, Caller, Proposal, Standing, ToolFacts, Usage};
pub use decide::{Decision, decide};
pub use file::shipped;
pub use gate::Gate;
pub use permit::{Permit, Warrant};
pub use profile::Profile;
pub use refusal::{Reason, Refusal};
pub use sift::Unsifted;
