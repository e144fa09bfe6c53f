//! Planned writes, the durable record of each, the people who decide, and the one place that sends them.

pub mod approvals;
pub mod find_out;
pub mod grants;
pub mod line;
pub mod mandates;
pub mod plan;
pub mod proof;
pub mod record;
pub mod rules;
pub mod undo;

pub use approvals::{Announcer, Approvals, AskError, Change, DecideError, Forgotten, Pause, Quiet, Wanted};
pub use find_out::{Again, Finding, Sent, find_out, marker};
pub use line::{Answered, Answers, Line, Mandates, NoLonger, ToAnswer};
pub use plan::Plan;
pub use proof::{Proof, SpaceWords, Thread};
pub use record::{Asked, Record, State};
pub use rules::{Decider, Rights};
pub use undo::{NotUndone, Stood, Undo};
