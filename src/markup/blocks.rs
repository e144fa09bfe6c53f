//! A body in storage format as blocks: each with its bytes, its name, and what Markdown can hold of it.

mod canonical;
mod grade;
mod listing;
mod names;
mod opaque;
mod reading;
mod segments;
mod units;

pub use grade::Grade;
pub use listing::{BlockInfo, blocks};
pub use reading::{Heading, outline, section, to_edit};
pub use segments::BlockKind;

pub(super) use names::{Ids, named_segments};
pub(super) use opaque::label;
pub(super) use reading::{find_part, plain_words};
pub(super) use segments::Segment;
pub(super) use units::{Unit, parts, units};
