//! One integration binary; each module is a subject, each test a sentence.

mod gate;
mod markup;
mod policy;
