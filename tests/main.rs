//! One integration binary; each module is a subject, each test a sentence.

mod contract;
mod gate;
mod markup;
mod policy;
mod sandbox;
mod small_site;
