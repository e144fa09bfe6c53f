//! Every way through the gate, with fakes for the site, the person and the record.

mod fakes;
mod races;
mod reads;
mod writes;
