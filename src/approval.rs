//! Planned writes, who is asked about them, and the one function that sends them.

pub mod carry_out;
pub mod no_approver;
pub mod plan;

pub use carry_out::{Halt, carry_out};
pub use no_approver::NoApproverSetUp;
pub use plan::{Plan, Proof, Undo};
