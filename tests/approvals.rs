//! The queue of writes: decided once, sent once, and only while everything still is as it was when a person said yes.

mod bad;
mod deciding;
mod forgetting;
mod limits;
mod recovery;
